import { type EpochSeconds, systemClock } from "../base/clock.js";
import { checkOptions, type Expectation } from "../base/options.js";
import type { Key, WorkerInfo } from "../engines/local/scheduler-plugin.js";
import { ThreadShares } from "../engines/local/threads/thread-shares.js";
import type { LinePanel } from "../plot/panel.js";
import type { TaskSpan } from "./base-callback.js";
import { Callback } from "./callback.js";
import type { ComputationGraph, ComputationState } from "./computation.js";
import { type ResourceMoment, resourcePanel } from "./resource-panel.js";
import { type VisualizeOptions, visualize } from "./visualize.js";

/** What a worker thread used at a time, as {@link ResourceProfiler} notes it. */
export interface ThreadData {
  /** Address of the worker: `thread-0`. */
  readonly thread: string;
  /** Processor time since the last sample in percent; elsewhere than on Linux, `loop` stands in. */
  readonly cpu: number;
  /** How busy its event loop was since the last sample, in percent. */
  readonly loop: number;
  /**
   * JavaScript heap and buffers of the thread, in MB. A thread looks between functions and while it
   * awaits; absent before its first function.
   */
  readonly mem?: number;
}

/** What this process used at a time, as {@link ResourceProfiler} notes it. */
export interface ResourceData {
  /** Seconds since the epoch. */
  readonly time: EpochSeconds;
  /** Resident memory in MB (1e6 bytes), worker threads included. */
  readonly mem: number;
  /** Processor time since the last sample in percent; beyond 100 when several threads work. */
  readonly cpu: number;
  /** JavaScript heap of the main thread in use, in MB. */
  readonly heap: number;
  /** How busy the event loop of the main thread was since the last sample, in percent. */
  readonly loop: number;
  /** Each worker thread that was there, of all clusters; none in the first sample. */
  readonly threads: readonly ThreadData[];
}

/** How a {@link ResourceProfiler} samples; all optional. */
export interface ResourceProfilerOptions {
  /** Seconds between two samples, 0.001 to 3,600. Default 1. */
  readonly dt?: number;
}

const expectations: Readonly<Record<keyof ResourceProfilerOptions, Expectation>> = {
  dt: {
    words: "a number from 0.001 to 3600",
    accepts: (value) => typeof value === "number" && value >= 0.001 && value <= 3600,
  },
};

/**
 * Samples memory and processor time of this process and of each worker thread, as Dask's
 * `ResourceProfiler`: for the whole of a {@link withCallbacks} scope, or while computations run when
 * it is registered globally.
 */
export class ResourceProfiler extends Callback {
  readonly #results: ResourceData[] = [];
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  /** Scopes and computations that want samples. */
  #users = 0;
  #cpu = process.cpuUsage();
  #loop = performance.eventLoopUtilization();
  #threads: ThreadShares | undefined;
  readonly #names = new Map<WorkerInfo, string>();
  #time: EpochSeconds = 0;

  /** @throws {@link TaskprovError} `ERR_OPTION` */
  constructor(options: ResourceProfilerOptions = {}) {
    super();
    checkOptions(options, expectations, "ResourceProfiler");
    this.#interval = (options.dt ?? 1) * 1000;
  }

  /** The samples, oldest first. */
  get results(): readonly ResourceData[] {
    return this.#results;
  }

  /** Forgets the results. */
  clear(): void {
    this.#results.length = 0;
  }

  /** A scope begins: earlier results are forgotten. */
  override enter(): void {
    this.clear();
    this.#begin();
  }

  /** A scope ends. */
  override exit(): void {
    this.#end();
  }

  /** A computation begins. */
  override start(): void {
    this.#begin();
  }

  /** Takes a sample when it is time: synchronous tasks leave the timer no turn. */
  override posttask(
    _key: Key,
    _result: unknown,
    _graph: ComputationGraph,
    _state: ComputationState,
    _workerId: string | undefined,
    span: TaskSpan | undefined,
  ): void {
    // Not the time now: reading the clock costs more than all else here.
    if (span === undefined || span.stop - this.#time >= this.#interval / 1000) this.#sample();
  }

  /** A computation is over. */
  override finish(): void {
    this.#end();
  }

  /** Stops sampling, whatever is going on. */
  close(): void {
    this.#users = Math.min(this.#users, 1);
    this.#end();
  }

  #begin(): void {
    if (++this.#users > 1) return;
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#time = systemClock.now();
    this.#threads = new ThreadShares(this.#interval / 1000);
    this.#note(0, 0, []);
    this.#timer = setInterval(() => this.#sample(), this.#interval).unref();
  }

  #end(): void {
    if (this.#users === 0 || --this.#users > 0) return;
    clearInterval(this.#timer);
    this.#sample();
    this.#threads?.close();
    this.#threads = undefined;
  }

  #sample(): void {
    const now = systemClock.now();
    const micros = (now - this.#time) * 1e6;
    // Over a moment shares of time mean nothing: a task that just ended took a sample already.
    if (micros < this.#interval * 500) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const loop = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(loop, this.#loop).utilization;
    this.#cpu = process.cpuUsage();
    this.#loop = loop;
    this.#time = now;
    this.#note((100 * (user + system)) / micros, 100 * busy, this.#threadData());
  }

  #threadData(): ThreadData[] {
    return (this.#threads?.take() ?? []).map(({ worker, cpu, loop, memory }) => ({
      thread: this.#nameOf(worker),
      cpu,
      loop,
      ...(memory !== undefined && { mem: memory / 1e6 }),
    }));
  }

  /** Threads of two clusters may have the same address. */
  #nameOf(worker: WorkerInfo): string {
    const known = this.#names.get(worker);
    if (known !== undefined) return known;
    const taken = new Set(this.#names.values());
    let name = worker.address;
    for (let i = 2; taken.has(name); i++) name = `${worker.address} (${i})`;
    this.#names.set(worker, name);
    return name;
  }

  #note(cpu: number, loop: number, threads: readonly ThreadData[]): void {
    const { rss, heapUsed } = process.memoryUsage();
    const mem = rss / 1e6;
    this.#results.push({ time: this.#time, mem, cpu, heap: heapUsed / 1e6, loop, threads });
  }

  /** Processor and memory of the process, and of each worker thread. */
  plot(): LinePanel {
    const threads = new Map<string, ResourceMoment[]>();
    for (const sample of this.#results) {
      for (const { thread, cpu, mem } of sample.threads) {
        const moments = threads.get(thread) ?? [];
        threads.set(thread, moments);
        moments.push({ time: sample.time, cpu, ...(mem !== undefined && { mem }) });
      }
    }
    const parts = Array.from(threads, ([name, moments]) => ({ name, moments }));
    return resourcePanel([{ name: "", moments: this.#results }, ...parts]);
  }

  /** Draws the results into an HTML file, see {@link visualize}; gives its path. */
  visualize(options: VisualizeOptions = {}): string {
    return visualize(this, options);
  }
}
