import type { Attempt } from "./attempt.js";
import type { ClientState } from "./client-state.js";
import type { FutureState } from "./future-state.js";
import type { ReferenceScan } from "./scan-references.js";
import type { Key, TaskStateName } from "./scheduler-plugin.js";
import type { SmallSet } from "./small-set.js";
import type { TaskAction } from "./task-action.js";
import type { Movable } from "./threads/move-result.js";

/** A function as the engine holds it: what goes in and comes out is the user's. */
export type TaskFunction = (...args: never[]) => unknown;

/** A task that is new to the scheduler, as a client describes it. */
export interface TaskSpec {
  readonly key: Key;
  readonly id: string;
  /** Absent for plain data and aliases: the task hands its only argument on. */
  readonly fn: TaskFunction | undefined;
  readonly args: readonly unknown[];
  readonly scan: ReferenceScan | undefined;
  readonly retries: number;
  readonly priority: number;
  /** Seconds an attempt may take. */
  readonly timeout: number | undefined;
  readonly annotations: Readonly<Record<string, unknown>> | undefined;
  /** What the first attempt hands over to its thread. */
  readonly transfer?: readonly Movable[] | undefined;
}

/** Before the static order is known; from here down while it is being made. */
export const unordered = -1;

/** No tasks: one for all, as a list for each of many tasks is work for the garbage collector. */
export const noTasks: readonly TaskState[] = [];

/** What the scheduler knows of a key. Fields are changed by the scheduler only. */
export class TaskState {
  readonly key: Key;
  readonly id: string;
  /** Counted per scheduler as keys become known; what plugins are told with each transition. */
  number = 0;
  readonly priority: number;
  /** Whose submission made the task known; it says what references in the arguments mean. */
  readonly client: ClientState;
  state: TaskStateName = "released";

  /**
   * How to compute it. Gone once the result is there, function and arguments with it: a result
   * cannot get lost, so nothing is computed twice.
   */
  spec: TaskSpec | undefined;
  /** Cleared together with the arguments. */
  dependencies: readonly TaskState[] = noTasks;
  /** Known tasks that have this one among their dependencies: unfinished, or failed. */
  dependents: SmallSet<TaskState>;
  /** How many dependents are waiting for this result or working with it. */
  waiters = 0;
  /** How many dependencies have no result yet. */
  waitingOn = 0;

  /** The futures that hold this task. */
  wants: SmallSet<FutureState>;
  /** Fire and forget: wanted until it has run. */
  kept = false;

  /** Place in the static order; smaller runs first. */
  order: number = unordered;
  /** In the ready queue, perhaps no longer rightly. */
  inQueue = false;

  retries: number;
  /** Attempts so far. */
  attempts = 0;
  /** Attempts that a dying worker took along. */
  deaths = 0;
  /** The attempt that runs now. */
  attempt: Attempt | undefined;
  /** The number of the last attempt, counted per scheduler. */
  runId: number | undefined;

  /** Its part of the action that submitted it, until it is over. */
  action: TaskAction | undefined;

  value: unknown;
  error: { readonly thrown: unknown } | undefined;
  /** The task whose own failure is the cause. */
  blamed: Key | undefined;

  constructor(spec: TaskSpec, client: ClientState) {
    this.key = spec.key;
    this.id = spec.id;
    this.spec = spec;
    this.retries = spec.retries;
    this.priority = spec.priority;
    this.client = client;
  }

  /** Tells whether anybody outside the graph still asks for this task. */
  get wanted(): boolean {
    return this.wants !== undefined || this.kept;
  }

  /** Tells whether the outcome is known. */
  get done(): boolean {
    return this.state === "memory" || this.state === "erred";
  }
}
