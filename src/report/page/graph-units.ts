import type { ReportData } from "./report-data.js";

/** A box of the collapsed graph: a whole group, or some of its attempts one after the other. */
export interface GraphUnit {
  readonly id: string;
  readonly group: number;
  /** Positions among the attempts of the group, by start. */
  readonly from: number;
  readonly to: number;
}

/** So many boxes does a group or a part of one open into. */
const fan = 16;

/** No more boxes than this are shown at once. */
export const maxUnits = 300;

/** The rows of every group, by start. */
export function rowsByGroup(data: ReportData): readonly Uint32Array[] {
  const sizes = new Uint32Array(data.head.groups.length);
  for (const group of data.group) sizes[group] = (sizes[group] ?? 0) + 1;
  const lists = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  data.group.forEach((group, row) => {
    const at = sizes[group] ?? 0;
    const list = lists[group];
    if (list !== undefined) list[at] = row;
    sizes[group] = at + 1;
  });
  return lists;
}

/** A whole group. */
export function wholeGroup(group: number, count: number): GraphUnit {
  return { id: `${group}:0-${count}`, group, from: 0, to: count };
}

/** What a box opens into; nothing for a single attempt. */
export function partsOf({ group, from, to }: GraphUnit): GraphUnit[] {
  const count = to - from;
  if (count <= 1) return [];
  const step = count <= fan * 2 ? 1 : Math.ceil(count / fan);
  const parts: GraphUnit[] = [];
  for (let at = from; at < to; at += step) {
    const end = Math.min(to, at + step);
    parts.push({ id: `${group}:${at}-${end}`, group, from: at, to: end });
  }
  return parts;
}

/** The boxes to show when some are open. */
export function shownUnits(groups: readonly GraphUnit[], open: ReadonlySet<string>): GraphUnit[] {
  const shown: GraphUnit[] = [];
  const take = (unit: GraphUnit): void => {
    const parts = open.has(unit.id) ? partsOf(unit) : [];
    if (parts.length === 0) shown.push(unit);
    else for (const part of parts) take(part);
  };
  for (const unit of groups) take(unit);
  return shown;
}

/** How many attempts of one box came from another: cause, effect, count, by number of the box. */
export function unitLinks(
  data: ReportData,
  lists: readonly Uint32Array[],
  units: readonly GraphUnit[],
): (readonly [from: number, to: number, count: number])[] {
  const unitOf = new Int32Array(data.rows).fill(-1);
  units.forEach((unit, i) => {
    for (const row of (lists[unit.group] ?? new Uint32Array()).subarray(unit.from, unit.to))
      unitOf[row] = i;
  });
  const counts = new Map<number, number>();
  const seen = new Int32Array(units.length).fill(-1);
  for (let row = 0; row < data.rows; row++) {
    const effect = unitOf[row] ?? -1;
    if (effect < 0) continue;
    for (let i = data.inputFirst[row] ?? 0; i < (data.inputFirst[row + 1] ?? 0); i++) {
      const cause = unitOf[data.input[i] ?? 0] ?? -1;
      if (cause < 0 || cause === effect || seen[cause] === row) continue;
      seen[cause] = row;
      const link = cause * units.length + effect;
      counts.set(link, (counts.get(link) ?? 0) + 1);
    }
  }
  return [...counts].map(([link, count]) => [
    Math.floor(link / units.length),
    link % units.length,
    count,
  ]);
}
