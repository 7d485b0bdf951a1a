import type { Namespace } from "../../prov/names.js";
import type { TextPool } from "./text-pool.js";

/** Marks "none" in columns of numbers. */
export const none = 0xffff_ffff;

/** Columns with one value for each node. */
export interface NodeColumns {
  readonly type: Uint8Array;
  /** Number in `texts` of the task's key, or `none`. */
  readonly key: Uint32Array;
  /** The next node of the same key, or `none`. */
  readonly nextOfKey: Uint32Array;
  /** Number in `texts` of the label, or `none` where it says no more than key or id. */
  readonly label: Uint32Array;
  /** Where its record lies in the store of details, in bytes; -1 for none. */
  readonly at: Float64Array;
  /** How many bytes it takes there. */
  readonly bytes: Uint32Array;
  /** Of an entity: a 64-bit hash of what describes it, ids left out. */
  readonly printLow: Uint32Array;
  readonly printHigh: Uint32Array;
  /** Row of an activity in the activity columns, or `none`. */
  readonly row: Uint32Array;
}

/** Columns with one value for each activity. */
export interface ActivityColumns {
  readonly node: Uint32Array;
  /** Seconds since the epoch; NaN where the document does not say. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly status: Uint8Array;
  /** Numbers in `texts`, or `none`. */
  readonly group: Uint32Array;
  readonly name: Uint32Array;
  readonly cell: Uint32Array;
  /** Nodes, or `none`. */
  readonly plan: Uint32Array;
  readonly worker: Uint32Array;
  readonly site: Uint32Array;
  readonly attempt: Uint32Array;
  readonly transferSeconds: Float32Array;
}

/** Edges from effect to cause, sorted by the effect, and the way back. */
export interface EdgeColumns {
  /** Edges of node n: from `first[n]` to `first[n + 1]`. */
  readonly first: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly kind: Uint8Array;
  /** 1 where lineage follows the edge. */
  readonly follows: Uint8Array;
  /** Number in `texts` of the roles, joined by `, `; or `none`. */
  readonly role: Uint32Array;
  /** The way back: edges that lead to node n, from `firstBack[n]` to `firstBack[n + 1]`. */
  readonly firstBack: Uint32Array;
  /** Numbers of edges. */
  readonly back: Uint32Array;
}

/** Where a further record of a node lies: place, bytes, scope, and what it declares it to be. */
export type FurtherRecord = readonly [
  at: number,
  bytes: number,
  scope: number,
  kind: "entity" | "activity" | "agent",
];

/** A document as typed arrays: elements, activities, edges; texts are kept once. */
export interface LineageIndex {
  /** Every namespace, by the number that ids have as tag. */
  readonly spaces: readonly Namespace[];
  /** Ids: node n is text n, tagged with its namespace. */
  readonly ids: TextPool;
  readonly texts: TextPool;
  readonly nodes: NodeColumns;
  readonly activities: ActivityColumns;
  readonly edges: EdgeColumns;
  /** The first node of a key, by number in `texts`; `none` for texts that are no keys. */
  readonly firstOfKey: Uint32Array;
  /** Namespaces as records spell them: of the document, then of each bundle that declares any. */
  readonly scopes: readonly (readonly Namespace[])[];
  /** The scope of nodes whose record stands in a bundle. */
  readonly scopeOf: ReadonlyMap<number, number>;
  /** Further records of nodes that were declared more than once, as in {@link FurtherRecord}. */
  readonly more: ReadonlyMap<number, readonly FurtherRecord[]>;
  /** The activity of the run, or `none`. */
  readonly run: number;
  /** What reading found missing, in words. */
  readonly problems: readonly string[];
}
