import {
  blankNamespace,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
} from "../prov/index.js";

const beginning = "unknown-";

/**
 * Whether a required argument may be missing all the same, and then is unknown. The W3C's cases
 * for PROV-CONSTRAINTS 23 have delegations without the responsible agent among the valid documents.
 */
export function mayBeUnknown(kind: RecordKind, property: string): boolean {
  return kind === "actedOnBehalfOf" && property === "responsible";
}

/**
 * What stands for the argument: an anonymous name, which PROV-CONSTRAINTS takes for a variable.
 *
 * @param n - counts those of one document, from 1.
 * @param property - what it is of the record. Default "responsible".
 */
export function unknownArgument(n: number, property = "responsible"): QualifiedName {
  return qualifiedName(blankNamespace, `${beginning}${property}-${n}`);
}

/** Whether a name is one of {@link unknownArgument}. */
export function isUnknownArgument({ namespace, local }: QualifiedName): boolean {
  return namespace.uri === blankNamespace.uri && local.startsWith(beginning);
}

/** What readers warn of, the rule being `required`. */
export const unknownMessage: string =
  "A delegation should name the responsible agent; it is taken to be unknown.";
