import type { Clock, EpochSeconds } from "../../base/clock.js";
import type { Attempt } from "./attempt.js";
import type { WorkerInfo } from "./scheduler-plugin.js";
import type { TaskFunction, TaskState } from "./task-state.js";

/**
 * Whom an executor tells how attempts went, exactly one call an attempt unless abandoned; and which
 * workers it has besides the slots.
 */
export interface ExecutorListener {
  /** The function returned, or its promise was fulfilled. */
  finished(attempt: Attempt, value: unknown): void;
  /** The function threw, or its promise was rejected. */
  failed(attempt: Attempt, thrown: unknown): void;
  /** The worker went away with the attempt; it is tried again elsewhere. */
  lost(attempt: Attempt, reason: string): void;
  /** What was sent ahead has its turn, on the slot that was kept for it. */
  begun(task: TaskState, slot: WorkerInfo, sentAt: EpochSeconds): Attempt;
  /** What was sent ahead was not begun and will not be: it is to be started like any other. */
  takenBack(task: TaskState): void;
  /** A slot that was kept is needed no more. */
  idle(slot: WorkerInfo): void;
  /** Whether a slot will be there for further tasks. */
  stays(slot: WorkerInfo): boolean;
  /** A worker of the executor's own has begun: a thread. */
  joined(worker: WorkerInfo): void;
  left(worker: WorkerInfo, reason: string): void;
  /** Calls a function inside what plugins have around the attempt. */
  within<T>(attempt: Attempt, call: (attempt: Attempt) => T): T;
  /** The W3C `traceparent` of an attempt that runs elsewhere, if a plugin has one. */
  traceparentOf(attempt: Attempt): string | undefined;
}

/**
 * What an executor has whose workers can be sent tasks before it is their turn. Such a task is no
 * attempt before the one in front of it is over: until then it may go elsewhere.
 */
export interface AheadExecutor {
  /** Whether a worker that is at a task would take another one. */
  readonly hasRoom: boolean;
  /**
   * Sends a task to a worker that is at another one.
   *
   * @returns false when it is not to be sent ahead.
   */
  send(
    task: TaskState,
    inputsOf: (task: TaskState) => readonly unknown[],
    isObserved: boolean,
  ): boolean;
  /** Asked when an attempt is over: whether its slot is kept for what was sent ahead. */
  keeps(slot: WorkerInfo): boolean;
  /**
   * A task is of no interest any more.
   *
   * @returns whether it had been sent ahead.
   */
  drop(task: TaskState): boolean;
  /** A slot will be gone when its attempt is over: what is not begun goes elsewhere. */
  retire(slot: WorkerInfo): void;
}

/**
 * Runs attempts. The scheduler decides what runs when and on which slot; it never looks at how.
 *
 * A slot gets one attempt at a time, a further one only when an attempt of its own waits for tasks
 * that it submitted.
 */
export interface Executor {
  /** The workers of its own that exist now, besides the slots. */
  readonly workers: readonly WorkerInfo[];
  /** Which worker will run a function: the slot itself, or one of its own that takes its place. */
  place(fn: TaskFunction | undefined, slot: WorkerInfo): WorkerInfo;
  readonly ahead?: AheadExecutor;
  /** Starts an attempt. The outcome may be told at once, from inside this call. Never throws. */
  start(attempt: Attempt): void;
  /** The outcome is of no interest any more; what can be stopped is stopped. */
  abandon(attempt: Attempt, reason: string): void;
  /** Calls a function on a slot, outside any task. */
  run(slot: WorkerInfo, fn: TaskFunction, args: readonly unknown[]): Promise<unknown>;
  /** A slot is gone; no attempt of it runs any more. */
  removeSlot(slot: WorkerInfo): void;
  close(): Promise<void>;
}

/** Makes the executor of a cluster. */
export type ExecutorFactory = (listener: ExecutorListener, clock: Clock) => Executor;
