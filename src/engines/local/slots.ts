import type { Attempt } from "./attempt.js";
import type { Dispatcher } from "./dispatcher.js";
import type { Executor } from "./executor.js";
import type { TaskState } from "./task-state.js";
import type { WorkerPool } from "./worker-pool.js";

const noArguments: readonly unknown[] = [];

/** Gets back the slots of attempts that are over, or that wait for other tasks. */
export class Slots {
  readonly #executor: Executor;
  readonly #pool: WorkerPool;
  readonly #dispatcher: Dispatcher;

  constructor(executor: Executor, pool: WorkerPool, dispatcher: Dispatcher) {
    this.#executor = executor;
    this.#pool = pool;
    this.#dispatcher = dispatcher;
  }

  /** The outcome of an attempt is known. Whoever calls wakes the dispatcher when all is told. */
  end(attempt: Attempt): void {
    attempt.over = true;
    attempt.args = noArguments;
    attempt.task.attempt = undefined;
    clearTimeout(attempt.timer);
    attempt.task.client.load.ended(attempt.seceded);
    if (attempt.seceded || this.#executor.ahead?.keeps(attempt.slot) === true) return;
    this.#pool.give(attempt.slot);
  }

  /** A task without an attempt is of no interest any more. */
  drop(task: TaskState): void {
    if (this.#executor.ahead?.drop(task) !== true) return;
    task.inQueue = false;
    task.client.load.ended(false);
  }

  /** The outcome of an attempt is of no interest any more. */
  abandon(attempt: Attempt, reason: string): void {
    this.end(attempt);
    this.#executor.abandon(attempt, reason);
    attempt.abort(new DOMException(`The task was given up: ${reason}.`, "AbortError"));
    this.#dispatcher.wake();
  }

  /** The task is going to wait for other tasks: its slot is free from now on. */
  secede(attempt: Attempt): void {
    if (attempt.over || attempt.seceded) return;
    attempt.seceded = true;
    attempt.task.client.load.seceded();
    this.#pool.give(attempt.slot);
    this.#dispatcher.wake();
  }
}
