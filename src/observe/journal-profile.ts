import type { EpochSeconds } from "../base/clock.js";
import type { Encoded } from "../describe/encoded.js";
import { keyText } from "../describe/key-text.js";
import type { Span } from "../events/attempt-event.js";
import type { GraphTask } from "../events/graph-event.js";
import { type JournalSource, readJournal } from "../events/read-journal.js";
import type { TaskEvent } from "../events/task-event.js";
import type { ResourceUser } from "./resource-panel.js";
import { type ResourceSummary, ResourceTally } from "./resource-tally.js";

/** One try of a task, as a journal tells it. */
export interface ProfiledAttempt {
  readonly key: string;
  readonly group: string;
  /** The name of the function; empty for plain data. */
  readonly function: string;
  readonly status: "ok" | "error" | "lost";
  /** Address of the worker. */
  readonly worker: string;
  readonly thread?: number;
  /** Of the compute span; seconds since the epoch. */
  readonly start: EpochSeconds;
  /** Of the compute span; seconds since the epoch. */
  readonly stop: EpochSeconds;
  /** Seconds spent on fetching inputs. */
  readonly transfer: number;
  /** Size of the result. */
  readonly nbytes?: number;
  /** Name or position of each argument, and what was passed: a value, or the key it came from. */
  readonly inputs: readonly (readonly [name: string, value: string])[];
}

/** How long attempts took, in seconds. */
export interface DurationSummary {
  /** Name of the group, function or worker. */
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  readonly total: number;
  readonly mean: number;
  readonly median: number;
  /** 95 of 100 took no longer. */
  readonly p95: number;
  readonly max: number;
}

/** Where the time of a run went. */
export interface JournalProfile {
  readonly runId: string;
  readonly engine: string;
  /** From the first attempt's start to the last one's stop, in seconds. */
  readonly wall: number;
  /** All attempts together, in seconds. */
  readonly compute: number;
  /** Seconds spent on fetching inputs. */
  readonly transfer: number;
  /** How many attempts were running on average. */
  readonly parallelism: number;
  /** How many attempts were running at most. */
  readonly peak: number;
  /** Events that tracking lost: the tables lack them. */
  readonly dropped: number;
  readonly groups: readonly DurationSummary[];
  readonly functions: readonly DurationSummary[];
  readonly workers: readonly DurationSummary[];
  /** Each worker that was sampled, and the scheduler's process. */
  readonly resources: readonly ResourceSummary[];
  /** The samples behind `resources`. */
  readonly usage: readonly ResourceUser[];
  /** In the order they ended; those that never ran are left out. */
  readonly attempts: readonly ProfiledAttempt[];
}

/**
 * Tells where the time of a recorded run went, whichever engine it ran on.
 *
 * @param source - path or bytes of a journal, also of a run that goes on.
 * @throws {@link TaskprovError} `ERR_FILE`, `ERR_JOURNAL`, `ERR_JOURNAL_VERSION`
 */
export async function profileJournal(
  source: JournalSource,
  name?: string,
): Promise<JournalProfile> {
  const collector = new AttemptCollector();
  for await (const events of readJournal(source, name).batches()) {
    for (const event of events) collector.add(event);
  }
  return collector.profile();
}

/** Seconds of all spans of a kind. */
function secondsOf(spans: readonly Span[], action: string): number {
  let seconds = 0;
  for (const span of spans) if (span.action === action) seconds += span.stop - span.start;
  return seconds;
}

class AttemptCollector {
  readonly #attempts: ProfiledAttempt[] = [];
  readonly #tasks = new Map<number, GraphTask>();
  readonly #keys = new Map<number, string>();
  readonly #functions = new Map<number, string>();
  readonly #workers = new Map<number, string>();
  readonly #assigned = new Map<number, number>();
  readonly #resources = new ResourceTally();
  #runId = "";
  #engine = "";
  #dropped = 0;

  add(event: TaskEvent): void {
    switch (event.type) {
      case "run":
        this.#runId = event.runId;
        this.#engine = event.engine;
        return;
      case "fn":
        this.#functions.set(event.function, event.name);
        return;
      case "worker+":
        this.#workers.set(event.worker, event.address);
        return;
      case "graph":
        for (const task of event.tasks) {
          this.#tasks.set(task.task, task);
          this.#keys.set(task.task, keyText(task.key));
        }
        return;
      case "scatter":
        this.#keys.set(event.task, keyText(event.key));
        return;
      case "assign":
        this.#assigned.set(event.task, event.worker);
        return;
      case "done":
        this.#note(event.task, event.spans, "ok", event.worker, event.thread, event.nbytes);
        return;
      case "failed":
        this.#note(event.task, event.spans ?? [], "error", event.worker);
        return;
      case "lost":
        this.#note(event.task, event.spans ?? [], "lost", this.#assigned.get(event.task) ?? null);
        return;
      case "forget":
        this.#tasks.delete(event.task);
        this.#assigned.delete(event.task);
        return;
      case "sample":
        this.#resources.add(event, this.#nameOf(event.worker));
        return;
      case "dropped":
        this.#dropped += event.count;
        return;
      default:
    }
  }

  #note(
    number: number,
    spans: readonly Span[],
    status: ProfiledAttempt["status"],
    worker: number | null,
    thread?: number,
    nbytes?: number,
  ): void {
    const task = this.#tasks.get(number);
    const computes = spans.filter(({ action }) => action === "compute");
    const [first] = computes;
    const last = computes.at(-1);
    if (task === undefined || first === undefined || last === undefined) return;
    this.#attempts.push({
      key: this.#keys.get(number) ?? "",
      group: task.group,
      function: task.function === null ? "" : (this.#functions.get(task.function) ?? ""),
      status,
      worker: worker === null ? "" : this.#nameOf(worker),
      start: first.start,
      // A worker's clock that was set back must not give negative durations.
      stop: Math.max(first.start, last.stop),
      transfer: secondsOf(spans, "transfer"),
      inputs: this.#inputs(task),
      ...(thread !== undefined && { thread }),
      ...(nbytes !== undefined && { nbytes }),
    });
  }

  /** Null: the process of the scheduler, which is the program's on the embedded engine. */
  #nameOf(worker: number | null): string {
    if (worker === null) return this.#engine === "dask" ? "scheduler" : "program";
    return this.#workers.get(worker) ?? `worker ${worker}`;
  }

  #inputs(task: GraphTask): (readonly [string, string])[] {
    return task.arguments.map(([name, value]) => [String(name), this.#valueText(value)]);
  }

  #valueText(value: Encoded): string {
    if (Array.isArray(value) && value[0] === "r") return this.#keys.get(Number(value[1])) ?? "?";
    const text = keyText(value);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
  }

  profile(): JournalProfile {
    const attempts = this.#attempts;
    let [first, last, compute, transfer] = [Number.POSITIVE_INFINITY, 0, 0, 0];
    for (const { start, stop, transfer: fetching } of attempts) {
      first = Math.min(first, start);
      last = Math.max(last, stop);
      compute += stop - start;
      transfer += fetching;
    }
    const wall = attempts.length === 0 ? 0 : last - first;
    return {
      runId: this.#runId,
      engine: this.#engine,
      wall,
      compute,
      transfer,
      parallelism: wall === 0 ? 0 : compute / wall,
      peak: peakOf(attempts),
      dropped: this.#dropped,
      groups: summarise(attempts, ({ group }) => group),
      functions: summarise(attempts, (attempt) => attempt.function),
      workers: summarise(attempts, ({ worker }) => worker),
      resources: this.#resources.summaries(),
      usage: this.#resources.users(),
      attempts,
    };
  }
}

/** How many ran at once at most; one that begins when another stops does not meet it. */
function peakOf(attempts: readonly ProfiledAttempt[]): number {
  const starts = Float64Array.from(attempts, ({ start }) => start).sort();
  const stops = Float64Array.from(attempts, ({ stop }) => stop).sort();
  let peak = 0;
  let ended = 0;
  for (const [begun, start] of starts.entries()) {
    while ((stops[ended] ?? Number.POSITIVE_INFINITY) <= start) ended++;
    peak = Math.max(peak, begun + 1 - ended);
  }
  return peak;
}

/** A row for each name, the one with most time first. */
function summarise(
  attempts: readonly ProfiledAttempt[],
  nameOf: (attempt: ProfiledAttempt) => string,
): DurationSummary[] {
  const named = new Map<string, { durations: number[]; failed: number }>();
  for (const attempt of attempts) {
    const name = nameOf(attempt);
    const entry = named.get(name) ?? { durations: [], failed: 0 };
    named.set(name, entry);
    entry.durations.push(attempt.stop - attempt.start);
    if (attempt.status !== "ok") entry.failed++;
  }
  return Array.from(named, ([name, { durations, failed }]) => {
    const sorted = Float64Array.from(durations).sort();
    const total = sorted.reduce((sum, seconds) => sum + seconds, 0);
    return {
      name,
      count: sorted.length,
      failed,
      total,
      mean: total / sorted.length,
      median: quantile(sorted, 0.5),
      p95: quantile(sorted, 0.95),
      max: quantile(sorted, 1),
    };
  }).sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
}

/** The smallest value that a part of the values does not exceed. */
function quantile(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
