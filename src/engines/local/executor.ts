import type { Clock } from "../../base/clock.js";
import type { Attempt } from "./attempt.js";
import type { WorkerInfo } from "./scheduler-plugin.js";
import type { TaskFunction } from "./task-state.js";

/** Whom an executor tells how attempts went. Exactly one call an attempt, unless abandoned. */
export interface AttemptListener {
  /** The function returned, or its promise was fulfilled. */
  finished(attempt: Attempt, value: unknown): void;
  /** The function threw, or its promise was rejected. */
  failed(attempt: Attempt, thrown: unknown): void;
  /** The worker went away with the attempt; it is tried again elsewhere. */
  lost(attempt: Attempt, reason: string): void;
}

/**
 * Runs attempts. The scheduler decides what runs where and when; it never looks at how.
 *
 * A worker gets one attempt at a time, a further one only when an attempt of its own waits for
 * tasks that it submitted.
 */
export interface Executor {
  /** Starts an attempt. The outcome may be told at once, from inside this call. Never throws. */
  start(attempt: Attempt): void;
  /** The outcome is of no interest any more; what can be stopped is stopped. */
  abandon(attempt: Attempt, reason: string): void;
  /** Calls a function on a worker, outside any task. */
  run(worker: WorkerInfo, fn: TaskFunction, args: readonly unknown[]): Promise<unknown>;
  addWorker(worker: WorkerInfo): void;
  removeWorker(worker: WorkerInfo): void;
  close(): Promise<void>;
}

/** Makes the executor of a cluster. */
export type ExecutorFactory = (listener: AttemptListener, clock: Clock) => Executor;
