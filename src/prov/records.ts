import type { Namespace, QualifiedName } from "./names.js";
import type { DateTimeText, Value } from "./values.js";

/** One attribute; a record's attributes are a multiset, order does not matter. */
export type Attribute = readonly [name: QualifiedName, value: Value];

interface Element {
  readonly id: QualifiedName;
  readonly attributes: readonly Attribute[];
}

interface Relation {
  /** Absent, or in the blank namespace (`_:x`), when the relation is anonymous. */
  readonly id?: QualifiedName;
  readonly attributes: readonly Attribute[];
}

/** PROV-DM 5.1.1. */
export interface Entity extends Element {
  readonly kind: "entity";
}

/** PROV-DM 5.1.2. */
export interface Activity extends Element {
  readonly kind: "activity";
  readonly startTime?: DateTimeText;
  readonly endTime?: DateTimeText;
}

/** PROV-DM 5.3.1. */
export interface Agent extends Element {
  readonly kind: "agent";
}

/** PROV-DM 5.1.3. */
export interface WasGeneratedBy extends Relation {
  readonly kind: "wasGeneratedBy";
  readonly entity: QualifiedName;
  readonly activity?: QualifiedName;
  readonly time?: DateTimeText;
}

/** PROV-DM 5.1.4. */
export interface Used extends Relation {
  readonly kind: "used";
  readonly activity: QualifiedName;
  readonly entity?: QualifiedName;
  readonly time?: DateTimeText;
}

/** PROV-DM 5.1.5. */
export interface WasInformedBy extends Relation {
  readonly kind: "wasInformedBy";
  readonly informed: QualifiedName;
  readonly informant: QualifiedName;
}

/** PROV-DM 5.1.6. */
export interface WasStartedBy extends Relation {
  readonly kind: "wasStartedBy";
  readonly activity: QualifiedName;
  readonly trigger?: QualifiedName;
  readonly starter?: QualifiedName;
  readonly time?: DateTimeText;
}

/** PROV-DM 5.1.7. */
export interface WasEndedBy extends Relation {
  readonly kind: "wasEndedBy";
  readonly activity: QualifiedName;
  readonly trigger?: QualifiedName;
  readonly ender?: QualifiedName;
  readonly time?: DateTimeText;
}

/** PROV-DM 5.1.8. */
export interface WasInvalidatedBy extends Relation {
  readonly kind: "wasInvalidatedBy";
  readonly entity: QualifiedName;
  readonly activity?: QualifiedName;
  readonly time?: DateTimeText;
}

/** PROV-DM 5.2.1; revision, quotation and primary source are `prov:type` values. */
export interface WasDerivedFrom extends Relation {
  readonly kind: "wasDerivedFrom";
  readonly generatedEntity: QualifiedName;
  readonly usedEntity: QualifiedName;
  readonly activity?: QualifiedName;
  readonly generation?: QualifiedName;
  readonly usage?: QualifiedName;
}

/** PROV-DM 5.3.2. */
export interface WasAttributedTo extends Relation {
  readonly kind: "wasAttributedTo";
  readonly entity: QualifiedName;
  readonly agent: QualifiedName;
}

/** PROV-DM 5.3.3. */
export interface WasAssociatedWith extends Relation {
  readonly kind: "wasAssociatedWith";
  readonly activity: QualifiedName;
  readonly agent?: QualifiedName;
  readonly plan?: QualifiedName;
}

/** PROV-DM 5.3.4. */
export interface ActedOnBehalfOf extends Relation {
  readonly kind: "actedOnBehalfOf";
  readonly delegate: QualifiedName;
  readonly responsible: QualifiedName;
  readonly activity?: QualifiedName;
}

/** PROV-DM 5.3.5. */
export interface WasInfluencedBy extends Relation {
  readonly kind: "wasInfluencedBy";
  readonly influencee: QualifiedName;
  readonly influencer: QualifiedName;
}

/** PROV-DM 5.5.1. */
export interface SpecializationOf extends Relation {
  readonly kind: "specializationOf";
  readonly specificEntity: QualifiedName;
  readonly generalEntity: QualifiedName;
}

/** PROV-DM 5.5.2; symmetric. */
export interface AlternateOf extends Relation {
  readonly kind: "alternateOf";
  readonly alternate1: QualifiedName;
  readonly alternate2: QualifiedName;
}

/** PROV-DM 5.6.2. */
export interface HadMember extends Relation {
  readonly kind: "hadMember";
  readonly collection: QualifiedName;
  readonly entity: QualifiedName;
}

/** PROV-LINKS. */
export interface MentionOf extends Relation {
  readonly kind: "mentionOf";
  readonly specificEntity: QualifiedName;
  readonly generalEntity: QualifiedName;
  readonly bundle: QualifiedName;
}

/** Every kind of PROV-DM element and relation. */
export type ProvRecord =
  | Entity
  | Activity
  | Agent
  | WasGeneratedBy
  | Used
  | WasInformedBy
  | WasStartedBy
  | WasEndedBy
  | WasInvalidatedBy
  | WasDerivedFrom
  | WasAttributedTo
  | WasAssociatedWith
  | ActedOnBehalfOf
  | WasInfluencedBy
  | SpecializationOf
  | AlternateOf
  | HadMember
  | MentionOf;

/** The name of a record kind, spelt as in PROV-N and PROV-JSON. */
export type RecordKind = ProvRecord["kind"];

/** A named set of records with namespaces of its own. */
export interface Bundle {
  readonly id: QualifiedName;
  readonly namespaces: readonly Namespace[];
  readonly records: readonly ProvRecord[];
  /** Like those of a document. */
  readonly extraSections?: readonly ExtraSection[];
}

/**
 * A part of a document that is not of PROV-DM (PROV-Dictionary, for example), kept as the text
 * of a PROV-JSON section so that it is not lost.
 */
export interface ExtraSection {
  readonly name: string;
  readonly json: string;
}

/** A PROV document held in memory. */
export interface ProvDocument {
  readonly namespaces: readonly Namespace[];
  readonly records: readonly ProvRecord[];
  readonly bundles: readonly Bundle[];
  /** Written back by the formats that have a form for them. Not compared by `sameDocument`. */
  readonly extraSections?: readonly ExtraSection[];
}
