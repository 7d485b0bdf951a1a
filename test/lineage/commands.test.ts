import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newestDocument } from "../../src/cli/lineage-input.js";
import { openLineage } from "../../src/lineage/lineage.js";
import { createStyle } from "../../src/lineage/text/style.js";
import { sliceText } from "../../src/lineage/text/tree-text.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { documentOf } from "./random-runs.js";

const golden = join(import.meta.dirname, "../golden");
const quickStart = join(golden, "quick-start.json");
const demo = join(golden, "demo.json");

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("taskprov why", () => {
  test("prints a tree with values, status, place and worker, each task once", async () => {
    const { stdout, status } = await cli(["why", "wettest", quickStart]);
    expect(status).toBe(0);
    expect(stdout.split("\n").slice(0, 13).join("\n")).toBe(
      [
        "wettest-1-6: Array, 12 B",
        "│ wettest · ok · 1.00 ms · inproc-0 · examples/quick-start.mjs:26:21",
        "├─ 0.2012 = rainIn-1-2: number, 8 B",
        "│  │ rainIn · ok · 1.00 ms · inproc-0 · examples/quick-start.mjs:25:48",
        "│  ├─ 0 = load-1-1: string, 121 kB",
        "│  │  │ load · ok · 1.00 ms · inproc-0 · examples/quick-start.mjs:23:21",
        '│  │  └─ 0 = "demo/data/weather.csv"',
        '│  └─ 1 = "2012"',
        "├─ 0.2013 = rainIn-1-3: number, 8 B",
        "│  │ rainIn · ok · 1.00 ms · inproc-0 · examples/quick-start.mjs:25:48",
        "│  ├─ 0 = load-1-1 (above)",
        '│  └─ 1 = "2013"',
        "├─ 0.2014 = rainIn-1-4: number, 8 B",
      ].join("\n"),
    );
  });

  test("shows groups where there are more tasks than --limit, and all with --all", async () => {
    const few = await cli(["why", "wettest", quickStart, "--limit", "3"]);
    expect(few.stdout).toContain("wettest-1-6 came from 6 activities in 3 groups:");
    expect(few.stdout).toMatch(/rainIn +×4, 4\.00 ms of computing {2}← load/);
    const all = await cli(["why", "wettest", quickStart, "--limit", "3", "--all"]);
    expect(all.stdout).toContain('1 = "2015"');
  });

  test("gives JSON, a graph for Graphviz, and a document that is valid", async () => {
    const json = await cli(["why", "rainIn-1-2", quickStart, "--json"]);
    expect(JSON.parse(json.stdout).total).toEqual({ activities: 2, entities: 4 });
    const dot = await cli(["why", "rainIn-1-2", quickStart, "--dot"]);
    expect(dot.stdout).toMatch(
      /^digraph lineage \{\n[\s\S]*"task:load-1-1" -> "data:load-1-1";[\s\S]*\}\n$/,
    );
    const prov = await cli(["why", "rainIn-1-2", quickStart, "--prov"]);
    expect((await cli(["check", "--strict", "-"], prov.stdout)).status).toBe(0);
  });

  test("has no colours where no terminal is, and never with NO_COLOR", async () => {
    expect((await cli(["why", "wettest", quickStart])).stdout).not.toContain("\u001B");
    vi.stubEnv("FORCE_COLOR", "1");
    expect((await cli(["why", "wettest", quickStart])).stdout).toContain("\u001B[1m");
  });

  test("says what is near to a name that is unknown, and lists what is ambiguous", async () => {
    const unknown = await cli(["why", "wetest-1-6", quickStart]);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('The nearest name is "wettest-1-6"');
    const several = await cli(["why", "rain", quickStart]);
    expect(several.status).toBe(2);
    expect(several.stderr).toContain("may mean 4 items: rainIn-1-2, rainIn-1-3");
  });

  test("a chain of 20,000 tasks is shown in full", async () => {
    const run = new EventRun();
    let before: string | undefined;
    for (let i = 0; i < 20_000; i++) {
      run.task(`k${i}`, before === undefined ? [] : [before], { fn: "f" }).runs(`k${i}`);
      before = `k${i}`;
    }
    using lineage = await openLineage(documentOf(run.end().events));
    const limit = Number.POSITIVE_INFINITY;
    const answer = lineage.why("k19999", { limit, depth: 3000 });
    const text = sliceText(answer, { style: createStyle(false), most: limit });
    expect(text.split("\n").length).toBeGreaterThan(6000);
    expect(lineage.why("k19999").total.activities).toBe(20_000);
    expect(lineage.critical()?.steps).toHaveLength(20_000);
  });

  test("control characters in a document do not reach the terminal", async () => {
    const run = new EventRun().task("a", [], { args: [["x", "\u001B[2Jhello\u0007"]] }).runs("a");
    using lineage = await openLineage(documentOf(run.end().events));
    const text = sliceText(lineage.why("a"), { style: createStyle(false), most: 60 });
    expect(text).not.toContain("\u001B");
    expect(text).toContain("hello");
  });
});

describe("taskprov blame", () => {
  test("shows the failure of the demo: exception, place, inputs, attempts, what it blocked", async () => {
    const { stdout, status } = await cli(["blame", demo]);
    expect(status).toBe(1);
    expect(stdout).toContain("1 task failed; because of that 3 attempts never ran.");
    expect(stdout).toMatch(/parseRecords-1-53 {2}DamagedFileError: new-york-2015-12\.csv, line 18/);
    expect(stdout).toContain("0 = readText-1-52: string, 1.37 kB");
    expect(stdout).toContain("correctDays-1-54, monthlyMeans-1-55, correctionEffect-1-56");
    expect(stdout).toContain("1 task failed at first and worked in the end:");
  });

  test("exits with 0 when nothing failed", async () => {
    expect(await cli(["blame", quickStart])).toMatchObject({
      status: 0,
      stdout: "Nothing failed.\n",
    });
  });
});

describe("the other commands", () => {
  test.each([
    "slice",
    "path",
    "show",
    "list",
    "critical",
    "cells",
    "runs",
    "open",
    "impact",
    "diff",
  ])("%s explains itself with an example", async (name) => {
    const { stdout, status } = await cli([name, "--help"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example[\\s\\S]*taskprov ${name}`));
  });

  test("read a document from standard input, or the newest one in ./output", async () => {
    const text = readFileSync(quickStart, "utf8");
    expect((await cli(["list", "-"], text)).stdout).toContain("6 attempts");
    const folder = temporaryFolder();
    mkdirSync(join(folder, "output"));
    copyFileSync(demo, join(folder, "output/older.json"));
    utimesSync(join(folder, "output/older.json"), 1000, 1000);
    copyFileSync(quickStart, join(folder, "output/newer.json"));
    expect(newestDocument(join(folder, "output"))).toBe(join(folder, "output/newer.json"));
    expect(() => newestDocument(join(folder, "nowhere"))).toThrow(/There is no document/);
  });

  test("show, path, critical, cells and impact answer", async () => {
    expect((await cli(["show", "rainIn-1-2", quickStart])).stdout).toContain('1 = "2012"');
    const path = await cli(["path", "load-1-1", "wettest-1-6", quickStart]);
    expect(path.stdout).toMatch(/^wettest-1-6 came from load-1-1\./);
    const none = await cli(["path", "rainIn-1-2", "rainIn-1-3", quickStart]);
    expect(none).toMatchObject({
      status: 1,
      stdout: "Neither of rainIn-1-2 and rainIn-1-3 came from the other.\n",
    });
    expect((await cli(["critical", quickStart])).stdout).toContain("its end waited for 3 attempts");
    expect((await cli(["cells", quickStart])).stdout).toContain("No task here is tied");
    expect((await cli(["impact", "load-1-1", quickStart])).stdout).toContain(
      "→ wettest-1-6 (above)",
    );
  });

  test("slice writes a valid document", async () => {
    const output = join(temporaryFolder(), "slice.json");
    expect((await cli(["slice", "rainIn-1-2", quickStart, "-o", output])).status).toBe(0);
    expect((await cli(["check", "--strict", output])).status).toBe(0);
    expect(readFileSync(output, "utf8")).not.toContain("rainIn-1-3");
  });

  test("wrong values of options are told", async () => {
    const depth = await cli(["why", "wettest", quickStart, "--depth", "x"]);
    expect(depth.stderr).toContain('Expected a whole number for --depth, got "x"');
    const status = await cli(["list", quickStart, "--status", "good"]);
    expect(status.stderr).toContain("Expected one of ok, error");
    const ignore = await cli(["diff", quickStart, demo, "--ignore", "noise"]);
    expect(ignore.stderr).toContain("Expected one of code, parameter");
    const since = await cli(["list", quickStart, "--since", "yesterday"]);
    expect(since.stderr).toContain("Expected `since` to be a time");
    for (const outcome of [depth, status, ignore, since]) expect(outcome.status).toBe(2);
  });

  test("what is no document is told in one line", async () => {
    const path = join(temporaryFolder(), "not.json");
    writeFileSync(path, "hello");
    const { status, stderr } = await cli(["why", "x", path]);
    expect(status).toBe(2);
    expect(stderr).not.toContain("    at ");
  });
});

describe("taskprov diff", () => {
  test("of a run with itself exits with 0, of unrelated runs says that they are", async () => {
    expect(await cli(["diff", demo, demo])).toMatchObject({ status: 0 });
    const { status, stdout } = await cli(["diff", quickStart, demo]);
    expect(status).toBe(1);
    expect(stdout).toContain("These runs have little in common");
  });

  test("writes JSON and one HTML page that escapes what it shows", async () => {
    const folder = temporaryFolder();
    const write = (name: string, value: string): string => {
      const run = new EventRun()
        .task("a", [], { args: [["x", value]] })
        .runs("a")
        .end();
      return writeJournal(folder, run.events, name);
    };
    const [a, b] = [write("a.journal", "<one>"), write("b.journal", "<script>two</script>")];
    const json = await cli(["diff", a, b, "--json"]);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout).changes).toMatchObject([
      { kind: "parameter", before: '"<one>"', after: '"<script>two</script>"' },
    ]);
    const page = join(folder, "diff.html");
    expect((await cli(["diff", a, b, "-o", page])).status).toBe(1);
    const html = readFileSync(page, "utf8");
    expect(html).toContain("&lt;script&gt;two&lt;/script&gt;");
    expect(html).not.toMatch(/<script|https?:\/\//);
  });

  test("counts slower tasks only with a threshold", async () => {
    const folder = temporaryFolder();
    const write = (name: string, seconds: number): string => {
      const run = new EventRun().task("a").assign("a");
      const spans = [{ action: "compute" as const, start: 100, stop: 100 + seconds }];
      run.add({ type: "done", task: run.number("a"), worker: 0, spans, nbytes: 8 });
      return writeJournal(folder, run.end().events, name);
    };
    const [a, b] = [write("a.journal", 1), write("b.journal", 2)];
    expect((await cli(["diff", a, b])).status).toBe(0);
    const slower = await cli(["diff", a, b, "--threshold", "50"]);
    expect(slower.status).toBe(1);
    expect(slower.stdout).toContain("slower");
    expect((await cli(["diff", a, b, "--threshold", "150"])).status).toBe(0);
    expect((await cli(["diff", a, b, "--threshold", "50", "--ignore", "timing"])).status).toBe(0);
    expect((await cli(["diff", a, b, "--price", "3600"])).stdout).toMatch(/cost \d/);
  });
});

describe("taskprov runs and open", () => {
  const events = (path: string, end: boolean, id: string, time: number): EventRun["events"] => {
    const run = new EventRun({}, { runId: `11111111-2222-4333-8444-${id}`, time });
    run.task("load-1-1", [], { fn: "load", args: [["0", path]] }).runs("load-1-1");
    run.task("total-1-2", ["load-1-1"], { fn: "total" }).runs("total-1-2");
    return end ? run.end().events : run.events;
  };

  test("list documents and journals that have none, the newest first", async () => {
    const folder = temporaryFolder();
    const first = writeJournal(folder, events("a.csv", true, "000000000001", 100), "first.journal");
    expect((await cli(["build", first, "-o", join(folder, "first.json")])).status).toBe(0);
    writeJournal(folder, events("b.csv", false, "000000000002", 200), "second.journal");
    writeFileSync(join(folder, "broken.json"), "{");
    writeFileSync(join(folder, "notes.txt"), "not mine");
    const { stdout, status } = await cli(["runs", folder, "--json"]);
    expect(status).toBe(0);
    const runs: { file: string; status: string }[] = JSON.parse(stdout);
    expect(runs.map((run) => [run.file.slice(folder.length + 1), run.status])).toEqual([
      ["second.journal", "incomplete"],
      ["first.json", "ok"],
      ["broken.json", "unreadable"],
    ]);
    expect((await cli(["open", folder])).stdout).toContain("second.journal");
    const path = await cli(["open", folder, "--path"]);
    expect(existsSync(path.stdout.trim())).toBe(true);
  });

  test("tell when an output last came from another input", async () => {
    const folder = temporaryFolder();
    const inputs = ["a.csv", "a.csv", "b.csv", "b.csv"];
    inputs.forEach((input, i) => {
      writeJournal(folder, events(input, true, `00000000001${i}`, 100 + i), `run${i}.journal`);
    });
    const { stdout } = await cli(["runs", folder, "--output", "total*", "--json"]);
    const versions: { changes: { kind: string; before: string; after: string }[] }[] =
      JSON.parse(stdout);
    expect(versions.map(({ changes }) => changes.length)).toEqual([0, 0, 1, 0]);
    expect(versions[2]?.changes[0]).toMatchObject({
      kind: "input",
      before: '"a.csv"',
      after: '"b.csv"',
    });
    expect((await cli(["runs", folder, "--output", "nothing"])).status).toBe(1);
  });
});
