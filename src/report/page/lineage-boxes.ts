import type { ReportData } from "./report-data.js";
import { attemptsOf } from "./report-data.js";

/** A box of a lineage drawing: one attempt, or several of a group that are as far away. */
export interface LineageBox {
  readonly id: string;
  readonly rows: readonly number[];
  readonly group: number;
  /** Steps from the item: negative for causes, positive for effects. */
  readonly distance: number;
}

/** What an item came from and what came from it, as boxes. */
export interface LineageBoxes {
  readonly boxes: readonly LineageBox[];
  /** Cause, effect and how many dependencies, by number of the box. */
  readonly links: readonly (readonly [from: number, to: number, count: number])[];
  /** Attempts in it, the item's own included. */
  readonly total: number;
  /** Whether the depth kept it from going on, up and down. */
  readonly cut: { readonly up: boolean; readonly down: boolean };
  /** Steps from the item by row: of everything that was reached. */
  readonly distances: ReadonlyMap<number, number>;
}

/** How far a drawing goes; infinity for all the way. */
export interface LineageDepth {
  readonly up: number;
  readonly down: number;
}

/** Boxes of their own for so many; more are put together. */
const maxBoxes = 90;
/** A bundle that is opened shows so many of its attempts. */
const maxOpened = 40;
/** Siblings stay apart up to this many, whatever their number. */
const fewSiblings = 3;

/** Finds the lineage of a row. @param open - ids of bundles to open. */
export function lineageBoxes(
  data: ReportData,
  row: number,
  depth: LineageDepth,
  open: ReadonlySet<string>,
): LineageBoxes {
  const distances = new Map<number, number>([[row, 0]]);
  const up = walk(data.inputFirst, data.input, [row], depth.up, -1, distances);
  const starts = attemptsOf(data, row);
  const down = walk(data.outputFirst, data.output, starts, depth.down, 1, distances);
  const boxes = boxesOf(data, distances, open);
  return {
    boxes,
    links: linksOf(data, boxes),
    total: distances.size,
    cut: { up, down },
    distances,
  };
}

/** Goes level by level; true when the depth stopped it. */
function walk(
  first: Uint32Array,
  other: Uint32Array,
  starts: readonly number[],
  depth: number,
  sign: number,
  distances: Map<number, number>,
): boolean {
  let level = [...starts];
  for (let steps = 1; level.length > 0; steps++) {
    const next: number[] = [];
    for (const row of level) {
      for (let i = first[row] ?? 0; i < (first[row + 1] ?? 0); i++) {
        const to = other[i] ?? 0;
        if (distances.has(to)) continue;
        if (steps > depth) return true;
        distances.set(to, sign * steps);
        next.push(to);
      }
    }
    level = next;
  }
  return false;
}

function boxesOf(
  data: ReportData,
  distances: ReadonlyMap<number, number>,
  open: ReadonlySet<string>,
): LineageBox[] {
  if (distances.size <= maxBoxes)
    return [...distances].map(([row, distance]) => single(data, row, distance));
  const byDistance = bundles(data, distances, (group, distance) => `${group}@${distance}`);
  const isFew = byDistance.size <= maxBoxes;
  // Deep lineage of many steps: whole groups, above and below.
  const lists = isFew
    ? byDistance
    : bundles(
        data,
        distances,
        (group, distance) => `${group}@${distance < 0 ? "up" : distance > 0 ? "down" : "here"}`,
      );
  return [...lists].flatMap(([id, rows]): LineageBox[] => {
    const [first = 0] = rows;
    const distance = distances.get(first) ?? 0;
    if (rows.length <= fewSiblings || distance === 0)
      return rows.map((row) => single(data, row, distances.get(row) ?? 0));
    const group = data.group[first] ?? 0;
    if (!open.has(id)) return [{ id, rows, group, distance }];
    const shown = rows.slice(0, maxOpened).map((row) => single(data, row, distances.get(row) ?? 0));
    const rest = rows.slice(maxOpened);
    return rest.length === 0 ? shown : [...shown, { id: `${id}+`, rows: rest, group, distance }];
  });
}

function bundles(
  data: ReportData,
  distances: ReadonlyMap<number, number>,
  idOf: (group: number, distance: number) => string,
): Map<string, number[]> {
  const lists = new Map<string, number[]>();
  for (const [row, distance] of distances) {
    const id = idOf(data.group[row] ?? 0, distance);
    const list = lists.get(id);
    if (list === undefined) lists.set(id, [row]);
    else list.push(row);
  }
  return lists;
}

function single(data: ReportData, row: number, distance: number): LineageBox {
  return { id: `r${row}`, rows: [row], group: data.group[row] ?? 0, distance };
}

function linksOf(
  data: ReportData,
  boxes: readonly LineageBox[],
): (readonly [number, number, number])[] {
  const boxOf = new Map<number, number>();
  boxes.forEach(({ rows }, i) => {
    for (const row of rows) boxOf.set(row, i);
  });
  const counts = new Map<number, number>();
  boxOf.forEach((effect, row) => {
    for (let i = data.inputFirst[row] ?? 0; i < (data.inputFirst[row + 1] ?? 0); i++) {
      const cause = boxOf.get(data.input[i] ?? 0);
      if (cause === undefined || cause === effect) continue;
      const link = cause * boxes.length + effect;
      counts.set(link, (counts.get(link) ?? 0) + 1);
    }
  });
  return [...counts].map(([link, count]) => [
    Math.floor(link / boxes.length),
    link % boxes.length,
    count,
  ]);
}
