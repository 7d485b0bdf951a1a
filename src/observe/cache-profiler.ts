import { type EpochSeconds, systemClock } from "../base/clock.js";
import { checkOptions, type Expectation } from "../base/options.js";
import { functionName } from "../engines/local/function-name.js";
import { keyId } from "../engines/local/key.js";
import type { Key } from "../engines/local/scheduler-plugin.js";
import type { LinePanel } from "../plot/panel.js";
import { Callback } from "./callback.js";
import type { ComputationGraph, ComputationState, ObservedTask } from "./computation.js";
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

/** Notes how large results are and how long they are kept, as Dask's `CacheProfiler`. */
export class CacheProfiler extends Callback {
  /** What the metric counts. */
  readonly metricName: string;
  readonly #metric: (result: unknown) => number;
  readonly #results: CacheData[] = [];
  readonly #kept = new Map<string, Omit<CacheData, "freeTime">>();

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
    return this.#results;
  }

  /** Forgets the results. */
  clear(): void {
    this.#results.length = 0;
    this.#kept.clear();
  }

  /** A scope begins: earlier results are forgotten. */
  override enter(): void {
    this.clear();
  }

  /** Measures a result. */
  override posttask(key: Key, result: unknown, graph: ComputationGraph): void {
    const id = keyId(key);
    const task = graph.get(id);
    if (task === undefined) return;
    const metric = this.#metric(result);
    this.#kept.set(id, { key, task, metric, cacheTime: systemClock.now() });
  }

  /** Notes a result that was dropped. */
  override release(key: Key): void {
    const id = keyId(key);
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#results.push({ ...kept, freeTime: systemClock.now() });
  }

  /** Notes the results that are still there. */
  override finish(graph: ComputationGraph, _state: ComputationState, _failed: boolean): void {
    const freeTime = systemClock.now();
    for (const [id, kept] of this.#kept) {
      // Of another scheduler: its computation is going on.
      if (!graph.has(id)) continue;
      this.#kept.delete(id);
      this.#results.push({ ...kept, freeTime });
    }
  }

  /** A line for each group: how much of it is kept. */
  plot(): LinePanel {
    const changes = new Map<string, [time: EpochSeconds, by: number][]>();
    for (const { task, metric, cacheTime, freeTime } of this.#results) {
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
