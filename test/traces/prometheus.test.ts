import { describe, expect, test } from "vitest";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { exported, recordTroubledRun } from "./recorded.js";

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the text format strictly: HELP and TYPE before samples, families in one piece. */
function parse(text: string): Sample[] {
  expect(text.endsWith("\n")).toBe(true);
  const samples: Sample[] = [];
  const series = new Set<string>();
  let family = "";
  const finished = new Set<string>();
  for (const line of text.trimEnd().split("\n")) {
    const help = /^# HELP (\S+) .+$/.exec(line);
    if (help !== null) {
      family = help[1] ?? "";
      expect(finished.has(family)).toBe(false);
      finished.add(family);
      continue;
    }
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      expect(type[1]).toBe(family);
      if (type[2] === "counter") expect(family).toMatch(/_total$/);
      continue;
    }
    const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name = "", inside = "", value] = sample ?? [];
    expect(name.replace(/_(bucket|sum|count)$/, "")).toBe(family);
    expect(series.has(line.slice(0, line.lastIndexOf(" ")))).toBe(false);
    series.add(line.slice(0, line.lastIndexOf(" ")));
    const labels = [...inside.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, of]) => [
      label,
      JSON.parse(`"${of}"`),
    ]);
    samples.push({ name, labels: Object.fromEntries(labels), value: Number(value) });
  }
  return samples;
}

function total(samples: readonly Sample[], name: string, labels: Record<string, string>): number {
  return samples
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, one) => sum + one.value, 0);
}

describe("Prometheus text of a real run", () => {
  test("follows the format and counts what the PROV document counts", async () => {
    const { summary, journal } = await recordTroubledRun();
    const samples = parse(await exported(journal, "prometheus"));
    for (const state of ["ok", "error", "blocked"]) {
      expect(total(samples, "taskprov_attempts_total", { state })).toBe(summary.counts[state]);
    }
    expect(total(samples, "taskprov_tasks_total", {})).toBe(summary.counts["tasks"]);
    expect(total(samples, "taskprov_tasks_total", { state: "error" })).toBe(1);
    expect(total(samples, "taskprov_retries_total", {})).toBe(2);
    expect(total(samples, "taskprov_workers_added_total", {})).toBe(2);
    expect(total(samples, "taskprov_run_complete", {})).toBe(1);
    expect(total(samples, "taskprov_tasks_total", { group: 'boom "quoted"\n\\' })).toBe(1);
  });
});

test("durations are a cumulative histogram", async () => {
  const run = new EventRun();
  for (const [i, seconds] of [0.0005, 0.2, 0.2, 7, 5000].entries()) {
    run
      .task(`t-${i}`)
      .assign(`t-${i}`)
      .add({
        type: "done",
        task: run.number(`t-${i}`),
        worker: 0,
        spans: [{ action: "compute", start: 1_795_169_700, stop: 1_795_169_700 + seconds }],
      });
  }
  run.end();
  const samples = parse(await exported(writeJournal(temporaryFolder(), run.events), "prometheus"));
  const name = "taskprov_attempt_duration_seconds";
  const below = (le: string): number => total(samples, `${name}_bucket`, { group: "t", le });
  expect(["0.001", "0.1", "0.5", "5", "10", "3600", "+Inf"].map(below)).toEqual([
    1, 1, 3, 3, 4, 4, 5,
  ]);
  expect(total(samples, `${name}_count`, { group: "t" })).toBe(5);
  expect(total(samples, `${name}_sum`, { group: "t" })).toBeCloseTo(5007.4005, 4);
});

test("groups beyond the thousandth share a series", async () => {
  const run = new EventRun();
  for (let i = 0; i < 1200; i++) run.task(`g${i}`, [], { fn: "f" }).runs(`g${i}`);
  run.end();
  const text = await exported(writeJournal(temporaryFolder(), run.events), "prometheus");
  expect(text.match(/^taskprov_tasks_total\{/gm)).toHaveLength(1001);
  expect(text).toContain('taskprov_tasks_total{group="(other)",state="ok"} 200\n');
});
