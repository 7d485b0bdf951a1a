import type { EpochSeconds } from "../base/clock.js";
import type { GraphUpdateTask } from "../engines/local/scheduler-plugin.js";
import type { ObservedState, ObservedTask } from "./observed-task.js";
import { type TableTask, TaskTable } from "./task-table.js";

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

/** From the first task that is waiting for something until none is. */
export class Computation implements ComputationState {
  readonly startTime: EpochSeconds;
  readonly graph: ComputationGraph;
  readonly counts: StateCounts;
  readonly #tasks: TaskTable;
  readonly #counts: Record<ObservedState, number> = {
    waiting: 0,
    ready: 0,
    running: 0,
    finished: 0,
    released: 0,
    failed: 0,
  };

  /** @param first - no task of it has a smaller number. */
  constructor(startTime: EpochSeconds, first: number) {
    this.startTime = startTime;
    this.#tasks = new TaskTable(first);
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
    const replaced = this.#tasks.add(update);
    if (replaced !== undefined) this.#counts[replaced.state]--;
    this.#counts.waiting++;
  }

  find(number: number): TableTask | undefined {
    return this.#tasks.at(number);
  }

  move(task: TableTask, state: ObservedState): void {
    this.#counts[task.state]--;
    this.#counts[state]++;
    task.state = state;
  }

  /** The scheduler has forgotten a task: without an outcome, cancelled, it counts no more. */
  forget(number: number, task: TableTask): void {
    this.#tasks.forget();
    const { state } = task;
    if (state !== "waiting" && state !== "ready" && state !== "running") return;
    this.#counts[state]--;
    this.#tasks.drop(number);
  }
}
