import type { FutureState, FutureStatus } from "./future-state.js";
import { Reference } from "./reference.js";
import type { SchedulerCore } from "./scheduler-core.js";
import type { Key } from "./scheduler-plugin.js";
import { trusted } from "./trusted.js";
import { outcomeOf, type WaitOptions, whenSettled } from "./waiting.js";

/** What the engine knows of a future. */
interface Inside {
  readonly core: SchedulerCore;
  readonly state: FutureState;
}

let insideOf: (future: Future<unknown>) => Inside;

/**
 * The result of a task, now or later. While a future is held, the result is kept.
 *
 * Not thenable, on purpose: `await` and `async` functions would swallow the future and hand out the
 * result, so that nobody could return one, put it into a list of promises, or release it.
 */
export class Future<T> extends Reference implements Disposable {
  readonly #state: FutureState;
  readonly #core: SchedulerCore;

  /** @internal */
  constructor(core: SchedulerCore, state: FutureState) {
    super();
    this.#core = core;
    this.#state = state;
    core.holds.guard(this, state);
  }

  // Only this module's functions below look inside.
  static {
    insideOf = (future) => ({ core: future.#core, state: future.#state });
  }

  get key(): Key {
    return this.#state.key;
  }

  /** `cancelled` also after `release` and when the client was closed. */
  get status(): FutureStatus {
    return this.#state.status;
  }

  /** Tells whether the outcome is known, or will never be. */
  get done(): boolean {
    return this.#state.status !== "pending";
  }

  /**
   * Of a failed task: the key whose own failure is the cause, this one's if it ran itself. Not on
   * the error, which is the task's and passed on unchanged.
   */
  get blamed(): Key | undefined {
    return this.status === "error" ? this.#state.task?.blamed : undefined;
  }

  /**
   * The result.
   *
   * Waiting for it keeps the task wanted, even when the future is released meanwhile. Inside a task
   * the waiting task gives its slot back.
   *
   * @returns a promise that is rejected with what the task, or the task to blame, threw, unchanged;
   * with a {@link CancelledError}; with `ERR_CLOSED` when the client is closed; with `ERR_TIMEOUT`.
   */
  result(options?: WaitOptions): Promise<T> {
    return trusted<Promise<T>>(
      options === undefined ? outcomeOf(this.#core, this.#state) : this.#resultWithin(options),
    );
  }

  async #resultWithin(options: WaitOptions): Promise<unknown> {
    await whenSettled(this.#core, [this.#state], "all", options);
    return await outcomeOf(this.#core, this.#state);
  }

  /**
   * What the task threw, or undefined when it succeeded.
   *
   * @returns a promise that is rejected when the future was cancelled, released or closed.
   */
  async exception(options?: WaitOptions): Promise<unknown> {
    await whenSettled(this.#core, [this.#state], "all", options);
    if (this.status === "cancelled") throw this.#state.failure;
    return this.#state.task?.error?.thrown;
  }

  /** The stack of what the task threw; undefined when it succeeded, or threw no Error. */
  async traceback(options?: WaitOptions): Promise<string | undefined> {
    const thrown = await this.exception(options);
    return thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : undefined;
  }

  /**
   * Cancels the task and whatever needs it, unless another client wants it. A function that runs in
   * this process goes on to its end, unless it watches the signal of its task context; its outcome
   * is ignored.
   */
  cancel(): void {
    const { task, client } = this.#state;
    if (task !== undefined) this.#core.holds.cancel([task], client);
  }

  /** Runs a failed task again, and those that failed because of it. */
  retry(): void {
    const { task } = this.#state;
    if (task !== undefined) this.#core.retry([task]);
  }

  /** Lets go: when nobody else needs the result it is dropped, or the task not run. */
  release(): void {
    this.#core.holds.release(this.#state, "released");
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** Calls back once, soon after the outcome is known. */
  addDoneCallback(callback: (future: this) => void): void {
    const call = (): void => queueMicrotask(() => callback(this));
    if (this.done) call();
    else this.#state.watch(call);
  }
}

/** What the engine knows of a future: its scheduler and its task. For the engine only. */
export function insideFuture(future: Future<unknown>): Inside {
  return insideOf(future);
}
