import {
  provName,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  recordFormals,
  recordKinds,
} from "../../prov/index.js";
import { provextNamespace } from "./vocabulary.js";

/** How PROV-O states the relations of one kind. */
export interface RelationShape {
  readonly kind: RecordKind;
  /** The direct property from the first formal to the second, for example `prov:used`. */
  readonly property: QualifiedName;
  /** The property from the first formal to a node that qualifies the relation. */
  readonly qualified: QualifiedName;
  /** The class of that node, for example `prov:Usage`. */
  readonly influence: QualifiedName;
  /** The properties of that node for the second formal name and those after it. */
  readonly names: readonly QualifiedName[];
  /** Whether that node can have `prov:atTime`. */
  readonly timed: boolean;
  /**
   * Whether the direct property is stated beside the node as well. For the others Python prov
   * would read it as one more relation.
   */
  readonly paired: boolean;
}

function shape(
  kind: RecordKind,
  influence: string,
  names: readonly string[],
  paired: boolean = false,
): RelationShape {
  return {
    kind,
    property: provName(kind),
    qualified: provName(`qualified${influence}`),
    influence: provName(influence),
    names: names.map(provName),
    timed: recordFormals[kind].some(({ type }) => type === "time"),
    paired,
  };
}

// PROV-O has no qualified forms of these; PROV-JSONLD invented them.
function extended(kind: RecordKind, influence: string, other: string): RelationShape {
  const name = (local: string): QualifiedName => qualifiedName(provextNamespace, local);
  return {
    kind,
    property: provName(kind),
    qualified: name(`qualified${influence}`),
    influence: name(influence),
    names: [name(other)],
    timed: false,
    paired: true,
  };
}

const shapes: readonly RelationShape[] = [
  shape("wasGeneratedBy", "Generation", ["activity"]),
  shape("used", "Usage", ["entity"]),
  shape("wasInformedBy", "Communication", ["activity"], true),
  shape("wasStartedBy", "Start", ["entity", "hadActivity"]),
  shape("wasEndedBy", "End", ["entity", "hadActivity"]),
  shape("wasInvalidatedBy", "Invalidation", ["activity"]),
  shape("wasDerivedFrom", "Derivation", ["entity", "hadActivity", "hadGeneration", "hadUsage"]),
  shape("wasAttributedTo", "Attribution", ["agent"], true),
  shape("wasAssociatedWith", "Association", ["agent", "hadPlan"], true),
  shape("actedOnBehalfOf", "Delegation", ["agent", "hadActivity"], true),
  shape("wasInfluencedBy", "Influence", ["influencer"], true),
  extended("specializationOf", "Specialization", "generalEntity"),
  extended("alternateOf", "Alternate", "alternate"),
  extended("hadMember", "Membership", "member"),
];

/** The shapes of all relations; elements and `mentionOf` have none. */
export const relationShapes: ReadonlyMap<RecordKind, RelationShape> = new Map(
  shapes.map((each) => [each.kind, each]),
);

/** The subtypes of derivation, each with properties of its own. */
export interface DerivationSubtype {
  /** The value of `prov:type`, for example `prov:Revision`. */
  readonly type: QualifiedName;
  /** For example `prov:wasRevisionOf`. */
  readonly property: QualifiedName;
  /** For example `prov:qualifiedRevision`. */
  readonly qualified: QualifiedName;
}

/** Revision, quotation and primary source. */
export const derivationSubtypes: readonly DerivationSubtype[] = [
  ["Revision", "wasRevisionOf"],
  ["Quotation", "wasQuotedFrom"],
  ["PrimarySource", "hadPrimarySource"],
].map(([type = "", property = ""]) => ({
  type: provName(type),
  property: provName(property),
  qualified: provName(`qualified${type}`),
}));

/** How many names each kind has in formal positions. */
export const nameCounts: ReadonlyMap<RecordKind, number> = new Map(
  recordKinds.map((kind) => [
    kind,
    recordFormals[kind].filter(({ type }) => type !== "time").length,
  ]),
);
