import type { EpochSeconds } from "../base/clock.js";
import type { SampleEvent } from "../events/telemetry-event.js";
import { rounded } from "../lineage/item-facts.js";
import type { ReportSeries } from "./page/report-format.js";

/** More points than pixels say nothing. */
const maxPoints = 1_000;
const maxProcesses = 200;

interface Series {
  readonly name: string;
  time: number[];
  cpu: number[];
  memory: number[];
  spilled: number[];
}

/** What processes used over time, at most {@link maxPoints} moments each. */
export class ResourceSeries {
  readonly #series = new Map<string, Series>();
  #left = new Set<string>();

  /** Takes a sample of a process that is called so. */
  add(name: string, { time, cpu, memory }: SampleEvent): void {
    let series = this.#series.get(name);
    if (series === undefined) {
      if (this.#series.size >= maxProcesses) {
        this.#left.add(name);
        return;
      }
      series = { name, time: [], cpu: [], memory: [], spilled: [] };
      this.#series.set(name, series);
    }
    series.time.push(time);
    series.cpu.push(cpu ?? Number.NaN);
    series.memory.push(memory?.process ?? Number.NaN);
    series.spilled.push(memory?.spilled ?? 0);
    if (series.time.length >= 2 * maxPoints) halve(series);
  }

  /** Processes that are not shown. */
  get leftOut(): number {
    return this.#left.size;
  }

  /** Times in seconds after the origin; null for what was not measured. */
  result(origin: EpochSeconds): ReportSeries[] {
    return [...this.#series.values()].map((series) => {
      while (series.time.length > maxPoints) halve(series);
      return {
        name: series.name,
        time: series.time.map((time) => rounded(time - origin)),
        cpu: series.cpu.map(measured),
        memory: series.memory.map(measured),
        ...(series.spilled.some((bytes) => bytes > 0) && { spilled: series.spilled }),
      };
    });
  }
}

function measured(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : null;
}

/** Two moments become one: the mean of the processor's, the most of the memory's. */
function halve(series: Series): void {
  const pairs = <T>(values: readonly number[], join: (a: number, b: number) => T): T[] => {
    const result: T[] = [];
    for (let i = 0; i < values.length; i += 2) {
      const a = values[i] ?? Number.NaN;
      result.push(join(a, values[i + 1] ?? a));
    }
    return result;
  };
  const known = (a: number, b: number): boolean => !Number.isNaN(a) && !Number.isNaN(b);
  const most = (a: number, b: number): number =>
    known(a, b) ? Math.max(a, b) : Number.isNaN(a) ? b : a;
  series.time = pairs(series.time, (a) => a);
  series.cpu = pairs(series.cpu, (a, b) => (known(a, b) ? (a + b) / 2 : Number.isNaN(a) ? b : a));
  series.memory = pairs(series.memory, most);
  series.spilled = pairs(series.spilled, most);
}
