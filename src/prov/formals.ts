import type { RecordKind } from "./records.js";

/**
 * What stands in a formal position. `generation` and `usage` are ids of relations, `any` is an
 * element of any kind (PROV-CONSTRAINTS 50 types all the others by their position).
 */
export type FormalType =
  | "entity"
  | "activity"
  | "agent"
  | "generation"
  | "usage"
  | "bundle"
  | "any"
  | "time";

/** One formal property of a record kind. */
export interface Formal {
  /** The field of the record; with `prov:` before it, the property in PROV-JSON. */
  readonly property: string;
  readonly type: FormalType;
  /** Whether PROV-DM demands it. */
  readonly required: boolean;
}

function required(property: string, type: FormalType): Formal {
  return { property, type, required: true };
}

function optional(property: string, type: FormalType): Formal {
  return { property, type, required: false };
}

/** The formal properties of every record kind, in PROV-N order; times always come last. */
export const recordFormals: Readonly<Record<RecordKind, readonly Formal[]>> = {
  entity: [],
  activity: [optional("startTime", "time"), optional("endTime", "time")],
  agent: [],
  wasGeneratedBy: [
    required("entity", "entity"),
    optional("activity", "activity"),
    optional("time", "time"),
  ],
  used: [required("activity", "activity"), optional("entity", "entity"), optional("time", "time")],
  wasInformedBy: [required("informed", "activity"), required("informant", "activity")],
  wasStartedBy: [
    required("activity", "activity"),
    optional("trigger", "entity"),
    optional("starter", "activity"),
    optional("time", "time"),
  ],
  wasEndedBy: [
    required("activity", "activity"),
    optional("trigger", "entity"),
    optional("ender", "activity"),
    optional("time", "time"),
  ],
  wasInvalidatedBy: [
    required("entity", "entity"),
    optional("activity", "activity"),
    optional("time", "time"),
  ],
  wasDerivedFrom: [
    required("generatedEntity", "entity"),
    required("usedEntity", "entity"),
    optional("activity", "activity"),
    optional("generation", "generation"),
    optional("usage", "usage"),
  ],
  wasAttributedTo: [required("entity", "entity"), required("agent", "agent")],
  wasAssociatedWith: [
    required("activity", "activity"),
    optional("agent", "agent"),
    optional("plan", "entity"),
  ],
  actedOnBehalfOf: [
    required("delegate", "agent"),
    required("responsible", "agent"),
    optional("activity", "activity"),
  ],
  wasInfluencedBy: [required("influencee", "any"), required("influencer", "any")],
  specializationOf: [required("specificEntity", "entity"), required("generalEntity", "entity")],
  alternateOf: [required("alternate1", "entity"), required("alternate2", "entity")],
  hadMember: [required("collection", "entity"), required("entity", "entity")],
  mentionOf: [
    required("specificEntity", "entity"),
    required("generalEntity", "entity"),
    required("bundle", "bundle"),
  ],
};

/** Every record kind: elements first, then relations in the order of PROV-DM. */
export const recordKinds: readonly RecordKind[] = [
  "entity",
  "activity",
  "agent",
  "wasGeneratedBy",
  "used",
  "wasInformedBy",
  "wasStartedBy",
  "wasEndedBy",
  "wasInvalidatedBy",
  "wasDerivedFrom",
  "wasAttributedTo",
  "wasAssociatedWith",
  "actedOnBehalfOf",
  "wasInfluencedBy",
  "specializationOf",
  "alternateOf",
  "hadMember",
  "mentionOf",
];

/** Tells whether records of a kind are elements (things with a mandatory id), not relations. */
export function isElementKind(kind: RecordKind): kind is "entity" | "activity" | "agent" {
  return kind === "entity" || kind === "activity" || kind === "agent";
}
