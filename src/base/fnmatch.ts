/** Tells whether a text matches a pattern. */
export type Matcher = (text: string) => boolean;

/** How {@link compileFnmatch} compares. */
export interface FnmatchOptions {
  /** Ignore the difference between upper and lower case. Default false. */
  readonly ignoreCase?: boolean;
}

/** One step of a pattern: any run, any one character, a set of characters, a character itself. */
type Token =
  | { readonly kind: "star" }
  | { readonly kind: "any" }
  | { readonly kind: "set"; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: "char"; readonly point: number };

type Range = readonly [first: number, last: number];

/**
 * Compiles a pattern with the meaning it has in Python's `fnmatch`: `*` any run of characters,
 * `?` any one, `[seq]` one of a set with ranges, `[!seq]` one that is not in it; everything else
 * is itself, a `[` that is never closed too. The whole text must match; characters are code points.
 *
 * Takes time proportional to the lengths of text and pattern multiplied, never more.
 */
export function compileFnmatch(pattern: string, options?: FnmatchOptions): Matcher {
  const fold = options?.ignoreCase === true ? foldCase : identity;
  const folded = fold(pattern);
  return simpleMatcher(folded, fold) ?? tokenMatcher(tokensOf(folded), fold);
}

/** Tells whether a pattern has any of `*`, `?`, `[`. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Lower case that keeps every index: characters whose lower case is longer stay as they are. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (char) => {
    const small = char.toLowerCase();
    return small.length === char.length ? small : char;
  }).join("");
}

function identity(text: string): string {
  return text;
}

/** `word`, `*word*`, `word*`, `*word`: what most patterns are, at the speed of the built-ins. */
function simpleMatcher(pattern: string, fold: (text: string) => string): Matcher | undefined {
  const opens = pattern.startsWith("*");
  const closes = pattern.length > 1 && pattern.endsWith("*");
  const word = pattern.slice(opens ? 1 : 0, closes ? -1 : undefined);
  if (hasWildcard(word)) return undefined;
  if (opens && closes) return (text) => fold(text).includes(word);
  if (opens) return (text) => fold(text).endsWith(word);
  if (closes) return (text) => fold(text).startsWith(word);
  return (text) => fold(text) === word;
}

function tokensOf(pattern: string): Token[] {
  const chars = Array.from(pattern);
  const tokens: Token[] = [];
  let at = 0;
  while (at < chars.length) {
    const char = chars[at] ?? "";
    at++;
    if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (char === "?") {
      tokens.push({ kind: "any" });
    } else {
      const close = char === "[" ? closingBracket(chars, at) : -1;
      if (close < 0) tokens.push({ kind: "char", point: pointOf(char) });
      else {
        tokens.push(setOf(chars.slice(at, close)));
        at = close + 1;
      }
    }
  }
  return tokens;
}

/** A `]` directly after `[` or `[!` stands for itself. Returns -1 if the set never closes. */
function closingBracket(chars: readonly string[], start: number): number {
  let at = start;
  if (chars[at] === "!") at++;
  if (chars[at] === "]") at++;
  return chars.indexOf("]", at);
}

function setOf(content: readonly string[]): Token {
  const negated = content[0] === "!";
  const chars = negated ? content.slice(1) : content;
  const ranges: Range[] = [];
  for (let at = 0; at < chars.length; at++) {
    const first = pointOf(chars[at] ?? "");
    if (chars[at + 1] === "-" && at + 2 < chars.length) {
      const last = pointOf(chars[at + 2] ?? "");
      // A range that runs backwards holds nothing, as in Python.
      if (first <= last) ranges.push([first, last]);
      at += 2;
    } else ranges.push([first, first]);
  }
  return { kind: "set", ranges, negated };
}

function pointOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

/** Greedy with one point of return: a later `*` never has to give back to an earlier one. */
function tokenMatcher(tokens: readonly Token[], fold: (text: string) => string): Matcher {
  return (given) => {
    const text = fold(given);
    let at = 0;
    let token = 0;
    let starToken = -1;
    let starAt = 0;
    while (at < text.length) {
      const point = text.codePointAt(at) ?? 0;
      const step = tokens[token];
      if (step?.kind === "star") {
        starToken = token++;
        starAt = at;
      } else if (step !== undefined && accepts(step, point)) {
        at += widthOf(point);
        token++;
      } else if (starToken >= 0) {
        starAt += widthOf(text.codePointAt(starAt) ?? 0);
        at = starAt;
        token = starToken + 1;
      } else return false;
    }
    while (tokens[token]?.kind === "star") token++;
    return token === tokens.length;
  };
}

function widthOf(point: number): number {
  return point > 0xffff ? 2 : 1;
}

function accepts(token: Token, point: number): boolean {
  if (token.kind === "char") return token.point === point;
  if (token.kind !== "set") return true;
  const inside = token.ranges.some(([first, last]) => first <= point && point <= last);
  return inside !== token.negated;
}
