import type { ClientState } from "./client-state.js";
import type { FutureState } from "./future-state.js";
import type { SchedulerCore } from "./scheduler-core.js";

/** Cancels unfinished tasks when a signal aborts; listens only while there are some. */
export class SignalWatch {
  readonly #signal: AbortSignal;
  readonly #core: SchedulerCore;
  readonly #client: ClientState;
  readonly #states = new Set<FutureState>();

  constructor(signal: AbortSignal, core: SchedulerCore, client: ClientState) {
    this.#signal = signal;
    this.#core = core;
    this.#client = client;
  }

  add(state: FutureState): void {
    if (state.status !== "pending") return;
    if (this.#states.size === 0) this.#signal.addEventListener("abort", this.#abort);
    this.#states.add(state);
    state.group = this;
  }

  /** The outcome is known. */
  delete(state: FutureState): void {
    this.#states.delete(state);
    if (this.#states.size === 0) this.#signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    const tasks = [...this.#states].flatMap(({ task }) => task ?? []);
    this.#core.holds.cancel(tasks, this.#client, this.#signal.reason);
  };
}
