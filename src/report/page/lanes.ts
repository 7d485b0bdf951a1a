import type { ReportData } from "./report-data.js";

/** Attempts of one worker that do not overlap: what one of its threads did. */
export interface Lane {
  /** Number of the worker plus 1; 0 for attempts without one. */
  readonly worker: number;
  /** Number of the lane within its worker, from 0. */
  readonly number: number;
  readonly rows: Uint32Array;
  /** Microseconds after the origin, by position. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Positions of attempts that failed. */
  readonly failed: Uint32Array;
}

/** A worker with more lanes than this has its last ones share a line. */
const maxLanes = 64;

interface OpenLane {
  readonly worker: number;
  readonly number: number;
  readonly rows: number[];
  /** The thread whose lane it is; 0 for none yet. */
  thread: number;
  end: number;
}

/** Puts attempts on lanes: by thread where it is known, else on the first lane that is free. */
export function lanesOf(data: ReportData): Lane[] {
  const byWorker = new Map<number, OpenLane[]>();
  const last = data.head.span * 1e6;
  const endOf = (row: number): number => {
    const duration = data.duration[row] ?? Number.NaN;
    return Number.isNaN(duration) ? last : (data.start[row] ?? 0) + duration;
  };
  for (let row = 0; row < data.rows; row++) {
    const start = data.start[row] ?? Number.NaN;
    if (Number.isNaN(start)) continue;
    const worker = data.worker[row] ?? 0;
    const lanes = byWorker.get(worker) ?? [];
    byWorker.set(worker, lanes);
    const thread = data.thread[row] ?? 0;
    const lane = freeLane(lanes, worker, thread, start);
    lane.rows.push(row);
    lane.end = Math.max(lane.end, endOf(row));
  }
  return [...byWorker]
    .sort(([a], [b]) => a - b)
    .flatMap(([, lanes]) => lanes.map((lane) => finished(data, lane, endOf)));
}

function freeLane(lanes: OpenLane[], worker: number, thread: number, start: number): OpenLane {
  const isFree = ({ end }: OpenLane): boolean => end <= start + 1;
  const own = thread === 0 ? undefined : lanes.find((lane) => lane.thread === thread);
  if (own !== undefined && isFree(own)) return own;
  // What is told without a thread goes anywhere; a thread that computes two tasks at once (one waits
  // for the other) needs a second lane.
  let lane = lanes.find((each) => isFree(each) && (thread === 0 || each.thread === 0));
  if (lane === undefined && lanes.length >= maxLanes) lane = lanes.at(-1);
  if (lane === undefined) {
    lane = { worker, number: lanes.length, rows: [], thread: 0, end: 0 };
    lanes.push(lane);
  }
  if (thread !== 0 && own === undefined) lane.thread = thread;
  return lane;
}

function finished(data: ReportData, lane: OpenLane, endOf: (row: number) => number): Lane {
  const rows = Uint32Array.from(lane.rows);
  const failed: number[] = [];
  rows.forEach((row, i) => {
    const status = data.status[row];
    if (status === 2 || status === 3) failed.push(i);
  });
  const start = Float64Array.from(rows, (row) => data.start[row] ?? 0);
  const end = Float64Array.from(rows, endOf);
  // Where a lane had to be shared, ends are made to grow, so that halving finds its way.
  for (let i = 1; i < end.length; i++) end[i] = Math.max(end[i] ?? 0, end[i - 1] ?? 0);
  return {
    worker: lane.worker,
    number: lane.number,
    rows,
    start,
    end: lane.rows.length > 0 ? end : new Float64Array(),
    failed: Uint32Array.from(failed),
  };
}

/** The first position at which a growing column has at least a value. */
export function firstAtLeast(
  column: ArrayLike<number>,
  value: number,
  from: number = 0,
  to: number = column.length,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** {@link firstAtLeast} for a value that is near: looks ever further ahead, then halves. */
export function nextAtLeast(column: ArrayLike<number>, value: number, from: number): number {
  let step = 1;
  let low = from;
  while (low + step < column.length && (column[low + step] ?? 0) < value) {
    low += step;
    step *= 2;
  }
  const high = Math.min(column.length, low + step + 1);
  return firstAtLeast(column, value, low, high);
}
