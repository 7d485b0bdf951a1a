import { edgeCode } from "./index/kinds.js";
import type { LineageIndex } from "./index/lineage-index.js";

/** Which way lineage is followed: to causes or to effects. */
export type Direction = "up" | "down";

/** How far {@link closure} goes. */
export interface ClosureOptions {
  readonly direction: Direction;
  /** At most this many steps from one activity to the next; default without limit. */
  readonly depth?: number;
  /** Nodes that are taken, but not gone beyond. */
  readonly stopAt?: (node: number) => boolean;
}

/** What {@link closure} reached, the starts included, nearest first. */
export interface Closure {
  readonly nodes: readonly number[];
  /** Steps from the start, by position in `nodes`. */
  readonly depths: readonly number[];
  /** Whether `depth` or `stopAt` kept it from going on somewhere. */
  readonly cut: boolean;
}

/** Steps that lead to another activity, or stand for one: they count, the others do not. */
const stepsUp: Uint8Array = stepTable([
  edgeCode.wasGeneratedBy,
  edgeCode.wasInformedBy,
  edgeCode.wasDerivedFrom,
  edgeCode.wasStartedBy,
  edgeCode.wasInfluencedBy,
]);
const stepsDown: Uint8Array = stepTable([
  edgeCode.used,
  edgeCode.wasInformedBy,
  edgeCode.wasDerivedFrom,
  edgeCode.wasStartedBy,
  edgeCode.wasInfluencedBy,
]);

function stepTable(kinds: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const kind of kinds) table[kind] = 1;
  return table;
}

/**
 * Everything that some nodes came from, or that came from them. Every node is visited once, so
 * cycles end; a node counts with its smallest number of steps.
 */
export function closure(
  index: LineageIndex,
  starts: Iterable<number>,
  { direction, depth = Number.POSITIVE_INFINITY, stopAt }: ClosureOptions,
): Closure {
  const seen = new Uint8Array(index.nodes.type.length);
  const nodes: number[] = [];
  const depths: number[] = [];
  let cut = false;
  let level = [...starts];
  for (let steps = 0; level.length > 0; steps++) {
    const next: number[] = [];
    // Grows while it is walked: what costs no step belongs to the same level.
    for (let i = 0; i < level.length; i++) {
      const node = level[i] ?? 0;
      if (seen[node] === 1) continue;
      seen[node] = 1;
      nodes.push(node);
      depths.push(steps);
      const stops = stopAt?.(node) === true;
      eachNeighbour(index, node, direction, (other, isStep) => {
        if (seen[other] === 1) return;
        if (stops || (isStep && steps >= depth)) cut = true;
        else if (isStep) next.push(other);
        else level.push(other);
      });
    }
    level = next;
  }
  return { nodes, depths, cut };
}

/** Calls back for every node one edge away, and whether the edge counts as a step. */
export function eachNeighbour(
  { edges }: LineageIndex,
  node: number,
  direction: Direction,
  then: (other: number, isStep: boolean, edge: number) => void,
): void {
  const { first, to, from, kind, follows, firstBack, back } = edges;
  if (direction === "up") {
    const end = first[node + 1] ?? 0;
    for (let edge = first[node] ?? 0; edge < end; edge++) {
      if (follows[edge] === 1) then(to[edge] ?? 0, stepsUp[kind[edge] ?? 0] === 1, edge);
    }
    return;
  }
  const end = firstBack[node + 1] ?? 0;
  for (let i = firstBack[node] ?? 0; i < end; i++) {
    const edge = back[i] ?? 0;
    if (follows[edge] === 1) then(from[edge] ?? 0, stepsDown[kind[edge] ?? 0] === 1, edge);
  }
}

/** A shortest way along lineage from one of some nodes to one of others, both ends included. */
export function shortestPath(
  index: LineageIndex,
  from: Iterable<number>,
  to: ReadonlySet<number>,
  direction: Direction,
): readonly number[] | undefined {
  const before = new Map<number, number>();
  const queue: number[] = [];
  for (const node of from) {
    if (!before.has(node)) queue.push(node);
    before.set(node, node);
  }
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] ?? 0;
    if (to.has(node)) return wayBack(before, node);
    eachNeighbour(index, node, direction, (other) => {
      if (before.has(other)) return;
      before.set(other, node);
      queue.push(other);
    });
  }
  return undefined;
}

function wayBack(before: ReadonlyMap<number, number>, end: number): readonly number[] {
  const way = [end];
  for (let node = end; before.get(node) !== node; ) {
    node = before.get(node) ?? node;
    way.push(node);
  }
  return way.reverse();
}
