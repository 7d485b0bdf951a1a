import type { EpochSeconds } from "../base/clock.js";
import { functionName } from "../engines/local/function-name.js";
import { keyId } from "../engines/local/key.js";
import type { GraphUpdateTask, Key } from "../engines/local/scheduler-plugin.js";

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

/** The tasks of a computation by the text of their key; it grows while futures are submitted. */
export type ComputationGraph = ReadonlyMap<string, ObservedTask>;

/** How many tasks of a computation are in each state. */
export type StateCounts = Readonly<Record<ObservedState, number>>;

/** Where a computation stands now; a live view. */
export interface ComputationState {
  /** Seconds since the epoch. */
  readonly startTime: EpochSeconds;
  readonly counts: StateCounts;
  /** The tasks that are in a state now. */
  tasksIn(state: ObservedState): Iterable<ObservedTask>;
}

/** Its state is changed by its computation only. */
class Task implements ObservedTask {
  readonly key: Key;
  readonly group: string;
  declare readonly name?: string;
  readonly dependencies: readonly Key[];
  state: ObservedState = "waiting";

  constructor({ key, group, fn, dependencies }: GraphUpdateTask) {
    this.key = key;
    this.group = group;
    this.dependencies = dependencies;
    if (fn !== undefined) this.name = functionName(fn);
  }
}

/** From the first task that is waiting for something until none is. */
export class Computation implements ComputationState {
  readonly startTime: EpochSeconds;
  readonly graph: ComputationGraph;
  readonly counts: StateCounts;
  readonly #tasks = new Map<string, Task>();
  readonly #counts: Record<ObservedState, number> = {
    waiting: 0,
    ready: 0,
    running: 0,
    finished: 0,
    released: 0,
    failed: 0,
  };

  constructor(startTime: EpochSeconds) {
    this.startTime = startTime;
    this.graph = this.#tasks;
    this.counts = this.#counts;
  }

  /** Tasks without an outcome. */
  get unfinished(): number {
    const { waiting, ready, running } = this.#counts;
    return waiting + ready + running;
  }

  *tasksIn(state: ObservedState): Iterable<ObservedTask> {
    for (const task of this.#tasks.values()) if (task.state === state) yield task;
  }

  add(update: GraphUpdateTask): void {
    const id = keyId(update.key);
    const known = this.#tasks.get(id);
    if (known !== undefined) this.#counts[known.state]--;
    this.#tasks.set(id, new Task(update));
    this.#counts.waiting++;
  }

  find(key: Key): ObservedTask | undefined {
    return this.#tasks.get(keyId(key));
  }

  move(key: Key, state: ObservedState): void {
    const task = this.#tasks.get(keyId(key));
    if (task === undefined) return;
    this.#counts[task.state]--;
    this.#counts[state]++;
    task.state = state;
  }

  /** Cancelled before it had an outcome: it counts no more. */
  drop(key: Key): void {
    const id = keyId(key);
    const task = this.#tasks.get(id);
    if (task === undefined) return;
    this.#counts[task.state]--;
    this.#tasks.delete(id);
  }
}
