import type { Clock } from "../../base/clock.js";
import type {
  ClientInfo,
  Key,
  SchedulerPlugin,
  TaskStateName,
  WorkerInfo,
} from "./scheduler-plugin.js";

/** A task as it stands now; a copy, which later transitions do not change. */
export interface TaskInfo {
  readonly key: Key;
  /** By Dask's `key_split_group` rule. */
  readonly group: string;
  readonly state: TaskStateName;
  /** Empty once the result is there: nothing is computed twice, so the scheduler lets them go. */
  readonly dependencies: readonly Key[];
  /** Known tasks that need this one: unfinished ones, and failed ones (they could be retried). */
  readonly dependents: readonly Key[];
  readonly priority: number;
  /** Attempts left after the present one. */
  readonly retries: number;
  /** Attempts so far. */
  readonly attempts: number;
  /** The number of the last attempt, counted per scheduler. */
  readonly runId?: number;
  /** Where it runs now. */
  readonly worker?: WorkerInfo;
  /** The ids of the clients whose futures hold it. */
  readonly wantedBy: readonly string[];
  /** Of a failed task: the key whose own failure is the cause; the task's own key if it ran. */
  readonly blamed?: Key;
  /** Gone with the arguments once the result is there. */
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** A live, read-only view of the tasks the scheduler knows; forgotten ones are not in it. */
export interface TaskView extends Iterable<TaskInfo> {
  readonly size: number;
  has(key: Key): boolean;
  get(key: Key): TaskInfo | undefined;
}

/** The scheduler of the embedded engine, as plugins and observers see it. */
export interface Scheduler {
  readonly id: string;
  /** Every time in transitions comes from it. */
  readonly clock: Clock;
  readonly tasks: TaskView;
  readonly workers: readonly WorkerInfo[];
  readonly clients: readonly ClientInfo[];
  /** How many tasks were ever submitted, those counted that are forgotten. */
  readonly received: number;
  /** `closing` from the first call of `close` on. */
  readonly status: "running" | "closing" | "closed";
  /**
   * Registers a plugin: `start` is called, then `addClient`, `addWorker` and `updateGraph` for what
   * is there already (of tasks, the unfinished ones).
   *
   * @returns false when it, or one of its name, is registered already; then nothing is called.
   * @throws {@link TaskprovError} `ERR_CLOSED`, or `ERR_OPTION` when it is not an object.
   */
  registerPlugin(plugin: SchedulerPlugin): boolean;
  /** @returns false when there is no plugin of that name. */
  unregisterPlugin(name: string): boolean;
  /**
   * Starts no further task until the returned function is called; running ones go on. For a plugin
   * that cannot keep up.
   */
  hold(): () => void;
}
