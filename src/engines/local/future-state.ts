import { TaskprovError } from "../../base/errors.js";
import { CancelledError } from "./cancelled-error.js";
import type { ClientState } from "./client-state.js";
import { formatKey } from "./key.js";
import type { Key } from "./scheduler-plugin.js";
import { membersOf, type SmallSet, withMember, withoutMember } from "./small-set.js";
import type { TaskState } from "./task-state.js";

/** Dask's words for how a future stands. */
export type FutureStatus = "pending" | "finished" | "error" | "cancelled";

/** Called once when the outcome is known. */
export type Watcher = (state: FutureState) => void;

/** Why nothing more comes from a future. */
export interface FutureEnd {
  readonly kind: "cancelled" | "released" | "closed";
  /** The reason of an aborted signal. */
  readonly cause?: unknown;
}

/**
 * What a future holds of its task. The task knows this object and not the future, so that a future
 * nobody has any more can be noticed.
 */
export class FutureState {
  readonly key: Key;
  /**
   * Absent once it ended: V8 keeps this object until a collection has found its future gone and the
   * event loop has turned, and all that hangs on it.
   */
  task: TaskState | undefined;
  readonly client: ClientState;
  /** Set when cancelled, released or closed: nothing more comes. */
  ended: FutureEnd | undefined;
  /** Released while somebody waits: let go when they have been served. */
  releaseReason: string | undefined;
  /** What `result()` gave out; made when first asked for. */
  promise: Promise<unknown> | undefined;
  /** Whom to leave when the outcome is known. */
  group: { delete(state: FutureState): void } | undefined;
  #watchers: SmallSet<Watcher>;

  constructor(task: TaskState, client: ClientState) {
    this.key = task.key;
    this.task = task;
    this.client = client;
  }

  /** Lets go of the task. */
  end(how: FutureEnd): void {
    this.ended = how;
    this.task = undefined;
    this.promise = undefined;
  }

  get status(): FutureStatus {
    if (this.task === undefined) return "cancelled";
    if (this.task.state === "memory") return "finished";
    return this.task.state === "erred" ? "error" : "pending";
  }

  /** Tells whether somebody waits for the outcome. */
  get watched(): boolean {
    return this.#watchers !== undefined;
  }

  /**
   * Calls back once when the outcome is known. The callback runs on the scheduling path: it may
   * settle promises, nothing else.
   */
  watch(callback: Watcher): void {
    this.#watchers = withMember(this.#watchers, callback);
  }

  unwatch(callback: Watcher): void {
    this.#watchers = withoutMember(this.#watchers, callback);
  }

  /** Tells those who wait that the outcome is known. */
  notify(): void {
    const watchers = this.#watchers;
    this.#watchers = undefined;
    for (const callback of membersOf(watchers)) callback(this);
    this.group?.delete(this);
    this.group = undefined;
  }

  /** What to reject with: the end of the future, or what the task threw, unchanged. */
  get failure(): unknown {
    const { key } = this;
    switch (this.ended?.kind) {
      case undefined:
        return this.task?.error?.thrown;
      case "closed":
        return new TaskprovError(
          "ERR_CLOSED",
          `The client was closed, and with it the result of task ${formatKey(key)} went. Await result() before you close.`,
        );
      case "released":
        return new CancelledError(key, "has no result here: this future was released.");
      default:
        return new CancelledError(key, "was cancelled.", causeOf(this.ended));
    }
  }
}

function causeOf(end: FutureEnd | undefined): ErrorOptions | undefined {
  return end?.cause === undefined ? undefined : { cause: end.cause };
}
