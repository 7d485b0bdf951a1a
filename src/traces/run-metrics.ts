import type { TaskEvent } from "../events/task-event.js";
import { AttemptLog } from "./attempt-log.js";
import { type MetricFamily, type MetricSample, micro } from "./metric-family.js";
import { TaskStates, taskPlaces } from "./task-states.js";
import type { TraceAttempt } from "./trace-attempt.js";
import { WorkerGauges } from "./worker-gauges.js";

/** Upper bounds of the histogram, seconds. */
const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600] as const;
/** Groups with series of their own; a time series a group must stay affordable. */
const maxGroups = 1000;
/** Types of exceptions with series of their own. */
const maxTypes = 100;
/** The label of all others together. */
const others = "(other)";

interface GroupFigures {
  readonly tasks: Map<string, number>;
  readonly attempts: Map<string, number>;
  readonly durations: number[];
  count: number;
  seconds: number;
  transferSeconds: number;
  bytes: number;
  retries: number;
}

/**
 * The metrics of one run, under the one set of names that taskprov gives them, at any moment of
 * the run. What it keeps is bounded by the groups and by what is alive.
 */
export class RunMetrics {
  readonly #groups = new Map<string, GroupFigures>();
  readonly #names = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #logs = new Map<string, number>();
  readonly #log: AttemptLog;
  readonly #workers = new WorkerGauges();
  readonly #states = new TaskStates((group) => this.#groupName(group));
  #start = 0;
  #now = 0;
  #dropped = 0;
  #gaps = 0;
  #isOver = false;

  constructor() {
    this.#log = new AttemptLog({
      attempt: (attempt) => this.#addAttempt(attempt),
      task: (group, status) => increase(this.#figures(group).tasks, status),
    });
  }

  /** UUID of the run, once its first event was there. */
  get runId(): string | undefined {
    return this.#log.run?.runId;
  }

  /**
   * Takes the next event.
   *
   * @throws {@link TaskprovError} as the {@link AttemptLog} does.
   */
  push(event: TaskEvent): void {
    this.#log.push(event);
    this.#states.push(event);
    this.#workers.push(event);
    this.#now = Math.max(this.#now, event.time);
    if (event.type === "run") this.#start = event.time;
    else if (event.type === "dropped") this.#dropped += event.count;
    else if (event.type === "log") increase(this.#logs, event.level);
    else if (event.type === "end") this.#isOver = true;
  }

  /** Events are missing here. */
  noteGap(): void {
    this.#gaps++;
    this.#log.noteGap();
  }

  /** Nothing follows: what is still open is counted as it stands. */
  finish(): MetricFamily[] {
    const { start, end, incomplete } = this.#log.finish();
    return this.#families(start, end, !incomplete);
  }

  /** The metrics as they stand. */
  families(): MetricFamily[] {
    return this.#families(this.#start, this.#now, this.#gaps === 0 && this.#dropped === 0);
  }

  #families(start: number, end: number, isComplete: boolean): MetricFamily[] {
    const { run } = this.#log;
    if (run === undefined) return [];
    const info = { run_id: run.runId, engine: run.engine };
    return [
      gauge("taskprov_run_info", "The run that these figures are of.", [
        { labels: info, value: 1 },
      ]),
      gauge("taskprov_run_start_time_seconds", "When the run began, since the epoch.", one(start)),
      gauge("taskprov_run_duration_seconds", "How long the run took.", one(micro(end - start))),
      gauge("taskprov_run_over", "1 when the run has ended.", one(this.#isOver ? 1 : 0)),
      gauge(
        "taskprov_run_complete",
        "1 when nothing is missing in the record.",
        one(isComplete ? 1 : 0),
      ),
      counter(
        "taskprov_dropped_events_total",
        "Events that were dropped while recording.",
        one(this.#dropped),
      ),
      ...this.#workers.families(),
      ...this.#groupFamilies([...this.#groups].sort(byName)),
      counter("taskprov_failures_total", "Attempts that failed, by exception.", [
        ...counted(this.#failures, "exception"),
      ]),
      counter("taskprov_log_records_total", "Log records of scheduler and workers.", [
        ...counted(this.#logs, "level"),
      ]),
    ];
  }

  #groupFamilies(groups: Groups): MetricFamily[] {
    const states = (of: "tasks" | "attempts"): MetricSample[] =>
      groups.flatMap(([group, figures]) => counted(figures[of], "state", { group }));
    const totals = (of: "retries" | "bytes" | "transferSeconds"): MetricSample[] =>
      groups.map(([group, figures]) => ({ labels: { group }, value: micro(figures[of]) }));
    return [
      gauge("taskprov_tasks", "Tasks by where they are now.", this.#places()),
      counter("taskprov_tasks_total", "Tasks by how they ended.", states("tasks")),
      counter("taskprov_attempts_total", "Attempts by how they ended.", states("attempts")),
      counter("taskprov_retries_total", "Attempts that repeat one.", totals("retries")),
      counter("taskprov_output_bytes_total", "Bytes of results.", totals("bytes")),
      counter(
        "taskprov_transfer_seconds_total",
        "Seconds spent on fetching inputs.",
        totals("transferSeconds"),
      ),
      {
        name: "taskprov_attempt_duration_seconds",
        type: "histogram",
        help: "How long attempts ran that worked or failed.",
        samples: groups.flatMap(histogram),
      },
    ];
  }

  #places(): MetricSample[] {
    return [...this.#states.counts]
      .sort(byName)
      .flatMap(([group, counts]) =>
        taskPlaces.map((state) => ({ labels: { group, state }, value: counts.get(state) ?? 0 })),
      );
  }

  #addAttempt(attempt: TraceAttempt): void {
    const figures = this.#figures(attempt.group);
    increase(figures.attempts, attempt.status);
    figures.transferSeconds += attempt.transferSeconds;
    figures.bytes += attempt.nbytes ?? 0;
    if (attempt.retryOf !== undefined && attempt.ran) figures.retries++;
    if (attempt.status === "error") {
      const type = attempt.failure?.type ?? "(unknown)";
      const isKnown = this.#failures.has(type) || this.#failures.size < maxTypes;
      increase(this.#failures, isKnown ? type : others);
    } else if (attempt.status !== "ok") return;
    const seconds = attempt.end - attempt.start;
    figures.count++;
    figures.seconds += seconds;
    const bucket = buckets.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) figures.durations[bucket] = (figures.durations[bucket] ?? 0) + 1;
  }

  #groupName(group: string): string {
    if (this.#names.has(group)) return group;
    if (this.#names.size >= maxGroups) return others;
    this.#names.add(group);
    return group;
  }

  #figures(group: string): GroupFigures {
    const name = this.#groupName(group);
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const figures = {
      tasks: new Map<string, number>(),
      attempts: new Map<string, number>(),
      durations: buckets.map(() => 0),
      ...{ count: 0, seconds: 0, transferSeconds: 0, bytes: 0, retries: 0 },
    };
    this.#groups.set(name, figures);
    return figures;
  }
}

type Groups = readonly (readonly [string, GroupFigures])[];

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function counted(
  counts: ReadonlyMap<string, number>,
  label: string,
  labels: MetricSample["labels"] = {},
): MetricSample[] {
  return [...counts]
    .sort(byName)
    .map(([name, value]) => ({ labels: { ...labels, [label]: name }, value }));
}

function histogram([group, figures]: Groups[number]): MetricSample[] {
  let below = 0;
  const series: MetricSample[] = buckets.map((bound, i) => {
    below += figures.durations[i] ?? 0;
    return { suffix: "_bucket", labels: { group, le: String(bound) }, value: below };
  });
  return [
    ...series,
    { suffix: "_bucket", labels: { group, le: "+Inf" }, value: figures.count },
    { suffix: "_sum", labels: { group }, value: micro(figures.seconds) },
    { suffix: "_count", labels: { group }, value: figures.count },
  ];
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: "counter", help, samples };
}

function one(value: number): MetricSample[] {
  return [{ labels: {}, value }];
}

/** By code units, whatever the locale. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
