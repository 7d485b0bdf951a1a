/** Finds the ends of Python string literals; see {@link createStringScanner}. */
export interface PythonStringScanner {
  /**
   * The offset just after the literal whose first quote stands at `quote`. A literal that is never
   * closed ends at its line's end, or at the end of the text when it is triple-quoted.
   */
  endOf(quote: number): number;
}

/** Beyond this many f-strings inside each other the inner ones are read as plain strings. */
const maxNesting = 50;
const formattedPrefix = /^(?:[ft]r?|r[ft])$/i;

/**
 * Makes a scanner over one text. It follows replacement fields of f-strings and t-strings, since
 * they may hold the same quotes again (PEP 701) and brackets that must not be counted.
 */
export function createStringScanner(text: string): PythonStringScanner {
  // One unclosed field shows that the cell is broken. From then on fields are not followed any
  // more, otherwise every later literal would be read to the end of the text again.
  let followFields = true;

  const closing = (from: number, delimiter: string, formatted: boolean, depth: number): number => {
    const triple = delimiter.length === 3;
    let at = from;
    while (at < text.length) {
      const char = text[at];
      if (char === "\\") {
        at += text[at + 1] === "\r" && text[at + 2] === "\n" ? 3 : 2;
      } else if (text.startsWith(delimiter, at)) {
        return at + delimiter.length;
      } else if (!triple && isBreak(char)) {
        return -1;
      } else if (formatted && char === "{" && followFields) {
        if (text[at + 1] === "{") at += 2;
        else at = fieldEnd(at + 1, depth + 1, triple);
        if (at < 0) return -1;
      } else {
        at += 1;
      }
    }
    return -1;
  };

  /** After the `}` of a replacement field, or -1. */
  const fieldEnd = (from: number, depth: number, triple: boolean): number => {
    let brackets = 0;
    let at = from;
    while (at < text.length) {
      const char = text[at];
      if (char === "'" || char === '"') {
        at = literalEnd(at, depth);
        if (at < 0) return -1;
      } else if (char === "}" && brackets === 0) {
        return at + 1;
      } else if (char === ":" && brackets === 0) {
        return specEnd(at + 1, depth, triple);
      } else {
        if (char === "(" || char === "[" || char === "{") brackets += 1;
        else if (char === ")" || char === "]" || char === "}") brackets -= 1;
        else if (char === "#") at = lineEnd(text, at) - 1;
        if (brackets < 0) return -1;
        at += 1;
      }
    }
    return -1;
  };

  /** After the `}` that ends a format specification, which may hold fields itself, or -1. */
  const specEnd = (from: number, depth: number, triple: boolean): number => {
    let at = from;
    while (at < text.length) {
      const char = text[at];
      if (char === "}") return at + 1;
      if (!triple && isBreak(char)) return -1;
      if (char === "{") {
        at = depth < maxNesting ? fieldEnd(at + 1, depth + 1, triple) : -1;
        if (at < 0) return -1;
      } else {
        at += 1;
      }
    }
    return -1;
  };

  const literalEnd = (quote: number, depth: number): number => {
    const char = text[quote] ?? "";
    const delimiter = text.startsWith(char.repeat(3), quote) ? char.repeat(3) : char;
    const formatted =
      followFields && depth < maxNesting && formattedPrefix.test(prefixBefore(text, quote));
    return closing(quote + delimiter.length, delimiter, formatted, depth);
  };

  return {
    endOf(quote) {
      const end = literalEnd(quote, 0);
      if (end >= 0) return end;
      const char = text[quote] ?? "";
      const triple = text.startsWith(char.repeat(3), quote);
      if (formattedPrefix.test(prefixBefore(text, quote)) && followFields) {
        followFields = false;
        const plain = literalEnd(quote, 0);
        if (plain >= 0) return plain;
      }
      return triple ? text.length : lineEnd(text, quote);
    },
  };
}

/** The offset of the line break that ends the line of an offset, or the text's length. */
export function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBreak(text[at])) at += 1;
  return at;
}

function isBreak(char: string | undefined): boolean {
  return char === "\n" || char === "\r";
}

/** The letters right before a quote when they can be a string prefix, else "". */
function prefixBefore(text: string, quote: number): string {
  const letters = /[A-Za-z]{0,3}$/.exec(text.slice(Math.max(0, quote - 3), quote))?.[0] ?? "";
  const before = text[quote - letters.length - 1];
  return before !== undefined && /[\p{ID_Continue}]/u.test(before) ? "" : letters;
}
