/** What an element of a document is, for lineage. The order is that of the index file. */
export const nodeTypes: readonly NodeType[] = [
  "unknown",
  "entity",
  "activity",
  "agent",
  "attempt",
  "run",
  "cell",
  "data",
  "scattered",
  "literal",
  "exception",
  "excluded",
  "function",
  "site",
  "source",
  "worker",
  "scheduler",
  "client",
];

/**
 * What an element is: `attempt`, `run` and `cell` are activities, `data` to `source` entities,
 * `worker` to `client` agents, the first three those without a type that lineage knows. `unknown`
 * is named by a relation but not declared.
 */
export type NodeType =
  | "unknown"
  | "entity"
  | "activity"
  | "agent"
  | "attempt"
  | "run"
  | "cell"
  | "data"
  | "scattered"
  | "literal"
  | "exception"
  | "excluded"
  | "function"
  | "site"
  | "source"
  | "worker"
  | "scheduler"
  | "client";

/** The number of a node type in the index. */
export const typeCode: Readonly<Record<NodeType, number>> = codes(nodeTypes);

/** How one element came to depend on another. The order is that of the index file. */
export const edgeKinds = [
  "used",
  "wasGeneratedBy",
  "wasInformedBy",
  "wasDerivedFrom",
  "wasStartedBy",
  "alternateOf",
  "specializationOf",
  "hadMember",
  "wasInfluencedBy",
  "wasAssociatedWith",
  "hadPlan",
  "wasAttributedTo",
  "actedOnBehalfOf",
  "wasEndedBy",
  "wasInvalidatedBy",
] as const;

/** A relation between two elements; `hadPlan` is the plan of a `wasAssociatedWith`. */
export type EdgeKind = (typeof edgeKinds)[number];

/** The number of a kind of edge in the index. */
export const edgeCode: Readonly<Record<EdgeKind, number>> = codes(edgeKinds);

/** Status of an attempt. The order is that of the index file. */
export const statuses: readonly Status[] = [
  "",
  "ok",
  "error",
  "lost",
  "cancelled",
  "blocked",
  "running",
  "pending",
  "unknown",
];

/** `taskprov:status`; empty where the document does not say. */
export type Status =
  | ""
  | "ok"
  | "error"
  | "lost"
  | "cancelled"
  | "blocked"
  | "running"
  | "pending"
  | "unknown";

/** The number of a status in the index. */
export const statusCode: Readonly<Record<Status, number>> = codes(statuses);

function codes<const T extends string>(names: readonly T[]): Readonly<Record<T, number>> {
  // Object.fromEntries forgets the literal names of the keys.
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<T, number>;
}
