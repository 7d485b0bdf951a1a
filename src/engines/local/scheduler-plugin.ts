import type { LoggedMessages } from "../../actions/attempt-messages.js";
import type { EpochSeconds } from "../../base/clock.js";
import type { Scheduler } from "./scheduler.js";

/** A key of the embedded engine: a string, or a tuple like Dask's `("x", 0)`. */
export type Key = string | readonly (string | number | Key)[];

/** Dask's scheduler-side task states that the embedded engine uses. */
export type TaskStateName =
  | "released"
  | "waiting"
  | "queued"
  | "processing"
  | "memory"
  | "erred"
  | "forgotten";

/** A worker (a slot of the embedded engine). */
export interface WorkerInfo {
  /** `inproc-0` and so on. */
  readonly address: string;
  readonly name: string;
  readonly threads: number;
}

/** A client that is connected to the scheduler. */
export interface ClientInfo {
  /** Unique in the scheduler. */
  readonly id: string;
}

/** A place in the code that submitted work; lines and columns count from 1. */
export interface CallSiteInfo {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function?: string;
  /** Calling frames, innermost first, the site itself left out. */
  readonly stack: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly function?: string;
  }[];
}

/** A task as plugins see it when its graph arrives. */
export interface GraphUpdateTask {
  readonly key: Key;
  /**
   * Counted per scheduler, and told again with every transition of the task: who keeps something
   * for each task needs no look-up by key. A key that was forgotten and comes again has another one.
   */
  readonly number: number;
  /** By Dask's `key_split_group` rule. */
  readonly group: string;
  /** Absent for plain data and aliases. */
  readonly fn?: (...args: never[]) => unknown;
  /**
   * The arguments as given, at any depth holding references: wherever `referenceOf(value)`
   * answers a key, the task depends on it.
   */
  readonly args: readonly unknown[];
  readonly dependencies: readonly Key[];
  readonly retries: number;
  readonly priority: number;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** New tasks, told before their first transition. */
export interface GraphUpdate {
  readonly client: ClientInfo | undefined;
  readonly stimulusId: string;
  /** The key of the task that submitted this graph from inside itself. */
  readonly parent?: Key;
  /** Present when a plugin asked for call sites (`callSites: true`). */
  readonly site?: CallSiteInfo;
  readonly tasks: readonly GraphUpdateTask[];
  /** The key an argument stands for (future, delayed, `ref`), or undefined for plain data. */
  readonly referenceOf: (value: unknown) => Key | undefined;
}

/** Facts that go with a transition; which are present depends on the transition. */
export interface TransitionInfo {
  readonly stimulusId: string;
  readonly time: EpochSeconds;
  /** Attempts counted per scheduler, from 0, as Dask's `run_id`. */
  readonly runId?: number;
  readonly worker?: WorkerInfo;
  /** The compute span of the attempt that ended. */
  readonly startStop?: { readonly start: EpochSeconds; readonly stop: EpochSeconds };
  /** processing to memory: the result. Describe it at once; keep no reference. */
  readonly result?: { readonly value: unknown };
  /** processing to erred, or to released for a retry: what was thrown. */
  readonly error?: { readonly thrown: unknown };
  /** What the attempt that ended logged. */
  readonly messages?: LoggedMessages;
  readonly retriesLeft?: number;
  /** to erred without having run: the key whose failure is the cause. */
  readonly blamed?: Key;
  /** why an attempt or a result went: `retry`, `cancelled`, `worker-died`, `restart`, `timeout`, `released`, `collected`, `closed` … */
  readonly reason?: string;
}

/** Data that a client put in. */
export interface ScatterInfo {
  readonly client: ClientInfo | undefined;
  readonly key: Key;
  readonly value: unknown;
  readonly workers: readonly WorkerInfo[];
}

/**
 * What can be registered with a client or scheduler; Dask's hooks in camelCase. All are optional.
 * Synchronous hooks run on the scheduling path: no I/O. An exception in a hook is reported once
 * and never reaches a task.
 */
export interface SchedulerPlugin {
  /** Unique per scheduler: a second plugin of the same name replaces nothing and is ignored. */
  readonly name?: string;
  /** Ask for the submitting place in `updateGraph`. Default false: capturing costs microseconds. */
  readonly callSites?: boolean;
  /** Called by `registerPlugin`, once; what it throws, `registerPlugin` throws. */
  start?(scheduler: Scheduler): void;
  updateGraph?(scheduler: Scheduler, update: GraphUpdate): void;
  /** @param number - the task's, as in {@link GraphUpdateTask.number}. */
  transition?(
    key: Key,
    start: TaskStateName,
    finish: TaskStateName,
    info: TransitionInfo,
    number: number,
  ): void;
  scatter?(scheduler: Scheduler, info: ScatterInfo): void;
  /**
   * Called when the function of an attempt is about to run in this process: calls `run` once,
   * inside the context that the function shall see. `run` never throws, and the function runs even
   * if this does not call it.
   */
  aroundTask?(key: Key, run: () => void): void;
  /** The W3C `traceparent` under which the function of an attempt runs on a worker thread. */
  traceparentOf?(key: Key): string | undefined;
  addWorker?(scheduler: Scheduler, worker: WorkerInfo): void;
  removeWorker?(scheduler: Scheduler, worker: WorkerInfo, reason: string): void;
  addClient?(scheduler: Scheduler, client: ClientInfo): void;
  removeClient?(scheduler: Scheduler, client: ClientInfo): void;
  /** Shutdown begins; tasks may still be known. */
  beforeClose?(): void | Promise<void>;
  /** Everything has stopped. `cluster.close()` waits for it. */
  close?(): void | Promise<void>;
}
