import {
  type Namespace,
  provName,
  provNamespace,
  provTypes,
  type QualifiedName,
  type RecordKind,
  recordKinds,
  xsdNamespace,
} from "../../prov/index.js";

/** How PROV-XML writes the namespace of XML Schema: without `#` (PROV-XML 2). */
export const xmlSchemaUri: string = "http://www.w3.org/2001/XMLSchema";
/** The namespace of `xsi:type`. */
export const xsiNamespace: Namespace = {
  prefix: "xsi",
  uri: "http://www.w3.org/2001/XMLSchema-instance",
};
/** The namespace that the prefix `xml` is bound to. */
export const xmlUri: string = "http://www.w3.org/XML/1998/namespace";

/** What an element of PROV-XML stands for. */
export interface ElementMeaning {
  readonly kind: RecordKind;
  /** The `prov:type` that the element says besides. */
  readonly type?: QualifiedName;
}

/** The elements for records, by local name in the namespace of PROV. */
export const elementMeanings: ReadonlyMap<string, ElementMeaning> = new Map<string, ElementMeaning>(
  [
    ...recordKinds.map((kind): [string, ElementMeaning] => [kind, { kind }]),
    ["plan", { kind: "entity", type: provTypes.Plan }],
    ["collection", { kind: "entity", type: provTypes.Collection }],
    ["emptyCollection", { kind: "entity", type: provTypes.EmptyCollection }],
    ["dictionary", { kind: "entity", type: provName("Dictionary") }],
    ["emptyDictionary", { kind: "entity", type: provName("EmptyDictionary") }],
    ["bundle", { kind: "entity", type: provTypes.Bundle }],
    ["person", { kind: "agent", type: provTypes.Person }],
    ["organization", { kind: "agent", type: provTypes.Organization }],
    ["softwareAgent", { kind: "agent", type: provTypes.SoftwareAgent }],
    ["wasRevisionOf", { kind: "wasDerivedFrom", type: provTypes.Revision }],
    ["wasQuotedFrom", { kind: "wasDerivedFrom", type: provTypes.Quotation }],
    // With ids and attributes, as ProvToolbox writes them.
    ["QualifiedSpecialization", { kind: "specializationOf" }],
    ["QualifiedAlternate", { kind: "alternateOf" }],
    ["QualifiedMembership", { kind: "hadMember" }],
    ["QualifiedSpecializationOf", { kind: "specializationOf" }],
    ["QualifiedAlternateOf", { kind: "alternateOf" }],
    ["QualifiedHadMember", { kind: "hadMember" }],
    ["hadPrimarySource", { kind: "wasDerivedFrom", type: provTypes.PrimarySource }],
  ],
);

/** The namespace of a prefix in XML, as the other syntaxes know it. */
export function namespaceOf(prefix: string, uri: string): Namespace {
  switch (uri) {
    case provNamespace.uri:
      return provNamespace;
    case xmlSchemaUri:
    case xsdNamespace.uri:
      return xsdNamespace;
    default:
      return { prefix, uri };
  }
}
