/** One of PROV-CONSTRAINTS 22 to 56. */
export interface Constraint {
  /** Its number in the Recommendation. */
  readonly number: number;
  /** Its name there. */
  readonly name: string;
  /** What it demands, in one sentence. */
  readonly summary: string;
}

const rows: readonly (readonly [number, string, string])[] = [
  [22, "key-object", "Records of one kind and one id describe one entity, activity or agent."],
  [23, "key-properties", "Relations of one kind and one id are one relation."],
  [24, "unique-generation", "An activity generates an entity once."],
  [25, "unique-invalidation", "An activity invalidates an entity once."],
  [26, "unique-wasStartedBy", "An activity is started by another one once."],
  [27, "unique-wasEndedBy", "An activity is ended by another one once."],
  [28, "unique-startTime", "An activity's start time is the time of every start of it."],
  [29, "unique-endTime", "An activity's end time is the time of every end of it."],
  [30, "start-precedes-end", "An activity starts before it ends."],
  [31, "start-start-ordering", "All starts of an activity happen at once."],
  [32, "end-end-ordering", "All ends of an activity happen at once."],
  [33, "usage-within-activity", "An activity uses things between its start and its end."],
  [34, "generation-within-activity", "An activity generates things between its start and its end."],
  [35, "wasInformedBy-ordering", "The informing activity starts before the informed one ends."],
  [36, "generation-precedes-invalidation", "An entity is generated before it is invalidated."],
  [37, "generation-precedes-usage", "An entity is generated before it is used."],
  [38, "usage-precedes-invalidation", "An entity is used before it is invalidated."],
  [39, "generation-generation-ordering", "All generations of an entity happen at once."],
  [40, "invalidation-invalidation-ordering", "All invalidations of an entity happen at once."],
  [41, "derivation-usage-generation-ordering", "What is derived is generated after the use."],
  [
    42,
    "derivation-generation-generation-ordering",
    "What is derived is generated strictly after what it is derived from.",
  ],
  [43, "wasStartedBy-ordering", "A trigger exists when it starts an activity."],
  [44, "wasEndedBy-ordering", "A trigger exists when it ends an activity."],
  [45, "specialization-generation-ordering", "What is general is generated no later."],
  [46, "specialization-invalidation-ordering", "What is general is invalidated no earlier."],
  [47, "wasAssociatedWith-ordering", "An agent exists at some time during its activity."],
  [48, "wasAttributedTo-ordering", "An agent exists before what is attributed to it."],
  [49, "actedOnBehalfOf-ordering", "The responsible agent exists before the delegate is gone."],
  [50, "typing", "The position in a record says what kind of thing a name stands for."],
  [
    51,
    "impossible-unspecified-derivation-generation-use",
    "A derivation with a generation or a usage names its activity.",
  ],
  [52, "impossible-specialization-reflexive", "Nothing is a specialization of itself."],
  [53, "impossible-property-overlap", "Relations of different kinds have different ids."],
  [54, "impossible-object-property-overlap", "Nothing is both a thing and a relation."],
  [55, "entity-activity-disjoint", "Nothing is both an entity and an activity."],
  [56, "membership-empty-collection", "An empty collection has no members."],
];

/** PROV-CONSTRAINTS 22 to 56, in their order. */
export const constraints: readonly Constraint[] = rows.map(([number, name, summary]) => ({
  number,
  name,
  summary,
}));

/** The name of a constraint, as the Recommendation has it. */
export function constraintName(number: number): string {
  return rows.find(([each]) => each === number)?.[1] ?? `constraint-${number}`;
}
