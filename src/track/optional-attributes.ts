import type { QualifiedName } from "../prov/names.js";
import type { Attribute } from "../prov/records.js";
import { integerLiteral } from "./literal-values.js";

/** A text attribute, or nothing when there is no text. */
export function optional(name: QualifiedName, text: string | undefined): Attribute[] {
  return text === undefined ? [] : [[name, text]];
}

/** An integer attribute, or nothing when there is no number. */
export function optionalInteger(name: QualifiedName, value: number | undefined): Attribute[] {
  return value === undefined ? [] : [[name, integerLiteral(value)]];
}
