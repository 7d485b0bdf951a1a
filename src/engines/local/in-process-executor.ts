import { currentAction, runInAction } from "../../actions/action.js";
import type { Clock } from "../../base/clock.js";
import type { Attempt } from "./attempt.js";
import type { Executor, ExecutorListener } from "./executor.js";
import { noteMessages } from "./noted-messages.js";
import type { WorkerInfo } from "./scheduler-plugin.js";
import { currentAttempt } from "./task-context.js";
import type { TaskFunction } from "./task-state.js";

/** Runs attempts in this process, on the event loop. */
export class InProcessExecutor implements Executor {
  readonly workers: readonly WorkerInfo[] = [];
  readonly #listener: ExecutorListener;
  readonly #clock: Clock;

  constructor(listener: ExecutorListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
    noteMessages();
  }

  readonly #within = (attempt: Attempt): unknown => this.#listener.within(attempt, invoke);

  place(_fn: TaskFunction | undefined, slot: WorkerInfo): WorkerInfo {
    return slot;
  }

  start(attempt: Attempt): void {
    if (attempt.timed) attempt.started = this.#clock.now();
    let value: unknown;
    let later: PromiseLike<unknown> | undefined;
    try {
      value = currentAttempt.run(attempt, this.#within, attempt);
      // Asking for `then` may run the user's code, as `await` does.
      later = asPromiseLike(value);
    } catch (thrown) {
      this.#stop(attempt);
      this.#listener.failed(attempt, thrown);
      return;
    }
    if (later === undefined) {
      this.#stop(attempt);
      this.#listener.finished(attempt, value);
    } else {
      this.#settle(attempt, later);
    }
  }

  #settle(attempt: Attempt, later: PromiseLike<unknown>): void {
    Promise.resolve(later).then(
      (result) => {
        this.#stop(attempt);
        this.#listener.finished(attempt, result);
      },
      (thrown: unknown) => {
        this.#stop(attempt);
        this.#listener.failed(attempt, thrown);
      },
    );
  }

  #stop(attempt: Attempt): void {
    if (attempt.timed && !attempt.over) attempt.stopped = this.#clock.now();
  }

  /** A function that runs cannot be stopped from outside: its late outcome is not looked at. */
  abandon(): void {}

  async run(_slot: WorkerInfo, fn: TaskFunction, args: readonly unknown[]): Promise<unknown> {
    return await call(fn, args);
  }

  removeSlot(): void {}

  async close(): Promise<void> {}
}

function invoke(attempt: Attempt): unknown {
  const { fn, args, task } = attempt;
  if (fn === undefined) return args[0];
  const action = task.action?.running;
  // Tasks begin where others ended, perhaps in the middle of somebody else's action.
  if (action === currentAction()) return call(fn, args);
  return runInAction(action, call, fn, args);
}

function call(fn: TaskFunction, args: readonly unknown[]): unknown {
  return Reflect.apply(fn, undefined, args);
}

function asPromiseLike(value: unknown): PromiseLike<unknown> | undefined {
  return isPromiseLike(value) ? value : undefined;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    "then" in value &&
    typeof value.then === "function"
  );
}
