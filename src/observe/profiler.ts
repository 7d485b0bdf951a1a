import type { EpochSeconds } from "../base/clock.js";
import type { Key } from "../engines/local/scheduler-plugin.js";
import type { LanePanel } from "../plot/panel.js";
import type { TaskSpan } from "./base-callback.js";
import { Callback } from "./callback.js";
import type { ComputationGraph, ComputationState } from "./computation.js";
import { lanePlot } from "./lane-plot.js";
import type { ObservedTask } from "./observed-task.js";
import { taskOf } from "./task-table.js";
import { type VisualizeOptions, visualize } from "./visualize.js";

/** A task that ran, as {@link Profiler} notes it. */
export interface TaskData {
  readonly key: Key;
  readonly task: ObservedTask;
  /** Seconds since the epoch. */
  readonly startTime: EpochSeconds;
  /** Seconds since the epoch. */
  readonly endTime: EpochSeconds;
  readonly workerId: string;
}

/**
 * Notes when and where every task ran, as Dask's `Profiler`. Tasks that failed have no result and
 * are not noted, as there.
 *
 * @example
 * ```ts
 * const profiler = new Profiler();
 * await withCallbacks([profiler], () => total.result());
 * for (const { key, startTime, endTime } of profiler.results) console.log(key, endTime - startTime);
 * ```
 */
export class Profiler extends Callback {
  readonly #results: TaskData[] = [];

  /** What ran, in the order it ended. */
  get results(): readonly TaskData[] {
    return this.#results;
  }

  /** Forgets the results. */
  clear(): void {
    this.#results.length = 0;
  }

  /** A scope begins: earlier results are forgotten. */
  override enter(): void {
    this.clear();
  }

  /** Notes a task that ended. */
  override posttask(
    key: Key,
    _result: unknown,
    graph: ComputationGraph,
    _state: ComputationState,
    workerId: string | undefined,
    span: TaskSpan | undefined,
  ): void {
    const task = taskOf(graph, key);
    // Both are there for whatever began after somebody listened.
    if (task === undefined || span === undefined) return;
    const { start: startTime, stop: endTime } = span;
    this.#results.push({ key, task, startTime, endTime, workerId: workerId ?? "" });
  }

  /** The tasks as rectangles, a lane for each worker, a colour for each group. */
  plot(): LanePanel {
    return lanePlot(
      this.#results.map(({ key, task, startTime, endTime, workerId }) => ({
        label: typeof key === "string" ? key : JSON.stringify(key),
        group: task.group,
        lane: workerId,
        start: startTime,
        stop: endTime,
      })),
    );
  }

  /** Draws the results into an HTML file, see {@link visualize}; gives its path. */
  visualize(options: VisualizeOptions = {}): string {
    return visualize(this, options);
  }
}
