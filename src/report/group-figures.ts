import { statuses } from "../lineage/index/kinds.js";
import { type ItemReader, rounded } from "../lineage/item-facts.js";
import type { ReportGroup, ReportLink, ReportWorker, StatusCounts } from "./page/report-format.js";
import type { ReportGroups } from "./report-groups.js";
import { inputFinder, type ReportRows } from "./report-rows.js";

/** How the groups of a run stand to its end; by name, where times are known. */
export type SlackByGroup = ReadonlyMap<
  string,
  { readonly onPath: number; readonly leastSlackSeconds: number }
>;

/** Sums up every group. */
export function groupFigures(
  reader: ItemReader,
  rows: ReportRows,
  groups: ReportGroups,
  nbytes: Float64Array,
  slack: SlackByGroup,
): ReportGroup[] {
  const durations = durationsByGroup(reader, rows, groups);
  const counts = groups.names.map(() => new Float64Array(statuses.length));
  const sums = groups.names.map(() => ({ count: 0, transfer: 0, nbytes: 0, first: Number.NaN }));
  const { activities } = reader.index;
  for (let row = 0; row < rows.count; row++) {
    const at = rows.activity[row] ?? 0;
    const group = groups.groupOf[row] ?? 0;
    const sum = sums[group];
    const count = counts[group];
    if (sum === undefined || count === undefined) continue;
    const status = activities.status[at] ?? 0;
    count[status] = (count[status] ?? 0) + 1;
    sum.count++;
    sum.transfer += activities.transferSeconds[at] ?? 0;
    sum.nbytes += nbytes[row] ?? 0;
    const start = (activities.start[at] ?? Number.NaN) - groups.origin;
    // Blocked attempts have no start.
    if (start < sum.first || Number.isNaN(sum.first)) sum.first = start;
  }
  return groups.names.map((name, group) => {
    const sum = sums[group] ?? { count: 0, transfer: 0, nbytes: 0, first: 0 };
    const own = slack.get(name);
    return {
      name,
      count: sum.count,
      statuses: statusCounts(counts[group] ?? []),
      ...quantiles(durations[group] ?? new Float64Array()),
      transfer: rounded(sum.transfer),
      nbytes: sum.nbytes,
      first: Number.isNaN(sum.first) ? 0 : rounded(sum.first),
      onPath: own?.onPath ?? 0,
      ...(own !== undefined && { slack: own.leastSlackSeconds }),
    };
  });
}

function statusCounts(counts: ArrayLike<number>): StatusCounts {
  return Object.fromEntries(
    statuses.flatMap((status, i) => ((counts[i] ?? 0) > 0 ? [[status, counts[i]]] : [])),
  );
}

/** Sorted durations of each group, in seconds. */
function durationsByGroup(
  reader: ItemReader,
  rows: ReportRows,
  groups: ReportGroups,
): readonly Float64Array[] {
  const { start, end } = reader.index.activities;
  const secondsOf = (row: number): number => {
    const at = rows.activity[row] ?? 0;
    return (end[at] ?? Number.NaN) - (start[at] ?? Number.NaN);
  };
  const sizes = new Uint32Array(groups.names.length);
  const each = (then: (group: number, seconds: number) => void): void => {
    for (let row = 0; row < rows.count; row++) {
      const seconds = secondsOf(row);
      if (seconds >= 0) then(groups.groupOf[row] ?? 0, seconds);
    }
  };
  each((group) => {
    sizes[group] = (sizes[group] ?? 0) + 1;
  });
  const result = groups.names.map((_, group) => new Float64Array(sizes[group] ?? 0));
  sizes.fill(0);
  each((group, seconds) => {
    const at = sizes[group] ?? 0;
    const list = result[group];
    if (list !== undefined) list[at] = seconds;
    sizes[group] = at + 1;
  });
  for (const list of result) list.sort();
  return result;
}

function quantiles(
  sorted: Float64Array,
): Pick<ReportGroup, "total" | "mean" | "median" | "p90" | "p99" | "max"> {
  const at = (part: number): number =>
    rounded(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  const total = sorted.reduce((sum, each) => sum + each, 0);
  return {
    total: rounded(total),
    mean: sorted.length === 0 ? 0 : rounded(total / sorted.length),
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
  };
}

/** Which groups came from which, and by how many attempts. */
export function groupLinks(
  reader: ItemReader,
  rows: ReportRows,
  groups: ReportGroups,
): ReportLink[] {
  const find = inputFinder(reader.index, rows);
  const size = groups.names.length;
  const counts = new Map<number, number>();
  const seen = new Int32Array(size).fill(-1);
  for (let row = 0; row < rows.count; row++) {
    const effect = groups.groupOf[row] ?? 0;
    find(row, {
      cause: (other) => {
        const cause = groups.groupOf[other] ?? 0;
        if (seen[cause] === row) return;
        seen[cause] = row;
        const link = cause * size + effect;
        counts.set(link, (counts.get(link) ?? 0) + 1);
      },
      source: () => {},
    });
  }
  return [...counts].map(([link, count]) => [Math.floor(link / size), link % size, count]);
}

const failed: ReadonlySet<string> = new Set(["error", "lost"]);

/** Sums up every worker. */
export function workerFigures(
  reader: ItemReader,
  rows: ReportRows,
  groups: ReportGroups,
): ReportWorker[] {
  const { activities } = reader.index;
  const sums = groups.workers.map(() => ({ count: 0, failed: 0, busy: 0, transfer: 0 }));
  for (let row = 0; row < rows.count; row++) {
    const sum = sums[(groups.workerOf[row] ?? 0) - 1];
    if (sum === undefined) continue;
    const at = rows.activity[row] ?? 0;
    sum.count++;
    if (failed.has(statuses[activities.status[at] ?? 0] ?? "")) sum.failed++;
    const seconds = (activities.end[at] ?? 0) - (activities.start[at] ?? 0);
    if (seconds > 0) sum.busy += seconds;
    sum.transfer += activities.transferSeconds[at] ?? 0;
  }
  return groups.workers.map((node, i) => {
    const about = reader.shared(node);
    const sum = sums[i] ?? { count: 0, failed: 0, busy: 0, transfer: 0 };
    const host = about.get("taskprov:host")?.[0];
    return {
      name: reader.nameOf(node) ?? "",
      ...(host !== undefined && { host }),
      threads: Number(about.get("taskprov:threads")?.[0] ?? 0) || 0,
      count: sum.count,
      failed: sum.failed,
      busy: rounded(sum.busy),
      transfer: rounded(sum.transfer),
    };
  });
}

/** Computations at once, on average, in each of so many equal parts of the span. */
export function parallelismOverTime(
  reader: ItemReader,
  rows: ReportRows,
  { origin, span }: ReportGroups,
  parts: number,
): number[] {
  if (span <= 0) return [];
  const { start, end } = reader.index.activities;
  const width = span / parts;
  // Whole parts as differences, the two ends of a computation on their own.
  const whole = new Float64Array(parts + 1);
  const own = new Float64Array(parts + 1);
  for (let row = 0; row < rows.count; row++) {
    const at = rows.activity[row] ?? 0;
    const from = ((start[at] ?? Number.NaN) - origin) / width;
    const to = ((end[at] ?? Number.NaN) - origin) / width;
    if (!(to > from)) continue;
    const a = Math.min(parts - 1, Math.floor(from));
    const b = Math.min(parts - 1, Math.floor(to));
    if (a === b) {
      own[a] = (own[a] ?? 0) + to - from;
      continue;
    }
    own[a] = (own[a] ?? 0) + a + 1 - from;
    own[b] = (own[b] ?? 0) + to - b;
    whole[a + 1] = (whole[a + 1] ?? 0) + 1;
    whole[b] = (whole[b] ?? 0) - 1;
  }
  let running = 0;
  return Array.from({ length: parts }, (_, i) => {
    running += whole[i] ?? 0;
    return Math.round((running + (own[i] ?? 0)) * 1000) / 1000;
  });
}
