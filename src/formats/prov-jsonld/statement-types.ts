import type { RecordKind } from "../../prov/index.js";

const pairs: readonly (readonly [RecordKind, string])[] = [
  ["entity", "Entity"],
  ["activity", "Activity"],
  ["agent", "Agent"],
  ["wasGeneratedBy", "Generation"],
  ["used", "Usage"],
  ["wasInformedBy", "Communication"],
  ["wasStartedBy", "Start"],
  ["wasEndedBy", "End"],
  ["wasInvalidatedBy", "Invalidation"],
  ["wasDerivedFrom", "Derivation"],
  ["wasAttributedTo", "Attribution"],
  ["wasAssociatedWith", "Association"],
  ["actedOnBehalfOf", "Delegation"],
  ["wasInfluencedBy", "Influence"],
  ["specializationOf", "Specialization"],
  ["alternateOf", "Alternate"],
  ["hadMember", "Membership"],
];

/** The statement type of every record kind that PROV-JSONLD has: all but `mentionOf`. */
export const statementTypes: ReadonlyMap<RecordKind, string> = new Map(pairs);

/** What a type makes of a statement. */
export interface StatementType {
  readonly kind: RecordKind;
  /** Whether the type is a subtype, to be kept as an attribute. */
  readonly keeps: boolean;
}

function typed(
  keeps: boolean,
  kind: RecordKind,
  names: readonly string[],
): [string, StatementType][] {
  return names.map((name) => [name, { kind, keeps }]);
}

/** What every type that a statement can have makes of it; by name without `prov:`. */
export const typesByName: ReadonlyMap<string, StatementType> = new Map<string, StatementType>([
  ...pairs.flatMap(([kind, name]) => typed(false, kind, [name])),
  // The submission has no term for this one.
  ...typed(false, "mentionOf", ["Mention"]),
  // What ProvToolbox calls these when they have an id or attributes.
  ...typed(false, "specializationOf", ["QualifiedSpecialization", "QualifiedSpecializationOf"]),
  ...typed(false, "alternateOf", ["QualifiedAlternate", "QualifiedAlternateOf"]),
  ...typed(false, "hadMember", ["QualifiedMembership", "QualifiedHadMember"]),
  ...typed(true, "agent", ["Person", "Organization", "SoftwareAgent"]),
  ...typed(true, "entity", ["Plan", "Collection", "EmptyCollection"]),
  ...typed(true, "wasDerivedFrom", ["Revision", "Quotation", "PrimarySource"]),
]);
