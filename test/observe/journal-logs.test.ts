import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

/** A worker that grumbles twice, and a scheduler. */
function grumbling(): string {
  const run = new EventRun({}, { engine: "dask" });
  run.add({ type: "worker+", worker: 1, address: "tcp://10.0.0.1:4000", name: "gpu-1" });
  run.task("train").assign("train");
  const said = { type: "log", logger: "distributed.worker.memory" } as const;
  run.add({ ...said, worker: 1, level: "warning", text: "Unmanaged memory is high", task: 0 });
  run.add({ ...said, worker: null, level: "info", logger: "distributed.scheduler", text: "Hello" });
  run.add({ ...said, worker: 1, level: "error", text: "Out of\nmemory", omitted: 3 });
  return writeJournal(temporaryFolder(), run.end().events, "yprov4wfs.journal");
}

async function logs(...args: string[]): Promise<string[]> {
  const { status, stdout } = await cli(["logs", grumbling(), ...args]);
  expect(status).toBe(0);
  return stdout.split("\n").slice(0, -1);
}

describe("taskprov logs", () => {
  test("shows who said what, while which task, and what was left out", async () => {
    const [first, second, gap, third, more] = await logs();
    expect(first).toMatch(
      /^2026-11-20T10:15:\d\d\.\d{6}Z WARNING tcp:\/\/10\.0\.0\.1:4000 \(gpu-1\) distributed\.worker\.memory \[train\]: Unmanaged memory is high$/,
    );
    expect(second).toMatch(/ INFO scheduler distributed\.scheduler: Hello$/);
    expect(gap).toBe("… 3 records left out");
    expect(third).toMatch(/ERROR .*: Out of$/);
    expect(more).toBe("    memory");
  });

  test.each<[string[], number]>([
    [["--worker", "gpu-*"], 2],
    [["--worker", "tcp://10.0.0.1:4000"], 2],
    [["--worker", "scheduler"], 1],
    [["--worker", "nobody"], 0],
    [["--level", "warning"], 2],
    [["--level", "ERROR"], 1],
    [["--filter", "MEMORY"], 2],
    [["--filter", "unmanaged", "--level", "error"], 0],
    [["--since", "1h"], 3],
    [["--since", "0.002s"], 1],
    [["--since", "2026-11-20T10:14:00Z"], 3],
    [["--since", "2027-01-01"], 0],
  ])("%j gives %i of 3 records", async (args, count) => {
    const lines = await logs(...args, "--json");
    expect(lines).toHaveLength(count);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ logger: expect.any(String) });
  });

  test("finds the journal of a document, and the newest of a folder", async () => {
    const journal = grumbling();
    const folder = join(journal, "..");
    for (const run of [folder, join(folder, "yprov4wfs.json")]) {
      if (run.endsWith(".json")) writeFileSync(run, "{}");
      const { stdout } = await cli(["logs", run, "--level", "error"]);
      expect(stdout).toContain("Out of");
    }
  });

  test("--follow ends with the run", async () => {
    expect(await logs("--follow", "--level", "error")).toHaveLength(3);
  });

  test.each([
    [["--level", "loud"], "Expected --level to be one of debug, info"],
    [["--since", "yesterday"], "Expected --since to be a time such as"],
  ])("refuses %j in one line", async (args, message) => {
    const { status, stderr } = await cli(["logs", grumbling(), ...args]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test.each(["no-such-run", "."])("says when there is no journal: %s", async (name) => {
    const { status, stderr } = await cli(["logs", join(temporaryFolder(), name)]);
    expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
  });
});
