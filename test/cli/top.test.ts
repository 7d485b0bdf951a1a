import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runOverview, watchRun } from "../../src/track/watch-run.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

/** Two groups on one worker: one task worked, one failed and blocks another, one runs. */
function goingOn(): EventRun {
  const run = new EventRun({ name: "demo" }, { engine: "dask", address: "tcp://s:8786" });
  run.task(["load", 0], [], { group: "load" }).task(["load", 1], [], { group: "load" });
  run.task(["load", 2], [], { group: "load" }).task("sum", [["load", 1]]);
  run.runs(["load", 0]).assign(["load", 1]).fails(["load", 1], "no \u001B[2Jfile");
  run.add({ type: "failed", task: run.number("sum"), worker: null, blamed: 1 });
  run.assign(["load", 2]);
  run.add({
    type: "sample",
    worker: 0,
    cpu: 87.4,
    memory: { process: 5e8, managed: 1e8, spilled: 2e6 },
  });
  return run.add({ type: "sample", worker: null, cpu: 3, memory: { process: 1e8 } });
}

function journalOf(run: EventRun, name = "run.journal"): string {
  return writeJournal(temporaryFolder(), run.events, name);
}

/** The journal as NDJSON, which can be cut anywhere. */
async function textOf(run: EventRun): Promise<string> {
  return (await cli(["journal", "cat", journalOf(run)])).stdout;
}

async function all<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const thing of things) list.push(thing);
  return list;
}

/** Without escape sequences. */
function shownText(text: string): string {
  const parts = text.split("\u001B[");
  return parts.map((part, i) => (i === 0 ? part : part.replace(/^[?\d]*[a-zA-Z]/, ""))).join("");
}

/** A terminal that shows what would stand on it. */
class FakeTerminal {
  readonly columns: number;
  readonly rows: number;
  readonly writes: string[] = [];
  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }
  readonly write = (text: string): void => {
    this.writes.push(text);
  };
  /** Frames without their escape sequences. */
  get frames(): string[][] {
    return this.writes
      .filter((text) => text.includes("\u001B[H"))
      .map((text) => shownText(text).split("\r\n"));
  }
}

describe("taskprov top --once", () => {
  test("prints how a run stands that goes on", async () => {
    const { status, stdout, stderr } = await cli(["top", "--once", journalOf(goingOn())]);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^demo · tcp:\/\/s:8786 · \S+ ms so far$/);
    expect(lines[1]).toMatch(/\] 1\/4 done · 1 running · 1 failed · 1 blocked · \S+\/s/);
    expect(lines[2]).toBe("Scheduler: CPU 3 % · memory 100 MB");
    expect(stdout).toMatch(/\nWORKERS 1 +threads +running +ended +CPU +memory\n/);
    expect(stdout).toMatch(/\ninproc-0 +1 +1 +2 +87 % +500 MB \+2\.00 MB on disk\n/);
    expect(stdout).toMatch(/\nGROUPS 2 +done +running +waiting +failed +blocked +rate +mean\n/);
    expect(stdout).toMatch(/\nload +1\/3 +1 +0 +1 +0 /);
    expect(stdout).toMatch(/\nsum +0\/1 +0 +0 +0 +1 /);
    expect(stdout).toMatch(/\nRUNNING LONGEST +worker +since sent there\n\('load', 2\) +inproc-0 /);
  });

  test("lets no control character of a message reach the terminal", async () => {
    const { stdout } = await cli(["top", "--once", journalOf(goingOn())]);
    expect(stdout).toContain("1 × RangeError: no  [2Jfile (last: ('load', 1))");
    expect(stdout).not.toContain("\u001B");
  });

  test("says that a run is over, and what never ended", async () => {
    const { stdout } = await cli(["top", journalOf(goingOn().end())]);
    expect(stdout).toMatch(/^demo .* ms, over\n/);
    expect(stdout).toMatch(/\nNEVER ENDED +worker\n\('load', 2\) /);
    expect(stdout).not.toContain(" left");
  });

  test("reads what is whole of a journal that ends in the midst of an event", async () => {
    const journal = join(temporaryFolder(), "run.journal");
    writeFileSync(journal, (await textOf(goingOn())).slice(0, -20));
    const { status, stdout } = await cli(["top", "--once", journal]);
    expect(status).toBe(0);
    expect(stdout).toContain("1/4 done");
    expect(stdout).not.toContain("Scheduler:");
  });

  test("gives the same as JSON", async () => {
    const { stdout } = await cli(["top", "--json", journalOf(goingOn())]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "demo",
      isOver: false,
      tasks: { total: 4, done: 1, running: 1, waiting: 0, failed: 1, blocked: 1, cancelled: 0 },
      workers: [{ name: "inproc-0", running: 1, ended: 2, cpu: 87.4, memory: 5e8 }],
      failures: [{ type: "RangeError", count: 1, key: "('load', 1)" }],
      longest: [{ key: "('load', 2)", worker: "inproc-0" }],
    });
  });

  test("finds the journal of a document, of a folder, and of standard input", async () => {
    const folder = temporaryFolder();
    const journal = writeJournal(folder, goingOn().events, "run.journal");
    const text = (await cli(["journal", "cat", journal])).stdout;
    writeFileSync(join(folder, "run.json"), "{}");
    for (const args of [[folder], [join(folder, "run.json")]]) {
      expect((await cli(["top", ...args])).stdout).toContain("1/4 done");
    }
    expect((await cli(["top", "-"], text)).stdout).toContain("1/4 done");
  });

  test.each([
    [["none"], "Cannot read none: no such file"],
    [
      ["--interval", "0"],
      'Expected --interval to be a number of seconds from 0.1 to 3600, got "0"',
    ],
  ])("answers %j with one line and status 2", async (args, message) => {
    const { status, stdout, stderr } = await cli(["top", ...args]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  test("says what a journal without any event lacks", async () => {
    const journal = join(temporaryFolder(), "run.journal");
    writeFileSync(journal, readFileSync(journalOf(goingOn())).subarray(0, 150));
    const { status, stderr } = await cli(["top", journal]);
    expect(status).toBe(2);
    expect(stderr).toContain("does not say yet which run it is of");
  });
});

describe("taskprov top on a terminal", () => {
  test("draws over in place until the run is over, and gives the terminal back", async () => {
    const run = goingOn();
    const begun = await textOf(run);
    const journal = join(temporaryFolder(), "run.journal");
    writeFileSync(journal, begun);
    const rest = (await textOf(run.done(["load", 2]).end())).slice(begun.length);
    const terminal = new FakeTerminal(60, 16);
    const shown = cli(["top", journal, "--interval", "0.1"], "", { terminal });
    await expect.poll(() => terminal.frames.length).toBeGreaterThan(1);
    appendFileSync(journal, rest);
    const { status, stdout } = await shown;

    expect(status).toBe(0);
    expect(stdout).toMatch(/^demo .*, over\n.* 2\/4 done/);
    const [opening = ""] = terminal.writes;
    expect(opening).toContain("\u001B[?1049h");
    expect(terminal.writes.at(-1)).toBe("\u001B[?7h\u001B[?25h\u001B[?1049l");
    for (const frame of terminal.frames) {
      expect(frame.length).toBeLessThanOrEqual(16);
      for (const line of frame) expect(line.length).toBeLessThanOrEqual(60);
    }
    // Nothing is cleared before it is drawn: that is what flickers.
    for (const text of terminal.writes) expect(text).not.toContain("\u001B[2J");
    expect(terminal.frames[0]?.[1]).toContain("1/4 done");
    expect(terminal.frames.at(-1)?.[1]).toContain("2/4 done");
  });

  test("ends when it is interrupted, with the last table", async () => {
    const terminal = new FakeTerminal(80, 24);
    const stop = new AbortController();
    const shown = cli(["top", journalOf(goingOn())], "", { terminal, signal: stop.signal });
    await expect.poll(() => terminal.frames.length).toBeGreaterThan(0);
    stop.abort();
    const { status, stdout } = await shown;
    expect(status).toBe(0);
    expect(stdout).toContain("1/4 done");
    expect(terminal.writes.at(-1)).toContain("\u001B[?25h");
  });

  test("keeps every part of many groups and workers on a small terminal", async () => {
    const run = new EventRun();
    for (let i = 1; i < 40; i++) {
      run.add({ type: "worker+", worker: i, address: `tcp://w:${i}`, name: `worker-${i}` });
      run.task(`group${i}`).runs(`group${i}`);
    }
    run.task("bad").assign("bad").fails("bad");
    const terminal = new FakeTerminal(100, 24);
    await cli(["top", journalOf(run.end())], "", { terminal });
    const frame = terminal.frames.at(-1) ?? [];
    expect(frame.length).toBeLessThanOrEqual(24);
    expect(frame.length).toBeGreaterThan(20);
    expect(frame.join("\n")).toMatch(/WORKERS \d+ of 40[\s\S]*GROUPS \d+ of 40[\s\S]*FAILURES 1/);
  });
});

describe("watchRun", () => {
  test("ends with the overview of a run that is over", async () => {
    const journal = journalOf(goingOn().end());
    const seen = await all(watchRun(journal));
    expect(seen.at(-1)).toEqual(await runOverview(journal));
  });

  test("throws what reading the journal does", async () => {
    const folder = temporaryFolder();
    const damaged = join(folder, "damaged.journal");
    copyFileSync(new URL(import.meta.url), damaged);
    await expect(all(watchRun(damaged))).rejects.toThrow(/journal/);
  });
});
