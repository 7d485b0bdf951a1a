import { typeCode } from "../lineage/index/kinds.js";
import { none } from "../lineage/index/lineage-index.js";
import type { ItemReader } from "../lineage/item-facts.js";
import type { ReportRows } from "./report-rows.js";

/** Which group and which worker every row belongs to. */
export interface ReportGroups {
  /** Names of groups, by first start. */
  readonly names: readonly string[];
  /** Number of the group, by row. */
  readonly groupOf: Uint32Array;
  /** Nodes of the workers. */
  readonly workers: readonly number[];
  /** Number of the worker plus 1, by row; 0 for none. */
  readonly workerOf: Uint32Array;
  /** Seconds since the epoch of the first start; 0 without times. */
  readonly origin: number;
  /** Seconds from there to the last end. */
  readonly span: number;
  /** Groups that were put together because there were too many. */
  readonly joined: number;
}

/** More groups than this are no help to anybody, and would fill the page. */
const maxGroups = 2000;

/** Finds groups, workers and the time that a run took. */
export function reportGroups(reader: ItemReader, rows: ReportRows): ReportGroups {
  const { count, activity } = rows;
  const { activities } = reader.index;
  const { names, groupOf, joined } = groupsOf(reader, rows);
  const workers: number[] = [];
  const numbers = new Map<number, number>();
  for (let node = 0; node < reader.index.nodes.type.length; node++) {
    if (reader.index.nodes.type[node] === typeCode.worker) numbers.set(node, workers.push(node));
  }
  const workerOf = new Uint32Array(count);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row++) {
    const at = activity[row] ?? 0;
    const worker = activities.worker[at] ?? none;
    if (worker !== none) {
      const number = numbers.get(worker) ?? workers.push(worker);
      numbers.set(worker, number);
      workerOf[row] = number;
    }
    const start = activities.start[at] ?? Number.NaN;
    const end = activities.end[at] ?? Number.NaN;
    if (start < first) first = start;
    if (end > last) last = end;
    if (start > last) last = start;
  }
  const origin = Number.isFinite(first) ? first : 0;
  const span = Number.isFinite(last - first) ? Math.max(0, last - first) : 0;
  return { names, groupOf, workers, workerOf, origin, span, joined };
}

function groupsOf(
  reader: ItemReader,
  { count, activity }: ReportRows,
): Pick<ReportGroups, "names" | "groupOf" | "joined"> {
  const numberOf = new Map<string, number>();
  const sizes: number[] = [];
  const nameOf = groupNames(reader);
  const groupOf = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const name = nameOf(activity[row] ?? 0);
    let number = numberOf.get(name);
    if (number === undefined) {
      number = sizes.push(0) - 1;
      numberOf.set(name, number);
    }
    sizes[number] = (sizes[number] ?? 0) + 1;
    groupOf[row] = number;
  }
  const names = [...numberOf.keys()];
  if (names.length <= maxGroups) return { names, groupOf, joined: 0 };
  return joinSmall(names, sizes, groupOf);
}

/** Keeps the largest groups; the others become one. */
function joinSmall(
  names: readonly string[],
  sizes: readonly number[],
  groupOf: Uint32Array,
): Pick<ReportGroups, "names" | "groupOf" | "joined"> {
  const order = names.map((_, i) => i).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const kept = order.slice(0, maxGroups - 1).sort((a, b) => a - b);
  const joined = names.length - kept.length;
  const to = new Uint32Array(names.length).fill(kept.length);
  kept.forEach((group, i) => {
    to[group] = i;
  });
  return {
    names: [...kept.map((group) => names[group] ?? ""), `(${joined} other groups)`],
    groupOf: groupOf.map((group) => to[group] ?? 0),
    joined,
  };
}

/** Names of groups by row; rows share few numbers, and a text is made for each once. */
function groupNames(reader: ItemReader): (activity: number) => string {
  const { activities } = reader.index;
  const known = new Map<string, string>();
  return (at) => {
    const group = activities.group[at] ?? none;
    const name = activities.name[at] ?? none;
    const plan = activities.plan[at] ?? none;
    if (group === none && name === none && plan === none) return reader.groupOf(at);
    const id = group !== none ? `g${group}` : name !== none ? `n${name}` : `p${plan}`;
    const text = known.get(id) ?? reader.groupOf(at);
    known.set(id, text);
    return text;
  };
}
