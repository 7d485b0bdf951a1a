import { isWellFormed } from "../../base/well-formed.js";

/** A text as RDF can hold it. */
export interface RdfText {
  readonly text: string;
  /** Why it is not the text asked for; absent when it is. */
  readonly changed?: string;
}

const notInIri = /[^!-\u{10FFFF}]|[<>"{}|^`\\]|\p{Surrogate}/gu;
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const relativeBase = "urn:relative:";

/**
 * An IRI for a name. What no IRI can hold is percent-encoded, lone surrogates as U+FFFD; what is
 * not absolute is put after `urn:relative:`.
 */
export function iriText(uri: string): RdfText {
  if (isIri(uri)) {
    return { text: uri };
  }
  const legal = uri.replace(notInIri, percentEncoded);
  return absolute.test(legal)
    ? { text: legal, changed: "characters that no IRI can hold" }
    : { text: relativeBase + legal, changed: "a name that is no absolute IRI" };
}

/** Whether a text is an absolute IRI with legal characters only. */
export function isIri(text: string): boolean {
  notInIri.lastIndex = 0;
  return absolute.test(text) && !notInIri.test(text);
}

function percentEncoded(char: string): string {
  return encodeURIComponent(isWellFormed(char) ? char : "\uFFFD");
}

const needsEscape = /[^ -\u{10FFFF}]|["\\\x7f]/u;
const escaped = /[^ -\u{10FFFF}]|["\\\x7f]/gu;
const short: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\b", "\\b"],
  ["\f", "\\f"],
]);

/** A string literal in one line, in double quotes; lone surrogates become U+FFFD. */
export function stringText(text: string): RdfText {
  const wellFormed = isWellFormed(text);
  const scalars = wellFormed ? text : text.replace(/\p{Surrogate}/gu, "\uFFFD");
  const body = needsEscape.test(scalars) ? scalars.replace(escaped, escapeOf) : scalars;
  return wellFormed
    ? { text: `"${body}"` }
    : { text: `"${body}"`, changed: "half of a surrogate pair" };
}

function escapeOf(char: string): string {
  return short.get(char) ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

const languageTag = /^[A-Za-z]+(?:-[A-Za-z0-9]+)*$/;

/** Whether RDF takes a text as the language of a string. */
export function isLanguageTag(text: string): boolean {
  return languageTag.test(text);
}

const blankLabel = /^(?!anon-\d+$)[A-Za-z0-9_](?:[\w.-]*[\w-])?$/;

/** The label of the nth blank node that has none of its own. */
export function anonymousLabel(n: number): string {
  return `anon-${n}`;
}

/** The label of a blank node; characters that labels cannot hold are written as code points. */
export function labelText(label: string): RdfText {
  if (blankLabel.test(label)) {
    return { text: label };
  }
  const legal = label.replace(/[^\w]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
  return { text: `x${legal}`, changed: "characters that no blank node label can hold" };
}
