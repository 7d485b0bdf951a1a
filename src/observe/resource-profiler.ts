import { type EpochSeconds, systemClock } from "../base/clock.js";
import { checkOptions, type Expectation } from "../base/options.js";
import type { LinePanel } from "../plot/panel.js";
import { Callback } from "./callback.js";
import { type VisualizeOptions, visualize } from "./visualize.js";

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
 * Samples memory and processor time of this process, as Dask's `ResourceProfiler`: for the whole
 * of a {@link withCallbacks} scope, or while computations run when it is registered globally.
 */
export class ResourceProfiler extends Callback {
  readonly #results: ResourceData[] = [];
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  /** Scopes and computations that want samples. */
  #users = 0;
  #cpu = process.cpuUsage();
  #loop = performance.eventLoopUtilization();
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
  override posttask(): void {
    if (systemClock.now() - this.#time >= this.#interval / 1000) this.#sample();
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
    this.#note(0, 0);
    this.#timer = setInterval(() => this.#sample(), this.#interval).unref();
  }

  #end(): void {
    if (this.#users === 0 || --this.#users > 0) return;
    clearInterval(this.#timer);
    this.#sample();
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
    this.#note((100 * (user + system)) / micros, 100 * busy);
  }

  #note(cpu: number, loop: number): void {
    const { rss, heapUsed } = process.memoryUsage();
    this.#results.push({ time: this.#time, mem: rss / 1e6, cpu, heap: heapUsed / 1e6, loop });
  }

  /** Two lines: processor and memory. */
  plot(): LinePanel {
    const x = this.#results.map(({ time }) => time);
    const cpu = this.#results.map((sample) => sample.cpu);
    const mem = this.#results.map((sample) => sample.mem);
    return {
      kind: "lines",
      title: "Processor and memory",
      lines: [
        { name: "% CPU", unit: "%", side: "left", step: false, x, y: cpu },
        { name: "Memory", unit: "MB", side: "right", step: false, x, y: mem },
      ],
    };
  }

  /** Draws the results into an HTML file, see {@link visualize}; gives its path. */
  visualize(options: VisualizeOptions = {}): string {
    return visualize(this, options);
  }
}
