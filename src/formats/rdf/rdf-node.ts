import type { QualifiedName, Value } from "../../prov/index.js";

/** A property of a node and its value: a literal, a name, or a node without a name. */
export type RdfStatement = readonly [predicate: QualifiedName, object: Value | RdfNode];

/** A node of a graph with what is stated about it. */
export interface RdfNode {
  /** Absent for a blank node that nothing else refers to. */
  readonly id: QualifiedName | undefined;
  readonly statements: readonly RdfStatement[];
}

/** Tells a node without a name from a value. */
export function isRdfNode(object: Value | RdfNode): object is RdfNode {
  return typeof object === "object" && "statements" in object;
}
