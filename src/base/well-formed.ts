/** Matches what UTF-8 has no form for; on one-byte strings V8 answers without reading them. */
const loneSurrogate = /\p{Surrogate}/u;
const loneSurrogates = /\p{Surrogate}/gu;

/** Tells whether a string has no lone surrogate, so that UTF-8 can carry it. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

/**
 * Makes a text safe for UTF-8: every lone surrogate becomes its six-character escape, `\ud800`.
 * Not reversible; where that matters, events carry `["s", …]`.
 */
export function wellFormed(text: string): string {
  return loneSurrogate.test(text) ? text.replace(loneSurrogates, escapedUnit) : text;
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
