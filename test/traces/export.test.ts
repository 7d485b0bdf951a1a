import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { TaskEvent } from "../../src/events/task-event.js";
import { createChromeTraceWriter } from "../../src/traces/chrome-trace.js";
import { traceFormats } from "../../src/traces/export-trace.js";
import { createOtlpWriter } from "../../src/traces/otlp.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { exported, recordTroubledRun } from "./recorded.js";

describe("taskprov export", () => {
  test.each(traceFormats)(
    "--to %s: a file, standard output and standard input agree",
    async (to) => {
      const { journal } = await recordTroubledRun();
      const folder = temporaryFolder();
      const file = join(folder, "out");
      const written = await cli(["export", journal, "--to", to, "-o", file]);
      expect(written).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(readdirSync(folder)).toEqual(["out"]);
      const text = readFileSync(file, to === "otlp-protobuf" ? "latin1" : "utf8");
      expect(text).toBe(await exported(journal, to));
      const lines = (await cli(["journal", "cat", journal])).stdout;
      expect((await cli(["export", "-", "--to", to], lines)).stdout).toBe(text);
    },
  );

  test("a journal that is none leaves the older file as it was, and no other", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "out.json");
    writeFileSync(file, "old");
    const outcome = await cli(["export", "-", "--to", "otlp", "-o", file], "no journal");
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toMatch(/^taskprov: .+\n$/);
    expect([readFileSync(file, "utf8"), readdirSync(folder)]).toEqual(["old", ["out.json"]]);
  });

  test("a journal with damage is exported, and says so", async () => {
    const { journal } = await recordTroubledRun();
    const lines = (await cli(["journal", "cat", journal])).stdout;
    const outcome = await cli(["export", "-", "--to", "prometheus"], lines.slice(0, -10));
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toContain("taskprov_run_complete 0\n");
    expect(outcome.stderr).toMatch(/^taskprov: standard input: /);
  });

  test("stops when it is interrupted, without a file", async () => {
    const { journal } = await recordTroubledRun();
    const folder = temporaryFolder();
    const args = ["export", journal, "--to", "otlp", "-o", join(folder, "out")];
    const outcome = await cli(args, "", { signal: AbortSignal.abort() });
    expect([outcome.status, readdirSync(folder)]).toEqual([130, []]);
  });

  test.each([
    ["no format", [], "Name the format with --to"],
    ["a wrong format", ["--to", "otpl"], "Did you mean otlp?"],
    ["the journal as output", ["--to", "otlp", "-o", "x.journal"], "would replace the journal"],
  ])("%s is refused", async (_what, options, message) => {
    const outcome = await cli(["export", "x.journal", ...options]);
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toContain(message);
    expect(existsSync("x.journal")).toBe(false);
  });
});

describe("memory", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");

  /** Tasks that come, run and are forgotten, each depending on the one before. */
  function* endless(tasks: number): Generator<TaskEvent> {
    yield* new EventRun().events;
    for (let i = 0; i < tasks; i++) {
      const time = 1_795_169_800 + i / 1000;
      const dependencies = i === 0 ? [] : [i - 1];
      const task = { task: i, key: `t-${i}`, group: "t", function: null, arguments: [] };
      const graph = { type: "graph", time, graph: i, client: 0 } as const;
      yield { ...graph, tasks: [{ ...task, function: 0, dependencies }] };
      yield { type: "assign", time, task: i, worker: 0 };
      const spans = [{ action: "compute", start: time, stop: time + 0.0005 }];
      yield { type: "done", time: time + 0.0005, task: i, worker: 0, spans };
      if (i > 0) yield { type: "forget", time: time + 0.0006, task: i - 1 };
    }
  }

  test.each([
    ["otlp", createOtlpWriter],
    ["chrome-trace", createChromeTraceWriter],
  ])("%s is written while it is read, and what is over is let go", (_to, create) => {
    const writer = create();
    let written = 0;
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (const event of endless(20_000)) written += writer.push(event).length;
    collectGarbage();
    // 20,000 attempts that were kept would be 10 MB and more.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4e6);
    let rest = 0;
    for (const text of writer.finish()) rest += text.length;
    expect(written).toBeGreaterThan(5_000_000);
    expect(rest).toBeLessThan(written / 20);
  });
});
