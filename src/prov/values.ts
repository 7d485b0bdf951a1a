import type { QualifiedName } from "./names.js";

/** A literal with a datatype; the lexical form is kept as it was written. */
export interface TypedLiteral {
  readonly text: string;
  readonly datatype: QualifiedName;
}

/** A string in a natural language (prov:InternationalizedString). */
export interface LangString {
  readonly text: string;
  readonly lang: string;
}

/** What an attribute can hold; a bare string is xsd:string. */
export type Value = string | TypedLiteral | LangString | QualifiedName;

/** An xsd:dateTime in its lexical form, offset and all fraction digits kept. */
export type DateTimeText = string;

/** Makes a literal with a datatype. */
export function typedLiteral(text: string, datatype: QualifiedName): TypedLiteral {
  return { text, datatype };
}

/** Makes a string in a natural language. */
export function langString(text: string, lang: string): LangString {
  return { text, lang };
}

/** Tells whether a value is a qualified name. */
export function isQualifiedName(value: Value): value is QualifiedName {
  return typeof value === "object" && "local" in value;
}

/** Tells whether a value is a literal with a datatype. */
export function isTypedLiteral(value: Value): value is TypedLiteral {
  return typeof value === "object" && "datatype" in value;
}

/** Tells whether a value is a string in a natural language. */
export function isLangString(value: Value): value is LangString {
  return typeof value === "object" && "lang" in value;
}
