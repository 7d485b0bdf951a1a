import { AsyncLocalStorage } from "node:async_hooks";
import type { Attempt } from "./attempt.js";
import type { Scheduler } from "./scheduler.js";
import type { Key, WorkerInfo } from "./scheduler-plugin.js";

/** What code that runs in a task can know of it. */
export interface TaskContext {
  readonly scheduler: Scheduler;
  readonly key: Key;
  /** Counted per task, from 1. */
  readonly attempt: number;
  /** Counted per scheduler, from 0, as Dask's `run_id`. */
  readonly runId: number;
  readonly worker: WorkerInfo;
  /** Aborted when the outcome is of no interest any more: cancelled, timed out, closed. */
  readonly signal: AbortSignal;
}

/** Which attempt the code that runs now belongs to; follows promises, timers and callbacks. */
export const currentAttempt: AsyncLocalStorage<Attempt> = new AsyncLocalStorage();

/** The attempt that the code running now belongs to, if it is one of this scheduler. */
export function attemptIn(scheduler: Scheduler): Attempt | undefined {
  const attempt = currentAttempt.getStore();
  return attempt?.scheduler === scheduler ? attempt : undefined;
}

/** The task that runs this code, or undefined outside tasks. */
export function taskContext(): TaskContext | undefined {
  const attempt = currentAttempt.getStore();
  if (attempt === undefined) return undefined;
  const { scheduler, key, number, runId, worker } = attempt;
  return {
    scheduler,
    key,
    attempt: number,
    runId,
    worker,
    get signal(): AbortSignal {
      return attempt.signal;
    },
  };
}
