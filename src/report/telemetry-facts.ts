import type { EpochSeconds } from "../base/clock.js";
import type { WorkerRemovedEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import type { BandwidthEvent, SampleEvent, TransferFigures } from "../events/telemetry-event.js";
import { rounded } from "../lineage/item-facts.js";
import { CallTrees } from "./call-tree.js";
import { KeptLogs } from "./kept-logs.js";
import type { ReportBandwidth, ReportTelemetry } from "./page/report-format.js";
import { ResourceSeries } from "./resource-series.js";

const maxRows = 2_000;
/** Seconds: what Dask calls unresponsive. */
const unresponsive = 3;

const program = "program";

/** Gathers what a report shows of samples, transfers by type, profiles and logs. */
export class TelemetryFacts {
  readonly #workers = new Map<number, string>();
  readonly #series = new ResourceSeries();
  readonly #trees = new CallTrees();
  readonly #bandwidth = new Map<number, BandwidthEvent>();
  readonly #logs = new KeptLogs();
  #main: "scheduler" | typeof program = "scheduler";

  /** Takes the next event of the run. */
  take(event: TaskEvent): void {
    switch (event.type) {
      case "run":
        if (event.engine !== "dask") this.#main = program;
        break;
      case "worker+":
        this.#workers.set(event.worker, event.name ?? event.address);
        break;
      case "worker-":
        if (event.reason === "died") this.#lost(event);
        break;
      case "sample":
        this.#series.add(this.#nameOf(event.worker), event);
        this.#late(event);
        break;
      case "profile":
        this.#trees.add(event);
        break;
      case "bandwidth":
        this.#bandwidth.set(event.worker, event);
        break;
      case "log":
        this.#logs.add(event, this.#nameOf(event.worker));
        break;
      default: // The rest is in the document.
    }
  }

  /** Undefined when the journal has none of it. */
  result(origin: EpochSeconds): ReportTelemetry | undefined {
    const series = this.#series.result(origin);
    const profiles = this.#trees.result();
    const { logs, more } = this.#logs;
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
      moreLogs: more,
    };
  }

  /** No record of a dead worker's own says so, and the scheduler's may be below the least level. */
  #lost({ time, worker }: WorkerRemovedEvent): void {
    this.#own(time, "error", worker, "The worker died.");
  }

  /** Dask's processes say so themselves, the program of the embedded engine does not. */
  #late({ time, worker, delay = 0 }: SampleEvent): void {
    if (this.#main !== program || delay < unresponsive) return;
    this.#own(
      time,
      "warning",
      worker,
      `The event loop was unresponsive for ${delay.toFixed(2)} s.`,
    );
  }

  #own(time: EpochSeconds, level: "warning" | "error", worker: number | null, text: string): void {
    const about = { type: "log", time, level, worker, logger: "taskprov", text } as const;
    this.#logs.add(about, this.#nameOf(worker));
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
