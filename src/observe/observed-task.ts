import type { Key } from "../engines/local/scheduler-plugin.js";

/** Where a task of a computation stands. Dask's words, and `failed`. */
export type ObservedState = "waiting" | "ready" | "running" | "finished" | "released" | "failed";

/** A task as observers see it. It holds nothing of the user's: no function, no argument. */
export interface ObservedTask {
  readonly key: Key;
  /** By Dask's `key_split_group` rule. */
  readonly group: string;
  /** What the task's function is called; absent for plain data and aliases. */
  readonly name?: string;
  readonly dependencies: readonly Key[];
  readonly state: ObservedState;
}
