import { type EpochSeconds, systemClock } from "../base/clock.js";
import { checkOptions, type Expectation } from "../base/options.js";
import { functionName } from "../engines/local/function-name.js";
import { keyId } from "../engines/local/key.js";
import type { Key } from "../engines/local/scheduler-plugin.js";
import type { LinePanel } from "../plot/panel.js";
import { Callback } from "./callback.js";
import type { ComputationGraph, ComputationState } from "./computation.js";
import type { ObservedTask } from "./observed-task.js";
import { taskOf } from "./task-table.js";
import { type VisualizeOptions, visualize } from "./visualize.js";

/** How long a result was kept, as {@link CacheProfiler} notes it. */
export interface CacheData {
  readonly key: Key;
  readonly task: ObservedTask;
  /** What the metric said of the result. */
  readonly metric: number;
  /** When the result was there; seconds since the epoch. */
  readonly cacheTime: EpochSeconds;
  /** When it was dropped, at the latest when the computation ended; seconds since the epoch. */
  readonly freeTime: EpochSeconds;
}

/** What a {@link CacheProfiler} measures; all optional. */
export interface CacheProfilerOptions {
  /** The size of a result in some unit. Default: 1 for each. */
  readonly metric?: (result: unknown) => number;
  /** What the metric counts. Default: the function's name, or `count`. */
  readonly metricName?: string;
}

const expectations: Readonly<Record<keyof CacheProfilerOptions, Expectation>> = {
  metric: { words: "a function", accepts: (value) => typeof value === "function" },
  metricName: { words: "a string", accepts: (value) => typeof value === "string" },
};

/** A result was there. */
interface Kept {
  readonly kind: "kept";
  readonly task: ObservedTask;
  readonly metric: number;
  readonly time: EpochSeconds;
}

/**
 * What happened. Who releases what is found out when the results are asked for: looking up keys
 * while tasks run would cost more than all else.
 */
type Note =
  | Kept
  | { readonly kind: "released"; readonly key: Key; readonly time: EpochSeconds }
  | { readonly kind: "finished"; readonly graph: ComputationGraph; readonly time: EpochSeconds };

/** Notes how large results are and how long they are kept, as Dask's `CacheProfiler`. */
export class CacheProfiler extends Callback {
  /** What the metric counts. */
  readonly metricName: string;
  readonly #metric: (result: unknown) => number;
  readonly #results: CacheData[] = [];
  /** What happened since the results were last asked for. */
  #notes: Note[] = [];
  readonly #kept = new Map<string, Kept>();

  /** @throws {@link TaskprovError} `ERR_OPTION` */
  constructor(options: CacheProfilerOptions = {}) {
    super();
    checkOptions(options, expectations, "CacheProfiler");
    const { metric } = options;
    this.#metric = metric ?? (() => 1);
    this.metricName = options.metricName ?? (metric === undefined ? "count" : functionName(metric));
  }

  /** What was dropped, in that order. */
  get results(): readonly CacheData[] {
    const notes = this.#notes;
    this.#notes = [];
    for (const note of notes) this.#read(note);
    return this.#results;
  }

  /** Forgets the results. */
  clear(): void {
    this.#results.length = 0;
    this.#notes = [];
    this.#kept.clear();
  }

  /** A scope begins: earlier results are forgotten. */
  override enter(): void {
    this.clear();
  }

  /** Measures a result. */
  override posttask(key: Key, result: unknown, graph: ComputationGraph): void {
    const task = taskOf(graph, key);
    if (task === undefined) return;
    const metric = this.#metric(result);
    this.#notes.push({ kind: "kept", task, metric, time: systemClock.now() });
  }

  /** Notes a result that was dropped. */
  override release(key: Key): void {
    this.#notes.push({ kind: "released", key, time: systemClock.now() });
  }

  /** Notes the results that are still there. */
  override finish(graph: ComputationGraph, _state: ComputationState, _failed: boolean): void {
    this.#notes.push({ kind: "finished", graph, time: systemClock.now() });
  }

  #read(note: Note): void {
    switch (note.kind) {
      case "kept":
        this.#kept.set(keyId(note.task.key), note);
        return;
      case "released":
        this.#free(keyId(note.key), note.time);
        return;
      case "finished":
        for (const id of this.#kept.keys()) {
          // Of another scheduler: its computation is going on.
          if (note.graph.has(id)) this.#free(id, note.time);
        }
    }
  }

  #free(id: string, freeTime: EpochSeconds): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    const { task, metric, time } = kept;
    this.#results.push({ key: task.key, task, metric, cacheTime: time, freeTime });
  }

  /** A line for each group: how much of it is kept. */
  plot(): LinePanel {
    const changes = new Map<string, [time: EpochSeconds, by: number][]>();
    for (const { task, metric, cacheTime, freeTime } of this.results) {
      const list = changes.get(task.group) ?? [];
      changes.set(task.group, list);
      list.push([cacheTime, metric], [freeTime, -metric]);
    }
    return {
      kind: "lines",
      title: `Cache size (${this.metricName})`,
      lines: Array.from(changes, ([name, list]) => {
        list.sort(([a], [b]) => a - b);
        let kept = 0;
        const x = list.map(([time]) => time);
        const y = list.map(([, by]) => {
          kept += by;
          return kept;
        });
        // It rises from nothing.
        return { name, unit: "", side: "left", step: true, x: [x[0] ?? 0, ...x], y: [0, ...y] };
      }),
    };
  }

  /** Draws the results into an HTML file, see {@link visualize}; gives its path. */
  visualize(options: VisualizeOptions = {}): string {
    return visualize(this, options);
  }
}
