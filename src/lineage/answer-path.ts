import { type Direction, shortestPath } from "./closure.js";
import { findTarget } from "./find-items.js";
import type { ItemReader } from "./item-facts.js";
import type { LineageItem, LineageRelation } from "./lineage-item.js";
import { relationsAmong } from "./slice-answer.js";

/** A way from one item to another along lineage. */
export interface PathAnswer {
  readonly from: string;
  readonly to: string;
  /** `down` when the second came from the first, `up` when it is the other way round. */
  readonly direction: Direction;
  /** From the first to the second, activities and data in turn. */
  readonly items: readonly LineageItem[];
  readonly relations: readonly LineageRelation[];
}

/** Finds a shortest way, either way round. */
export function answerPath(reader: ItemReader, from: string, to: string): PathAnswer | undefined {
  const { index } = reader;
  const a = findTarget(index, from);
  const b = findTarget(index, to);
  for (const direction of ["down", "up"] as const) {
    const way = shortestPath(index, a.nodes, new Set(b.nodes), direction);
    if (way === undefined) continue;
    const items = reader.items(way);
    const relations = relationsAmong(index, way, items);
    return { from: a.name, to: b.name, direction, items, relations };
  }
  return undefined;
}
