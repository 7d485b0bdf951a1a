/** Says that a token is not complete yet: the caller tries again when more text has come. */
export const needMore: Error = new Error("The JSON text goes on in the next chunk.");

/** A place where the text stops being JSON. */
export class JsonProblem extends Error {
  /** Index into the cursor's text. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const maxDepth = 256;
const maxExcerpt = 24;
// FNV-1a over UTF-16 code units.
const hashStart = 0x811c9dc5;
const hashFactor = 0x01000193;

/**
 * A position in a piece of JSON text, with the tokens of RFC 8259 as methods.
 *
 * Strings are not copied while scanning: the last one is described by `start`, `end`, `hash` and
 * `escaped`, so that known names are found without allocating anything.
 */
export class JsonCursor {
  text: string;
  pos: number = 0;
  /** Whether no more text will come. */
  final: boolean;
  /** First character inside the last string's quotes. */
  start: number = 0;
  /** The last string's closing quote. */
  end: number = 0;
  /** A hash of the last string's characters, of no use when `escaped`. */
  hash: number = 0;
  /** Whether the last string contains a backslash. */
  escaped: boolean = false;

  constructor(text: string, final: boolean) {
    this.text = text;
    this.final = final;
  }

  /** Skips white space and returns the code of the next character, without taking it. */
  next(expected: string): number {
    const { text } = this;
    const { length } = text;
    let { pos } = this;
    while (pos < length) {
      const code = text.charCodeAt(pos);
      if (code > 0x20 || (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)) {
        this.pos = pos;
        return code;
      }
      pos += 1;
    }
    this.pos = pos;
    return this.atEnd(expected);
  }

  /** Skips white space and takes one character, which must be the given one. */
  take(code: number, expected: string): void {
    if (this.next(expected) !== code) {
      throw this.unexpected(expected);
    }
    this.pos += 1;
  }

  /** Scans a string from its opening quote and takes it. */
  scanString(expected: string): void {
    if (this.next(expected) !== quote) {
      throw this.unexpected(expected);
    }
    const { text } = this;
    const { length } = text;
    let pos = this.pos + 1;
    let hash = hashStart;
    this.start = pos;
    this.escaped = false;
    while (pos < length) {
      const code = text.charCodeAt(pos);
      if (code === quote) {
        this.end = pos;
        this.hash = hash;
        this.pos = pos + 1;
        return;
      }
      if (code === backslash) {
        this.escaped = true;
        pos = this.#escapeEnd(pos);
        continue;
      }
      if (code < 0x20) {
        throw new JsonProblem(
          pos,
          `Control character U+${hex(code)} inside a string. Write it as \\u${hex(code)}.`,
        );
      }
      hash = Math.imul(hash ^ code, hashFactor);
      pos += 1;
    }
    this.atEnd("the closing quote of a string");
  }

  /** The text of the last string, escapes resolved. */
  stringText(): string {
    return this.textBetween(this.start, this.end, this.escaped);
  }

  /** The text of a string scanned before. */
  textBetween(start: number, end: number, escaped: boolean): string {
    if (!escaped) {
      return this.text.slice(start, end);
    }
    // The scanner has checked every escape, so this cannot fail.
    const text: unknown = JSON.parse(this.text.slice(start - 1, end + 1));
    return String(text);
  }

  /** Takes a number and returns its text, exactly as written. */
  takeNumber(): string {
    const { pos, text } = this;
    numberForm.lastIndex = pos;
    const match = numberForm.exec(text);
    // At the end of a chunk the number may go on.
    if (pos + (match?.[0].length ?? 0) >= text.length) {
      this.atEnd("the rest of a number");
    }
    if (match === null) {
      throw this.unexpected("a value");
    }
    this.pos = pos + match[0].length;
    const code = text.charCodeAt(this.pos);
    if ((code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2b || code === 0x2d) {
      this.pos = pos;
      throw new JsonProblem(pos, `Malformed number ${this.ahead()}.`);
    }
    return match[0];
  }

  /** Takes `true`, `false` or `null`. */
  takeWord(): "true" | "false" | "null" {
    const { pos, text } = this;
    for (const word of ["true", "false", "null"] as const) {
      if (text.startsWith(word, pos)) {
        this.pos = pos + word.length;
        return word;
      }
      if (word.startsWith(text.slice(pos))) {
        this.atEnd(`\`${word}\``);
      }
    }
    throw this.unexpected("a value");
  }

  /** Takes a value of any kind and forgets it. */
  skipValue(depth: number = 0): void {
    const code = this.next("a value");
    if (code === quote) {
      this.scanString("a string");
    } else if (code === 0x7b || code === 0x5b) {
      this.#skipContainer(code, depth);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      this.takeNumber();
    } else {
      this.takeWord();
    }
  }

  /** The error of meeting something else than expected at the current position. */
  unexpected(expected: string): JsonProblem {
    return new JsonProblem(this.pos, `Expected ${expected}, got ${this.ahead()}.`);
  }

  /** What stands at the current position, quoted; the same however the text was cut. */
  ahead(): string {
    const { pos, text } = this;
    if (!this.final && text.length < pos + maxExcerpt) {
      throw needMore;
    }
    return excerpt(text, pos, text.length);
  }

  /** Asks for more text, or says what is missing when none will come. */
  atEnd(expected: string): never {
    if (this.final) {
      throw new JsonProblem(
        this.text.length,
        `Expected ${expected}, but the text ends here: it is truncated.`,
      );
    }
    throw needMore;
  }

  #skipContainer(open: number, depth: number): void {
    if (depth >= maxDepth) {
      throw new JsonProblem(this.pos, `Nested deeper than ${maxDepth} levels.`);
    }
    const isObject = open === 0x7b;
    const close = isObject ? 0x7d : 0x5d;
    const expected = isObject ? "`,` or `}`" : "`,` or `]`";
    this.pos += 1;
    if (this.next(isObject ? "a key or `}`" : "a value or `]`") === close) {
      this.pos += 1;
      return;
    }
    for (;;) {
      if (isObject) {
        this.scanString("a key in double quotes");
        this.take(0x3a, "`:`");
      }
      this.skipValue(depth + 1);
      const code = this.next(expected);
      this.pos += 1;
      if (code === close) {
        return;
      }
      if (code !== 0x2c) {
        this.pos -= 1;
        throw this.unexpected(expected);
      }
    }
  }

  // Index after the escape sequence that begins at `pos`.
  #escapeEnd(pos: number): number {
    const { text } = this;
    if (pos + 1 >= text.length) {
      this.atEnd("the rest of an escape sequence");
    }
    if (text.charCodeAt(pos + 1) !== 0x75) {
      if (!'"\\/bfnrt'.includes(text.charAt(pos + 1))) {
        throw new JsonProblem(
          pos,
          `Unknown escape sequence ${JSON.stringify(text.slice(pos, pos + 2))}.`,
        );
      }
      return pos + 2;
    }
    for (let i = pos + 2; i < pos + 6; i++) {
      if (i >= text.length) {
        this.atEnd("four hexadecimal digits");
      }
      if (!/[0-9A-Fa-f]/.test(text.charAt(i))) {
        throw new JsonProblem(pos, "Expected four hexadecimal digits after `\\u`.");
      }
    }
    return pos + 6;
  }
}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The hash that the cursor gives a string of this text. */
export function hashText(text: string): number {
  let hash = hashStart;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), hashFactor);
  }
  return hash;
}

/** The part of a text between two places, quoted and short enough for a message. */
export function excerpt(text: string, from: number, to: number): string {
  return JSON.stringify(text.slice(from, Math.min(to, from + maxExcerpt)));
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}
