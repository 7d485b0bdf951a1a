import type { EpochSeconds } from "../base/clock.js";
import type {
  BandwidthEvent,
  LogEvent,
  TaskEvent,
  TransferFigures,
  WorkerRemovedEvent,
} from "../events/task-event.js";
import { rounded } from "../lineage/item-facts.js";
import { CallTrees } from "./call-tree.js";
import type { ReportBandwidth, ReportLog, ReportTelemetry } from "./page/report-format.js";
import { ResourceSeries } from "./resource-series.js";

const maxLogs = 1_000;
const maxLogChars = 2_000;
const maxRows = 2_000;

/** Gathers what a report shows of samples, transfers by type, profiles and logs. */
export class TelemetryFacts {
  readonly #workers = new Map<number, string>();
  readonly #series = new ResourceSeries();
  readonly #trees = new CallTrees();
  readonly #bandwidth = new Map<number, BandwidthEvent>();
  #logs: ReportLog[] = [];
  #moreLogs = 0;
  #main = "scheduler";

  /** Takes the next event of the run. */
  take(event: TaskEvent): void {
    switch (event.type) {
      case "run":
        if (event.engine !== "dask") this.#main = "program";
        break;
      case "worker+":
        this.#workers.set(event.worker, event.name ?? event.address);
        break;
      case "worker-":
        if (event.reason === "died") this.#lost(event);
        break;
      case "sample":
        this.#series.add(this.#nameOf(event.worker), event);
        break;
      case "profile":
        this.#trees.add(event);
        break;
      case "bandwidth":
        this.#bandwidth.set(event.worker, event);
        break;
      case "log":
        this.#log(event);
        break;
      default: // The rest is in the document.
    }
  }

  /** Undefined when the journal has none of it. */
  result(origin: EpochSeconds): ReportTelemetry | undefined {
    const series = this.#series.result(origin);
    const profiles = this.#trees.result();
    const logs = this.#logs.slice(-maxLogs);
    if (series.length + profiles.length + logs.length + this.#bandwidth.size === 0) {
      return undefined;
    }
    return {
      series,
      moreSeries: this.#series.leftOut,
      pairs: this.#pairs(),
      types: this.#types(),
      profiles,
      logs: logs.map(([time, ...rest]) => [rounded(time - origin), ...rest]),
      moreLogs: this.#moreLogs + this.#logs.length - logs.length,
    };
  }

  /** The last ones are kept, for they tell how it ended. */
  #log({ time, level, worker, logger, text, omitted = 0 }: LogEvent): void {
    this.#moreLogs += omitted;
    this.#logs.push([time, level, this.#nameOf(worker), logger, text.slice(0, maxLogChars)]);
    if (this.#logs.length < 2 * maxLogs) return;
    this.#moreLogs += this.#logs.length - maxLogs;
    this.#logs = this.#logs.slice(-maxLogs);
  }

  /** No record of a dead worker's own says so, and the scheduler's may be below the least level. */
  #lost({ time, worker }: WorkerRemovedEvent): void {
    const text = "The worker died.";
    this.#log({ type: "log", time, level: "error", worker, logger: "taskprov", text });
  }

  #pairs(): ReportBandwidth[] {
    const sums = new Sums();
    for (const { worker, from } of this.#bandwidth.values()) {
      const to = this.#nameOf(worker);
      for (const { source, ...figures } of from) {
        const name = typeof source === "number" ? this.#nameOf(source) : source;
        sums.add(`${name} → ${to}`, figures);
      }
    }
    return sums.result();
  }

  #types(): ReportBandwidth[] {
    const sums = new Sums();
    for (const { types } of this.#bandwidth.values()) {
      for (const { typeName, ...figures } of types) sums.add(typeName, figures);
    }
    return sums.result();
  }

  #nameOf(worker: number | null): string {
    return worker === null ? this.#main : (this.#workers.get(worker) ?? `worker ${worker}`);
  }
}

/** Adds transfers up by name. */
class Sums {
  readonly #sums = new Map<string, { bytes: number; seconds: number; count: number }>();

  add(name: string, { bytes, seconds, count }: TransferFigures): void {
    const sum = this.#sums.get(name) ?? { bytes: 0, seconds: 0, count: 0 };
    this.#sums.set(name, sum);
    sum.bytes += bytes;
    sum.seconds += seconds;
    sum.count += count;
  }

  /** The largest first. */
  result(): ReportBandwidth[] {
    return [...this.#sums]
      .map(
        ([name, { bytes, seconds, count }]): ReportBandwidth => [
          name,
          bytes,
          rounded(seconds),
          count,
        ],
      )
      .sort((a, b) => b[1] - a[1])
      .slice(0, maxRows);
  }
}
