import { AttemptLog } from "./attempt-log.js";
import type { TraceAttempt, TraceRun } from "./trace-attempt.js";
import type { TraceWriter } from "./trace-writer.js";

/** Upper bounds of the histogram, seconds. */
const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600] as const;
/** Groups with series of their own; a time series a group must stay affordable. */
const maxGroups = 1000;
/** The label of all later groups together. */
const otherGroups = "(other)";

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
 * The final figures of a run in Prometheus's text format (0.0.4), for the textfile collector or a
 * pushgateway: tasks and attempts by state and group, durations as a histogram.
 */
export function createPrometheusWriter(): TraceWriter {
  const groups = new Map<string, GroupFigures>();
  let workers = 0;
  const figures = (group: string): GroupFigures => {
    const name = groups.has(group) || groups.size < maxGroups ? group : otherGroups;
    let found = groups.get(name);
    if (found === undefined) {
      found = noFigures();
      groups.set(name, found);
    }
    return found;
  };
  const log = new AttemptLog({
    attempt: (attempt) => addAttempt(figures(attempt.group), attempt),
    task: (group, status) => increase(figures(group).tasks, status),
  });
  return {
    push: (event) => {
      log.push(event);
      if (event.type === "worker+") workers++;
      return "";
    },
    noteGap: () => log.noteGap(),
    finish: function* () {
      const run = log.finish();
      yield runText(run, workers);
      yield* groupTexts([...groups].sort(byName));
    },
  };
}

function noFigures(): GroupFigures {
  return {
    tasks: new Map(),
    attempts: new Map(),
    durations: buckets.map(() => 0),
    count: 0,
    seconds: 0,
    transferSeconds: 0,
    bytes: 0,
    retries: 0,
  };
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function addAttempt(figures: GroupFigures, attempt: TraceAttempt): void {
  increase(figures.attempts, attempt.status);
  figures.transferSeconds += attempt.transferSeconds;
  figures.bytes += attempt.nbytes ?? 0;
  if (attempt.retryOf !== undefined && attempt.ran) figures.retries++;
  if (attempt.status !== "ok" && attempt.status !== "error") return;
  const seconds = attempt.end - attempt.start;
  figures.count++;
  figures.seconds += seconds;
  const bucket = buckets.findIndex((bound) => seconds <= bound);
  if (bucket >= 0) figures.durations[bucket] = (figures.durations[bucket] ?? 0) + 1;
}

function runText({ event, start, end, dropped, incomplete }: TraceRun, workers: number): string {
  const info = { run_id: event.runId, engine: event.engine };
  return [
    ...metric("taskprov_run_info", "gauge", "The run that these figures are of.", [[info, 1]]),
    ...metric("taskprov_run_start_time_seconds", "gauge", "When the run began, since the epoch.", [
      [{}, start],
    ]),
    ...metric("taskprov_run_duration_seconds", "gauge", "How long the run took.", [
      [{}, micro(end - start)],
    ]),
    ...metric("taskprov_run_complete", "gauge", "1 when nothing is missing in the record.", [
      [{}, incomplete ? 0 : 1],
    ]),
    ...metric("taskprov_workers_added_total", "counter", "Workers that joined.", [[{}, workers]]),
    ...metric(
      "taskprov_dropped_events_total",
      "counter",
      "Events that were dropped while recording.",
      [[{}, dropped]],
    ),
    "",
  ].join("\n");
}

type Groups = readonly (readonly [string, GroupFigures])[];
type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

function* groupTexts(groups: Groups): Generator<string> {
  const text = (lines: string[]): string => `${lines.join("\n")}\n`;
  const states = (of: "tasks" | "attempts"): Sample[] =>
    groups.flatMap(([group, figures]) =>
      [...figures[of]].sort(byName).map(([state, count]): Sample => [{ group, state }, count]),
    );
  const totals = (of: "retries" | "bytes" | "transferSeconds"): Sample[] =>
    groups.map(([group, figures]) => [{ group }, micro(figures[of])]);
  yield text(
    metric("taskprov_tasks_total", "counter", "Tasks by how they ended.", states("tasks")),
  );
  yield text(
    metric("taskprov_attempts_total", "counter", "Attempts by how they ended.", states("attempts")),
  );
  yield text(
    metric("taskprov_retries_total", "counter", "Attempts that repeat one.", totals("retries")),
  );
  yield text(
    metric("taskprov_output_bytes_total", "counter", "Bytes of results.", totals("bytes")),
  );
  const fetching = "Seconds spent on fetching inputs.";
  yield text(
    metric("taskprov_transfer_seconds_total", "counter", fetching, totals("transferSeconds")),
  );
  yield text(histogram(groups));
}

function histogram(groups: Groups): string[] {
  const name = "taskprov_attempt_duration_seconds";
  const lines = header(name, "histogram", "How long attempts ran that worked or failed.");
  for (const [group, figures] of groups) {
    let below = 0;
    for (const [i, bound] of buckets.entries()) {
      below += figures.durations[i] ?? 0;
      lines.push(sample(`${name}_bucket`, { group, le: String(bound) }, below));
    }
    lines.push(sample(`${name}_bucket`, { group, le: "+Inf" }, figures.count));
    lines.push(sample(`${name}_sum`, { group }, micro(figures.seconds)));
    lines.push(sample(`${name}_count`, { group }, figures.count));
  }
  return lines;
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string[] {
  return [
    ...header(name, type, help),
    ...samples.map(([labels, value]) => sample(name, labels, value)),
  ];
}

function header(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** By code units, whatever the locale. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Sums of doubles, without the digits that mean nothing. */
function micro(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
