import type { EpochSeconds } from "../base/clock.js";
import type { TraceAttempt } from "./trace-attempt.js";

/** A row of a worker on which nothing overlaps: one of its threads, or as good as one. */
export interface Lane {
  /** Number of the worker; -1 where it is not known. */
  readonly worker: number;
  /** Counts the lanes of the worker, from 1. */
  readonly number: number;
  /** What to call the worker. */
  readonly workerName: string;
}

/** An attempt on its lane, in microseconds since the run began. */
export interface Placed {
  readonly lane: Lane;
  readonly isNew: boolean;
  readonly start: number;
  readonly end: number;
}

interface BusyLane extends Lane {
  readonly thread: number | undefined;
  until: number;
}

/**
 * Puts attempts on lanes as they come: on that of their thread where it is known and free, else on
 * the free lane that was busy last, else on a new one. Each lane's attempts come in time order.
 */
export class Lanes {
  readonly #origin: EpochSeconds;
  readonly #workers = new Map<number, BusyLane[]>();

  constructor(origin: EpochSeconds) {
    this.#origin = origin;
  }

  place(attempt: TraceAttempt): Placed {
    const worker = attempt.worker?.worker ?? -1;
    const start = this.microseconds(attempt.start);
    const end = this.microseconds(attempt.end);
    const lanes = this.#workers.get(worker) ?? [];
    this.#workers.set(worker, lanes);
    const found = freeLane(lanes, start, attempt.thread);
    const lane = found ?? {
      worker,
      number: lanes.length + 1,
      workerName: attempt.worker?.name ?? attempt.worker?.address ?? "unknown worker",
      thread: attempt.thread,
      until: end,
    };
    if (found === undefined) lanes.push(lane);
    lane.until = end;
    return { lane, isNew: found === undefined, start, end };
  }

  /** Since the run began, to the nanosecond; never negative, though clocks may disagree. */
  microseconds(time: EpochSeconds): number {
    return roundMicroseconds(Math.max(0, time - this.#origin) * 1e6);
  }
}

/** To the nanosecond: journals are not more exact, and digits cost space. */
export function roundMicroseconds(value: number): number {
  return Math.round(value * 1e3) / 1e3;
}

function freeLane(
  lanes: readonly BusyLane[],
  start: number,
  thread: number | undefined,
): BusyLane | undefined {
  let best: BusyLane | undefined;
  for (const lane of lanes) {
    if (lane.until > start) continue;
    if (thread !== undefined && lane.thread === thread) return lane;
    if (thread !== undefined && lane.thread !== undefined) continue;
    if (best === undefined || lane.until > best.until) best = lane;
  }
  return best;
}
