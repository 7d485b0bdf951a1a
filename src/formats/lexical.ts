import { datatypes, isDateTime, type QualifiedName } from "../prov/index.js";
import { quoted } from "./quoted.js";

/** The datatype that a JSON number stands for, by the way it is written. */
export function numberDatatype(text: string): QualifiedName {
  if (/[.eE]/.test(text)) {
    return datatypes.double;
  }
  if (text.length <= 9) {
    return datatypes.int;
  }
  const value = text.length <= 20 ? BigInt(text) : undefined;
  if (value === undefined || value !== BigInt.asIntN(64, value)) {
    return datatypes.integer;
  }
  return value === BigInt.asIntN(32, value) ? datatypes.int : datatypes.long;
}

/** What a time in a document says. */
export interface TimeReading {
  /** The xsd:dateTime; absent when there is none. */
  readonly time?: string;
  readonly error?: string;
  readonly warning?: string;
}

const commonForm =
  /^\d{3}[1-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z?$/;

/** Reads the value of a formal time property. */
export function readTime(text: string): TimeReading {
  // Most times need no arithmetic to be valid; one expression says so.
  if (commonForm.test(text) || isDateTime(text)) {
    return { time: text };
  }
  if (text === "None") {
    return { warning: 'The time "None" (yProv4WFs for an unknown time) was read as no time.' };
  }
  const joined = text.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, "$1T");
  if (joined !== text && isDateTime(joined)) {
    return {
      time: joined,
      warning: `The time ${quoted(text)} has a space where xsd:dateTime wants "T"; read as ${quoted(joined)}.`,
    };
  }
  return {
    error: `Expected an xsd:dateTime such as "2026-11-20T10:00:00.5Z", got ${quoted(text)}.`,
  };
}
