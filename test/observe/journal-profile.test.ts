import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { profileJournal } from "../../src/observe/journal-profile.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { telemetryRun } from "../support/telemetry-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

function sample(): string {
  const run = new EventRun();
  run.task("load-0").task("load-1").task("sum-0", ["load-0", "load-1"]).task("bad-0");
  run.runs("load-0").runs("load-1").assign("bad-0").fails("bad-0").runs("sum-0").end();
  return writeJournal(temporaryFolder(), run.events);
}

/** A journal in which one attempt of three took long, on two workers that overlap. */
function uneven(): string {
  const run = new EventRun();
  run.add({ type: "worker+", worker: 1, address: "tcp://w1" });
  const spans: readonly [string, number, number, number][] = [
    ["work-0", 0, 10, 11],
    ["work-1", 1, 10, 19],
    ["work-2", 0, 11, 12],
  ];
  for (const [key] of spans) run.task(key, [], { args: [["n", key.length]] });
  for (const [key, worker, start, stop] of spans) {
    run.add({
      type: "done",
      task: run.number(key),
      worker,
      spans: [
        { action: "transfer", start: start - 2, stop: start - 1 },
        { action: "compute", start, stop },
      ],
    });
  }
  return writeJournal(temporaryFolder(), run.end().events);
}

describe("profileJournal", () => {
  test("sums up groups, functions and workers", async () => {
    const profile = await profileJournal(uneven());
    expect(profile).toMatchObject({ wall: 9, compute: 11, transfer: 3, peak: 2, dropped: 0 });
    expect(profile.parallelism).toBeCloseTo(11 / 9);
    expect(profile.groups).toEqual([
      { name: "work", count: 3, failed: 0, total: 11, mean: 11 / 3, median: 1, p95: 9, max: 9 },
    ]);
    expect(profile.functions.map(({ name, count }) => [name, count])).toEqual([["work", 3]]);
    expect(profile.workers.map(({ name, total }) => [name, total])).toEqual([
      ["tcp://w1", 9],
      ["inproc-0", 2],
    ]);
  });

  test("failed attempts count as failed", async () => {
    const { groups, attempts } = await profileJournal(sample());
    expect(groups.find(({ name }) => name === "bad")).toMatchObject({ count: 1, failed: 1 });
    expect(attempts).toHaveLength(4);
  });

  test("sums up the samples of each worker and of the scheduler's process", async () => {
    const { resources, usage } = await profileJournal(
      writeJournal(temporaryFolder(), telemetryRun(5).events),
    );
    expect(resources).toEqual([
      { name: "program", samples: 5, meanCpu: 20, maxCpu: 40, maxMemory: 104, lastMemory: 104 },
      { name: "inproc-0", samples: 5, meanCpu: 20, maxCpu: 40, maxMemory: 104, lastMemory: 104 },
      { name: "tcp://w:1", samples: 5, meanCpu: 21, maxCpu: 41, maxMemory: 104, lastMemory: 104 },
    ]);
    expect(usage.map(({ moments }) => moments.map(({ cpu }) => cpu))).toEqual([
      [0, 10, 20, 30, 40],
      [0, 10, 20, 30, 40],
      [1, 11, 21, 31, 41],
    ]);
  });

  test("samples of a long run are thinned out, not kept", async () => {
    const path = writeJournal(temporaryFolder(), telemetryRun(20_000).events);
    const { resources, usage } = await profileJournal(path);
    expect(resources[2]).toMatchObject({ samples: 20_000, maxCpu: 199_991 });
    for (const { moments } of usage) {
      expect(moments.length).toBeLessThanOrEqual(4_000);
      expect(moments.length).toBeGreaterThan(1_000);
    }
  });

  test("reads what the embedded engine recorded", async () => {
    const destination = temporaryFolder();
    const client = new Client();
    client.registerPlugin(new ProvTracker({ destination }));
    const add = (a: number, b: number): number => a + b;
    const three = client.with({ key: "three" }).submit(add, 1, 2);
    await client.with({ key: "six" }).submit(add, three, 3).result();
    await client.close();
    const { attempts } = await profileJournal(join(destination, "yprov4wfs.journal"));
    expect(attempts.map(({ key, inputs }) => [key, inputs.map(([, value]) => value)])).toEqual([
      ["three", ["1", "2"]],
      ["six", ["three", "3"]],
    ]);
  });
});

describe("taskprov profile", () => {
  test("prints tables", async () => {
    const { status, stdout } = await cli(["profile", uneven()]);
    expect(status).toBe(0);
    expect(stdout).toContain("3 attempts in 9.00 s");
    expect(stdout).toContain("1.22 attempts at once on average, 2 at most");
    expect(stdout).toMatch(/^group +count +failed +total +mean +median +95 % +max$/m);
    expect(stdout).toMatch(/^work +3 +0 +11\.00 s +3\.67 s +1\.00 s +9\.00 s +9\.00 s$/m);
  });

  test("prints and draws what each worker used", async () => {
    const folder = temporaryFolder();
    const path = writeJournal(folder, telemetryRun(5).events);
    const { stdout } = await cli(["profile", path]);
    expect(stdout).toMatch(/^process +samples +CPU mean +CPU max +memory max +memory last$/m);
    expect(stdout).toMatch(/^tcp:\/\/w:1 +5 +21 % +41 % +104\.0 MB +104\.0 MB$/m);
    const html = join(folder, "profile.html");
    await cli(["profile", path, "--html", html]);
    const [, json = ""] = /id="data">(.*?)<\/script>/s.exec(readFileSync(html, "utf8")) ?? [];
    const names = JSON.parse(json)[2].lines.map(({ name }: { name: string }) => name);
    expect(names).toEqual([
      "% CPU program",
      "Memory program",
      "% CPU inproc-0",
      "Memory inproc-0",
      "% CPU tcp://w:1",
      "Memory tcp://w:1",
    ]);
  });

  test("--slowest shows single attempts with their inputs", async () => {
    const { stdout } = await cli(["profile", uneven(), "--slowest", "1"]);
    expect(stdout).toBe("    9.00 s  work-1  work on tcp://w1\n            n = 6\n");
    const other = await cli(["profile", sample(), "--slowest", "9", "--function", "sum"]);
    expect(other.stdout.split("\n").slice(1)).toEqual([
      "            0 = load-0",
      "            1 = load-1",
      "",
    ]);
  });

  test("--json gives the tables", async () => {
    const { stdout } = await cli(["profile", uneven(), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ attempts: 3, peak: 2, workers: [{ max: 9 }, {}] });
  });

  test("control characters of keys do not reach the terminal", async () => {
    const run = new EventRun().task("a\u001B[2J", [], { args: [] }).runs("a\u001B[2J").end();
    const path = writeJournal(temporaryFolder(), run.events);
    for (const args of [
      ["profile", path],
      ["profile", path, "--slowest", "1"],
    ]) {
      const { stdout } = await cli(args);
      expect(stdout).toContain("a?[2J");
      expect(stdout).not.toContain("\u001B");
    }
  });

  test.each([
    [["--slowest", "0"], /a number from 1 on, got "0"/],
    [["--function", "f"], /--function needs --slowest/],
  ])("refuses %j", async (args, message) => {
    const { status, stderr } = await cli(["profile", uneven(), ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("an empty run gives empty tables", async () => {
    const path = writeJournal(temporaryFolder(), new EventRun().end().events);
    const { status, stdout } = await cli(["profile", path]);
    expect(status).toBe(0);
    expect(stdout).toContain("0 attempts");
  });
});
