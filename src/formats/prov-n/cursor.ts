import { nameChars, nameStartChars } from "../name-chars.js";
import { ownText } from "../own-text.js";
import { quoted } from "../quoted.js";

/** A text that is not PROV-N, with the index at which that shows. */
export class SyntaxProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const others = "/@~&+*?#$!";
const percent = "%[0-9A-Fa-f]{2}";
const escaped = "\\\\[='(),\\-:;[\\].]";

/**
 * QUALIFIED_NAME of the PROV-N grammar: a prefix with a colon, a local part, or both. Prefixes
 * may begin with `_`, which the grammar does not allow but other syntaxes do.
 */
function namePattern(start: string, chars: string, flags: string): RegExp {
  const prefix = `[${start}_0-9](?:[${chars}.\\-]*[${chars}\\-])?:`;
  const first = `[${start}_0-9${others}]|${percent}|${escaped}`;
  const next = `[${chars}${others}\\-]+|${percent}|${escaped}|\\.+(?=[${chars}${others}%\\\\\\-])`;
  const local = `(?:${first})(?:${next})*`;
  return new RegExp(`${prefix}(?:${local})?|${local}`, flags);
}

const asciiName = namePattern("A-Za-z", "\\w", "y");
const anyName = namePattern(nameStartChars, nameChars, "uy");
const anyPrefix = new RegExp(
  `[${nameStartChars}_0-9](?:[${nameChars}.\\-]*[${nameChars}\\-])?`,
  "uy",
);
const integer = /[-+]?\d+/y;
const time = /-?\d[\d:T.Z+-]*/y;
const languageTag = /@[A-Za-z]+(?:-[A-Za-z0-9]+)*/y;
const iri = /<([^<>\n\r]*)>/y;

const newline = 0x0a;
const quote = 0x22;
const dot = 0x2e;
const slash = 0x2f;
const star = 0x2a;
const backslash = 0x5c;

/** A position in a PROV-N text, and what can be read from there. */
export class ProvNCursor {
  readonly text: string;
  pos: number;

  /** @param text - the whole document, with or without byte order mark. */
  constructor(text: string) {
    this.text = text;
    this.pos = text.startsWith("\uFEFF") ? 1 : 0;
  }

  /** Goes over white space and comments; returns the code of the character there, NaN at the end. */
  next(): number {
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.pos);
      if (code === 0x20 || code === newline || code === 0x0d || code === 0x09) {
        this.pos += 1;
      } else if (code !== slash || !this.#skipComment()) {
        return code;
      }
    }
  }

  /** Takes a character if it is next. */
  tryTake(char: string): boolean {
    if (this.next() !== char.charCodeAt(0)) {
      return false;
    }
    this.pos += 1;
    return true;
  }

  /** Takes a character, or throws. */
  take(char: string, expected: string = `"${char}"`): void {
    if (!this.tryTake(char)) {
      throw this.unexpected(expected);
    }
  }

  /** Takes a qualified name as it is spelt; `undefined` when none is next. */
  tryName(): string | undefined {
    this.next();
    const end = this.#match(asciiName);
    const code = this.text.charCodeAt(end);
    // A dot may go on with other letters than those of ASCII.
    return this.#taken(code >= 0x80 || code === dot ? this.#match(anyName) : end);
  }

  /** Takes the prefix of a declaration; `undefined` when none is next. */
  tryPrefix(): string | undefined {
    this.next();
    return this.#taken(this.#match(anyPrefix));
  }

  /** Takes a keyword if it is the next name. */
  tryKeyword(keyword: string): boolean {
    this.next();
    const { pos } = this;
    if (!this.text.startsWith(keyword, pos) || this.#match(anyName) !== pos + keyword.length) {
      return false;
    }
    this.pos += keyword.length;
    return true;
  }

  /** Takes the characters of a time, which may be an impossible one. */
  tryTime(): string | undefined {
    this.next();
    return this.#taken(this.#match(time));
  }

  /** Takes an integer; `undefined` when none is next. */
  tryInteger(): string | undefined {
    this.next();
    return this.#taken(this.#match(integer));
  }

  /** Takes a language tag, without its `@`. */
  tryLanguage(): string | undefined {
    this.next();
    return this.#taken(this.#match(languageTag))?.slice(1);
  }

  /** Takes an IRI in angle brackets. */
  takeIri(): string {
    this.next();
    iri.lastIndex = this.pos;
    const found = iri.exec(this.text)?.[1];
    if (found === undefined) {
      throw this.unexpected("an IRI in angle brackets");
    }
    this.pos = iri.lastIndex;
    return unescapeText(ownText(found, 0, found.length));
  }

  /**
   * Takes a string in one or three pairs of double quotes, with its escapes resolved.
   *
   * @param onLineBreak - told where a line ends within a string in one pair: not PROV-N, but
   *   ProvToolbox writes it.
   */
  takeString(onLineBreak: (at: number) => void): string {
    const start = this.pos;
    const { text } = this;
    const isLong = text.startsWith('"""', start);
    const open = isLong ? 3 : 1;
    let hasEscapes = false;
    let lineBreak = -1;
    for (let at = start + open; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === backslash) {
        hasEscapes = true;
        at += 1;
      } else if (code === quote && (!isLong || text.startsWith('"""', at))) {
        this.pos = at + open;
        this.#allowLineBreak(lineBreak, onLineBreak);
        const content = ownText(text, start + open, at);
        return hasEscapes ? this.#unescaped(content, start + open) : content;
      } else if (!isLong && lineBreak === -1 && (code === newline || code === 0x0d)) {
        lineBreak = at;
      }
    }
    throw new SyntaxProblem(
      lineBreak === -1 ? start : lineBreak,
      `The string that begins ${lineBreak === -1 ? "here" : "on this line"} has no closing ${isLong ? '`"""`' : '`"`'}.`,
    );
  }

  // A string is over only where something can follow it; else its quote was forgotten.
  #allowLineBreak(lineBreak: number, onLineBreak: (at: number) => void): void {
    if (lineBreak === -1) {
      return;
    }
    const end = this.pos;
    const code = this.next();
    this.pos = end;
    if (Number.isNaN(code) || !",])}@%".includes(String.fromCharCode(code))) {
      throw new SyntaxProblem(
        lineBreak,
        'Expected the closing `"` of the string on its line; a string over several lines stands between `"""`.',
      );
    }
    onLineBreak(lineBreak);
  }

  /** What is wrong when something else than expected is next. */
  unexpected(expected: string): SyntaxProblem {
    this.next();
    return new SyntaxProblem(this.pos, `Expected ${expected}, got ${this.#shown()}.`);
  }

  #shown(): string {
    const { text, pos } = this;
    if (pos >= text.length) {
      return "the end of the document";
    }
    const word =
      this.#taken(this.#match(anyName)) ?? String.fromCodePoint(text.codePointAt(pos) ?? 0);
    this.pos = pos;
    return quoted(word);
  }

  #match(pattern: RegExp): number {
    pattern.lastIndex = this.pos;
    return pattern.test(this.text) ? pattern.lastIndex : this.pos;
  }

  #taken(end: number): string | undefined {
    const { pos } = this;
    this.pos = end;
    return end === pos ? undefined : this.text.slice(pos, end);
  }

  #skipComment(): boolean {
    const { text, pos } = this;
    const second = text.charCodeAt(pos + 1);
    if (second === slash) {
      const end = text.indexOf("\n", pos);
      this.pos = end === -1 ? text.length : end + 1;
      return true;
    }
    if (second !== star) {
      return false;
    }
    const end = text.indexOf("*/", pos + 2);
    if (end === -1) {
      throw new SyntaxProblem(pos, "The comment that begins here has no closing `*/`.");
    }
    this.pos = end + 2;
    return true;
  }

  #unescaped(content: string, start: number): string {
    const wrong = /(?:[^\\]|^)(?:\\\\)*\\(?![tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})/.exec(
      content,
    );
    if (wrong !== null) {
      const at = wrong.index + wrong[0].length - 1;
      throw new SyntaxProblem(
        start + at,
        `Expected an escape (\\t \\b \\n \\r \\f \\" \\' \\\\), got ${quoted(content.slice(at, at + 2))}.`,
      );
    }
    return unescapeText(content);
  }
}

const escapes: Readonly<Record<string, string>> = {
  t: "\t",
  b: "\b",
  n: "\n",
  r: "\r",
  f: "\f",
};

// \u and \U are not in the grammar of PROV-N, but in SPARQL's, from which its strings are taken.
function unescapeText(text: string): string {
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gs,
    (all: string, short: string | undefined, long: string | undefined, char = "") => {
      const code = Number.parseInt(short ?? long ?? "", 16);
      if (Number.isNaN(code)) {
        return escapes[char] ?? char;
      }
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
