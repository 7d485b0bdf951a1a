import { eachCause } from "./group-summary.js";
import { edgeCode, typeCode } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";
import { type ItemReader, rounded } from "./item-facts.js";
import type { LineageItem } from "./lineage-item.js";

/** One attempt on the way to the end of the run. */
export interface CriticalStep {
  readonly attempt: LineageItem;
  /** From start to end of the computation. */
  readonly computeSeconds: number;
  /** Fetching inputs, of the time since the last of them was there. */
  readonly transferSeconds: number;
  /** The rest of that time: waiting for a worker or for the scheduler. */
  readonly waitSeconds: number;
}

/** How the attempts of a group stand to the end of the run. */
export interface GroupSlack {
  readonly group: string;
  readonly count: number;
  readonly computeSeconds: number;
  /** How many of them are on the critical path. */
  readonly onPath: number;
  /** By how much the tightest of them could have ended later without ending the run later. */
  readonly leastSlackSeconds: number;
}

/** Why a run took as long as it did. */
export interface CriticalAnswer {
  /** From the first start to the last end of an attempt. */
  readonly seconds: number;
  /** The chain of attempts that the end waited for, in order of time. */
  readonly steps: readonly CriticalStep[];
  readonly computeSeconds: number;
  readonly transferSeconds: number;
  readonly waitSeconds: number;
  /** The longest chain of computations: with any number of workers it would have taken this long. */
  readonly leastSeconds: number;
  /** Threads of all workers, where the document says how many; else the most that ran at once. */
  readonly threads: number;
  /** Sum of all computations. */
  readonly totalComputeSeconds: number;
  /** How many computations ran at once, on average. */
  readonly parallelism: number;
  /** The part of the threads' time in which nothing was computed, from 0 to 1. */
  readonly lost: number;
  readonly groups: readonly GroupSlack[];
  /** Attempts left out because their causes go in a circle. */
  readonly inCircles: number;
}

/** Attempts with times, and their direct causes and effects among each other. */
interface Schedule {
  readonly rows: readonly number[];
  readonly causes: readonly (readonly number[])[];
  readonly order: readonly number[];
  readonly inCircles: number;
}

/** Finds the critical path; undefined when no attempt has a start and an end. */
export function answerCritical(reader: ItemReader): CriticalAnswer | undefined {
  const { index } = reader;
  const { start, end } = index.activities;
  const schedule = scheduleOf(reader);
  const { rows } = schedule;
  if (rows.length === 0) return undefined;
  const startOf = (at: number): number => start[rows[at] ?? 0] ?? 0;
  const endOf = (at: number): number => end[rows[at] ?? 0] ?? 0;
  let began = Number.POSITIVE_INFINITY;
  let ended = Number.NEGATIVE_INFINITY;
  let compute = 0;
  for (let at = 0; at < rows.length; at++) {
    began = Math.min(began, startOf(at));
    ended = Math.max(ended, endOf(at));
    compute += endOf(at) - startOf(at);
  }
  const path = pathTo(schedule, startOf, endOf);
  const steps = path.map((at, i) =>
    stepOf(reader, rows[at] ?? 0, began, endOfBefore(path, i, endOf)),
  );
  const threads = threadsOf(reader) || mostAtOnce(rows, start, end);
  const seconds = ended - began;
  const sum = (pick: (step: CriticalStep) => number): number =>
    rounded(steps.reduce((total, step) => total + pick(step), 0));
  const parallelism = seconds > 0 ? compute / seconds : 1;
  return {
    seconds: rounded(seconds),
    steps,
    computeSeconds: sum((step) => step.computeSeconds),
    transferSeconds: sum((step) => step.transferSeconds),
    waitSeconds: sum((step) => step.waitSeconds),
    leastSeconds: rounded(longestChain(schedule, startOf, endOf)),
    threads,
    totalComputeSeconds: rounded(compute),
    parallelism: Math.round(parallelism * 1000) / 1000,
    lost: Math.max(0, Math.round((1 - parallelism / threads) * 1000) / 1000),
    groups: groupSlacks(reader, schedule, new Set(path), slacks(schedule, startOf, endOf, ended)),
    inCircles: schedule.inCircles,
  };
}

function endOfBefore(
  path: readonly number[],
  i: number,
  endOf: (at: number) => number,
): number | undefined {
  const before = path[i - 1];
  return before === undefined ? undefined : endOf(before);
}

function stepOf(
  reader: ItemReader,
  row: number,
  began: number,
  ready: number | undefined,
): CriticalStep {
  const { activities } = reader.index;
  const start = activities.start[row] ?? 0;
  const gap = Math.max(0, start - (ready ?? began));
  const transfer = Math.min(gap, activities.transferSeconds[row] ?? 0);
  return {
    attempt: reader.brief(activities.node[row] ?? 0),
    computeSeconds: rounded((activities.end[row] ?? 0) - start),
    transferSeconds: rounded(transfer),
    waitSeconds: rounded(gap - transfer),
  };
}

function scheduleOf(reader: ItemReader): Schedule {
  const { index } = reader;
  const { activities, nodes } = index;
  const rows: number[] = [];
  const position = new Int32Array(activities.node.length).fill(-1);
  activities.start.forEach((start, row) => {
    const node = activities.node[row] ?? 0;
    const type = nodes.type[node];
    if (type === typeCode.run || type === typeCode.cell) return;
    if (!((activities.end[row] ?? Number.NaN) >= start)) return;
    position[row] = rows.push(row) - 1;
  });
  const causes = rows.map((row) => causesOf(reader, row, position));
  const order = inOrder(causes);
  return { rows, causes, order, inCircles: rows.length - order.length };
}

function causesOf(reader: ItemReader, row: number, position: Int32Array): number[] {
  const { index } = reader;
  const node = index.activities.node[row] ?? 0;
  const found = new Set<number>();
  const add = (cause: number): void => {
    const causeRow = index.nodes.row[cause] ?? none;
    const at = causeRow === none ? -1 : (position[causeRow] ?? -1);
    if (at >= 0 && causeRow !== row) found.add(at);
  };
  eachCause(reader, node, add);
  for (const earlier of earlierAttempts(index, node)) add(earlier);
  return [...found];
}

/** A retry waits for the attempt before it. */
function earlierAttempts({ edges }: LineageIndex, node: number): number[] {
  const found: number[] = [];
  for (let edge = edges.first[node] ?? 0; edge < (edges.first[node + 1] ?? 0); edge++) {
    if (edges.kind[edge] === edgeCode.wasStartedBy) found.push(edges.to[edge] ?? 0);
  }
  return found;
}

/** Causes before effects (Kahn); what is in a circle, or behind one, is left out. */
function inOrder(causes: readonly (readonly number[])[]): number[] {
  const waiting = causes.map((each) => each.length);
  const effects: number[][] = causes.map(() => []);
  causes.forEach((each, at) => {
    for (const cause of each) effects[cause]?.push(at);
  });
  const order = waiting.flatMap((count, at) => (count === 0 ? [at] : []));
  for (let i = 0; i < order.length; i++) {
    for (const effect of effects[order[i] ?? 0] ?? []) {
      const left = (waiting[effect] ?? 0) - 1;
      waiting[effect] = left;
      if (left === 0) order.push(effect);
    }
  }
  return order;
}

type TimeOf = (at: number) => number;

/** Back from the last end: each time to the cause that ended last. */
function pathTo({ order, causes }: Schedule, startOf: TimeOf, endOf: TimeOf): number[] {
  let at = order.reduce((last, each) => (endOf(each) > endOf(last) ? each : last), order[0] ?? 0);
  const path = [at];
  const seen = new Set(path);
  for (;;) {
    const before = (causes[at] ?? [])
      // An attempt that began before its cause ended did not wait for it (two clocks, a task
      // submitted from inside a task).
      .filter((cause) => endOf(cause) <= startOf(at) + 1e-6 && !seen.has(cause))
      .reduce((last, each) => (last < 0 || endOf(each) > endOf(last) ? each : last), -1);
    if (before < 0) return path.reverse();
    path.push(before);
    seen.add(before);
    at = before;
  }
}

function longestChain({ order, causes }: Schedule, startOf: TimeOf, endOf: TimeOf): number {
  const finish = new Float64Array(causes.length);
  let longest = 0;
  for (const at of order) {
    let ready = 0;
    for (const cause of causes[at] ?? []) ready = Math.max(ready, finish[cause] ?? 0);
    finish[at] = ready + endOf(at) - startOf(at);
    longest = Math.max(longest, finish[at] ?? 0);
  }
  return longest;
}

/** How much later each could have ended: back from the end, computations as long as they were. */
function slacks(
  { order, causes }: Schedule,
  startOf: TimeOf,
  endOf: TimeOf,
  ended: number,
): Float64Array {
  const latest = new Float64Array(causes.length).fill(ended);
  for (let i = order.length - 1; i >= 0; i--) {
    const at = order[i] ?? 0;
    const latestStart = (latest[at] ?? ended) - (endOf(at) - startOf(at));
    for (const cause of causes[at] ?? []) {
      latest[cause] = Math.min(latest[cause] ?? ended, latestStart);
    }
  }
  return latest.map((time, at) => Math.max(0, time - endOf(at)));
}

function groupSlacks(
  reader: ItemReader,
  { rows }: Schedule,
  path: ReadonlySet<number>,
  slack: Float64Array,
): GroupSlack[] {
  const { start, end } = reader.index.activities;
  const groups = new Map<
    string,
    { count: number; compute: number; onPath: number; least: number }
  >();
  rows.forEach((row, at) => {
    const name = reader.groupOf(row);
    const group = groups.get(name) ?? { count: 0, compute: 0, onPath: 0, least: slack[at] ?? 0 };
    groups.set(name, group);
    group.count++;
    group.compute += (end[row] ?? 0) - (start[row] ?? 0);
    if (path.has(at)) group.onPath++;
    group.least = Math.min(group.least, slack[at] ?? 0);
  });
  return [...groups]
    .map(([group, { count, compute, onPath, least }]) => ({
      group,
      count,
      computeSeconds: rounded(compute),
      onPath,
      leastSlackSeconds: rounded(least),
    }))
    .sort((a, b) => b.computeSeconds - a.computeSeconds);
}

function threadsOf(reader: ItemReader): number {
  const { type } = reader.index.nodes;
  let threads = 0;
  for (let node = 0; node < type.length; node++) {
    if (type[node] !== typeCode.worker) continue;
    threads += Number(reader.shared(node).get("taskprov:threads")?.[0] ?? 1) || 1;
  }
  return threads;
}

function mostAtOnce(rows: readonly number[], start: Float64Array, end: Float64Array): number {
  const changes = rows.flatMap((row) => [
    { time: start[row] ?? 0, by: 1 },
    { time: end[row] ?? 0, by: -1 },
  ]);
  changes.sort((a, b) => a.time - b.time || a.by - b.by);
  let running = 0;
  let most = 1;
  for (const { by } of changes) {
    running += by;
    most = Math.max(most, running);
  }
  return most;
}
