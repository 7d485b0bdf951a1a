import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LogLevel } from "../../src/events/telemetry-event.js";
import type { ReportHead, ReportTelemetry } from "../../src/report/page/report-format.js";
import { collectReport } from "../../src/report/write-report.js";
import { buildDocument } from "../../src/track/build-document.js";
import { EventRun } from "../support/event-run.js";
import { telemetryRun } from "../support/telemetry-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

async function headOf(run: EventRun): Promise<ReportHead> {
  const journal = writeJournal(temporaryFolder(), run.events);
  return (await collectReport(journal, { index: "none" })).head;
}

async function telemetryOf(run: EventRun): Promise<ReportTelemetry> {
  const { telemetry } = await headOf(run);
  if (telemetry === undefined) throw new Error("no telemetry");
  return telemetry;
}

function says(run: EventRun, level: LogLevel, text: string): void {
  run.add({ type: "log", worker: 0, level, logger: "l", text });
}

test("samples become a series for each process, on the clock of the page", async () => {
  const { series } = await telemetryOf(telemetryRun());
  expect(series.map(({ name }) => name)).toEqual(["program", "inproc-0", "beta"]);
  const [, first, beta] = series;
  expect(first?.cpu).toEqual([0, 10, 20, 30, 40]);
  expect(beta?.memory[4]).toBe(104e6);
  expect([first?.spilled, beta?.spilled?.[4]]).toEqual([undefined, 20e6]);
  expect(first?.time[0]).toBeGreaterThan(0);
});

test("a document takes what only its own journal says from the one beside it", async () => {
  const folder = temporaryFolder();
  const { events } = telemetryRun();
  const journal = writeJournal(folder, events, "yprov4wfs.journal");
  const document = join(folder, "yprov4wfs.json");
  await buildDocument(journal, { output: document });
  const telemetry = async (path: string): Promise<ReportTelemetry | undefined> =>
    (await collectReport(path, { index: "none" })).head.telemetry;
  expect(await telemetry(document)).toEqual(await telemetry(journal));
  const [run, ...rest] = events;
  if (run?.type !== "run") throw new Error("no run");
  rmSync(journal);
  writeJournal(
    folder,
    [{ ...run, runId: "99999999-2222-4333-8444-555555555555" }, ...rest],
    "yprov4wfs.journal",
  );
  expect(await telemetry(document)).toBeUndefined();
  writeFileSync(journal, "no journal");
  expect(await telemetry(document)).toBeUndefined();
});

test("a long run keeps at most a thousand moments a process, with the most memory of each", async () => {
  const { series } = await telemetryOf(telemetryRun(7_000));
  for (const { time, cpu, memory } of series) {
    expect(time.length).toBeLessThanOrEqual(1_000);
    expect(time.length).toBeGreaterThan(400);
    expect([cpu.length, memory.length]).toEqual([time.length, time.length]);
    expect(time.toSorted((a, b) => a - b)).toEqual(time);
    expect(Math.max(...memory.map(Number))).toBe(1e8 + 1e6 * 6_999);
  }
});

test("profiles of all processes are one tree, with what a call called inside it", async () => {
  const { profiles } = await telemetryOf(telemetryRun());
  expect(profiles).toEqual([
    {
      of: "tasks",
      seconds: 2,
      count: 200,
      calls: [
        ["load (project/tasks.py:12)", 180, [["parse", 140, []]]],
        ["</script><b>", 20, []],
      ],
    },
  ]);
});

test("transfers are summed by pair and by type, also from workers that are not known", async () => {
  const { pairs, types } = await telemetryOf(telemetryRun());
  expect(pairs).toEqual([
    ["inproc-0 → beta", 4e6, 0.5, 3],
    ["tcp://gone:1 → beta", 1e3, 0, 1],
  ]);
  expect(types).toEqual([["numpy.ndarray", 4e6, 0.5, 3]]);
});

test("the last thousand log records are kept, and how many are not is said", async () => {
  const run = telemetryRun();
  const few = await telemetryOf(run);
  expect([few.logs.length, few.moreLogs]).toEqual([2, 2]);
  const many = new EventRun().task("a").runs("a");
  for (let i = 0; i < 3_500; i++) says(many, "info", `line ${i}`);
  const { logs, moreLogs } = await telemetryOf(many.end());
  expect([logs.length, moreLogs]).toEqual([1_000, 2_500]);
  expect(logs.at(-1)?.slice(1)).toEqual(["info", "inproc-0", "l", "line 3499"]);
});

test("warnings and errors are kept in a thousand of their own, in their place among the rest", async () => {
  const run = new EventRun().task("a").runs("a");
  says(run, "error", "the first word");
  for (let i = 0; i < 3_000; i++) says(run, "info", `line ${i}`);
  says(run, "warning", "nearly the last");
  says(run, "debug", "the last");
  const { logs, moreLogs } = await telemetryOf(run.end());
  expect([logs.length, moreLogs]).toEqual([1_002, 2_001]);
  expect(logs[0]?.slice(1)).toEqual(["error", "inproc-0", "l", "the first word"]);
  expect(logs.slice(-3).map(([, , , , text]) => text)).toEqual([
    "line 2999",
    "nearly the last",
    "the last",
  ]);
  const grave = new EventRun().task("a").runs("a");
  says(grave, "info", "quiet");
  for (let i = 0; i < 2_500; i++) says(grave, "critical", `fire ${i}`);
  const loud = await telemetryOf(grave.end());
  expect([loud.logs.length, loud.moreLogs]).toEqual([1_001, 1_500]);
  expect(loud.logs[0]?.[4]).toBe("quiet");
});

test("an event loop that hung is a warning: Dask's, whatever it calls it, and the program's own", async () => {
  const text = "Event loop was unresponsive in Worker for 4.20s.  This is often caused by …";
  const dask = new EventRun({}, { engine: "dask" }).task("a").runs("a");
  dask.add({ type: "log", worker: 0, level: "info", logger: "distributed.core", text });
  dask.add({ type: "sample", worker: null, delay: 7 });
  const { logs } = await telemetryOf(dask.end());
  expect(logs.map((log) => log.slice(1))).toEqual([
    ["warning", "inproc-0", "distributed.core", text],
  ]);
  const own = new EventRun().task("a").runs("a");
  own.add({ type: "sample", worker: null, delay: 2.9 });
  own.add({ type: "sample", worker: null, delay: 4.21 });
  expect((await telemetryOf(own.end())).logs.map((log) => log.slice(1))).toEqual([
    ["warning", "program", "taskprov", "The event loop was unresponsive for 4.21 s."],
  ]);
});

test("a journal without any of it has no such pages", async () => {
  const { telemetry } = await headOf(new EventRun().task("a").runs("a").end());
  expect(telemetry).toBeUndefined();
});

test("a worker that died is an error in the log, one that was closed is not", async () => {
  const run = telemetryRun();
  run.add({ type: "worker-", worker: 0, reason: "closed" });
  run.add({ type: "worker-", worker: 1, reason: "died" });
  const { logs } = await telemetryOf(run);
  expect(logs.filter(([, level]) => level === "error").map((log) => log.slice(1))).toEqual([
    ["error", "beta", "taskprov", "The worker died."],
  ]);
});
