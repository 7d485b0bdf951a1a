import { provTypes, type QualifiedName, type RecordKind, recordKinds } from "../../prov/index.js";

/** What an expression's keyword stands for. */
export interface Keyword {
  readonly kind: RecordKind;
  /** The `prov:type` that the keyword says besides. */
  readonly type?: QualifiedName;
}

/** The expressions of PROV-N by their keyword. */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...recordKinds.map((kind): [string, Keyword] => [kind, { kind }]),
  ["prov:mentionOf", { kind: "mentionOf" }],
  ["wasRevisionOf", { kind: "wasDerivedFrom", type: provTypes.Revision }],
  ["wasQuotedFrom", { kind: "wasDerivedFrom", type: provTypes.Quotation }],
  ["hadPrimarySource", { kind: "wasDerivedFrom", type: provTypes.PrimarySource }],
]);

/** Kinds that have neither id nor attributes in PROV-N's own grammar. */
export const bareKinds: ReadonlySet<RecordKind> = new Set<RecordKind>([
  "specializationOf",
  "alternateOf",
  "hadMember",
  "mentionOf",
]);

/** ProvToolbox's namespace for bare kinds with id or attributes: `provext:hadMember(id; c, e)`. */
export const extensionUri: string = "http://openprovenance.org/prov/extension#";

/** Namespaces in which the names of bare kinds are read as these kinds. */
export const extensionUris: ReadonlySet<string> = new Set([
  extensionUri,
  "https://openprovenance.org/ns/provext#",
]);
