import type { AttemptMessages } from "../../actions/attempt-messages.js";
import type { EpochSeconds } from "../../base/clock.js";
import { functionName } from "./function-name.js";
import type { Scheduler } from "./scheduler.js";
import type { Key, WorkerInfo } from "./scheduler-plugin.js";
import type { TaskFunction, TaskState } from "./task-state.js";

/** One try of a task, as an executor gets it. */
export class Attempt {
  readonly scheduler: Scheduler;
  readonly task: TaskState;
  /** The place it takes up. */
  readonly slot: WorkerInfo;
  /** Who runs it: the slot itself, or a thread of that slot. */
  readonly worker: WorkerInfo;
  /** Counted per scheduler, from 0, as Dask's `run_id`. */
  readonly runId: number;
  /** Counted per task, from 1. */
  readonly number: number;
  readonly fn: TaskFunction | undefined;
  /**
   * The arguments with results in place of references. Empty once the attempt is over: whatever the
   * function left behind (a timer, a promise) holds the attempt, and must not hold them.
   */
  args: readonly unknown[];
  /** Whether the executor is to note {@link Attempt.started} and {@link Attempt.stopped}. */
  readonly timed: boolean;
  /** When the function was called and when its outcome was there; NaN before, or when not timed. */
  started: EpochSeconds = Number.NaN;
  stopped: EpochSeconds = Number.NaN;
  /** The outcome is known or of no interest any more. */
  over = false;
  /** Waits for tasks of its own and has given its slot back. */
  seceded = false;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** What it logged, when somebody observes it. */
  messages: AttemptMessages | undefined;
  #controller: AbortController | undefined;
  #abortReason: unknown;

  constructor(
    scheduler: Scheduler,
    task: TaskState,
    place: { readonly slot: WorkerInfo; readonly worker: WorkerInfo },
    runId: number,
    args: readonly unknown[],
    timed: boolean,
  ) {
    this.scheduler = scheduler;
    this.task = task;
    this.slot = place.slot;
    this.worker = place.worker;
    this.runId = runId;
    this.number = task.attempts;
    this.fn = task.spec?.fn;
    this.args = args;
    this.timed = timed;
  }

  get key(): Key {
    return this.task.key;
  }

  /** Name of the function, for messages. */
  get name(): string {
    return this.fn === undefined ? "data" : functionName(this.fn);
  }

  /** Made when first asked for: few tasks look at it, and it costs more than a small task. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.over && this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    return this.#controller.signal;
  }

  /** Tells the task, if it listens, that its outcome is of no interest any more. */
  abort(reason: unknown): void {
    this.#abortReason = reason;
    const controller = this.#controller;
    // Listeners are the user's code; they must not run in the middle of a transition.
    if (controller !== undefined) queueMicrotask(() => controller.abort(reason));
  }
}
