import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LogEntry, readActionLog } from "../../src/index.js";
import { gapsOf } from "../actions/support.js";
import { loggedLines } from "../support/logged-lines.js";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";

const versions = fullTier ? (["eliot", "dask2025", "dask2024"] as const) : (["eliot"] as const);
const peers = await Promise.all(versions.map((name) => peer(name)));
const eliot = await peer("eliot");

/** How many trees `eliot.parse` finds, and how many of them whole. */
const parse = `
import json, sys
from eliot.parse import Parser
messages = [json.loads(line) for path in sys.argv[1:] for line in open(path, encoding="utf-8")]
whole = [task.is_complete() for task in Parser.parse_stream(iter(messages))]
print(json.dumps([len(whole), sum(whole)]))
`;

async function run(python: string, mode: string) {
  const folder = temporaryFolder();
  const script = join(import.meta.dirname, "programs/actions_never_ran.py");
  const env = { PYTHONPATH: join(projectFolder, "python") };
  const { status, stderr, stdout } = await runPython(python, [script, mode], folder, env);
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  const names = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const files = names.map((name) => join(folder, name));
  const { roots, problems } = await readActionLog(files);
  expect(problems).toEqual([]);
  expect(gapsOf(loggedLines(files))).toEqual([]);
  return { files, roots, stdout };
}

/** How the tasks of a traced call ended, by their keys. */
function endsIn(call: LogEntry | undefined): Record<string, string> {
  const tasks = call?.children.filter((child) => child.type === "eliot:remote_task") ?? [];
  return Object.fromEntries(tasks.map((task) => [task.key ?? "no key", endOf(task)]));
}

function endOf({ status, endFields }: LogEntry): string {
  const known = endFields["taskprov:known"];
  if (known !== undefined) return `known: ${known}`;
  return status === "succeeded" ? "ok" : `${endFields["exception"]}: ${endFields["reason"]}`;
}

const early = {
  one: "ok",
  failing: "builtins.ValueError: bad 1",
  two: "ok",
  after: "taskprov.Blocked: failing failed",
};
/** Nobody waits for it when the other has failed. */
const ranOrNot = expect.stringMatching(/^(ok|taskprov.Cancelled: nobody waits for it)$/);
const cancelled = "taskprov.Cancelled: nobody waits for it";

describe.each(peers)("$title", (dask) => {
  describeWith("tasks that never run", dask, ({ python }) => {
    test.each(["cluster", "threads-of-this-process"])("are in the tree: %s", async (mode) => {
      const { roots, files, stdout } = await run(python, mode);
      expect(stdout).toMatch(/^\(21,\)\n15\n\(25,\)\n\(15,\)\n/);
      const main = roots.find((root) => root.type === "main");
      const calls = main?.children.filter((child) => child.type?.startsWith("dask:")) ?? [];
      const [first, sum, kept, again, same, failing, unreadable, meanwhile, waiting] = calls;
      expect(endsIn(first)).toEqual({ ...early, last: early.after, two: ranOrNot });
      expect(endsIn(sum)).toMatchObject({ ten: "known: memory", sum: "ok" });
      expect(endsIn(kept)).toEqual({ ten: "known: memory", fifteen: "ok" });
      expect(endsIn(again)).toMatchObject({ again: "ok" });
      expect(endsIn(same)).toEqual({});
      expect(endsIn(failing)).toEqual({
        "failing-too": "builtins.ValueError: bad 2",
        "after-too": "taskprov.Blocked: failing-too failed",
      });
      expect(endsIn(unreadable)).toEqual({
        unreadable: expect.stringMatching(/^taskprov.Cancelled: the scheduler never had it/),
      });
      expectCancelled(endsIn(meanwhile));
      expect(endsIn(waiting)).toEqual({ waiting: cancelled, never: cancelled });
      // A result that was lost is computed once more, after its action: a tree of its own.
      const later = roots.filter((root) => root !== main);
      expect(later.map((root) => root.key)).toEqual(mode === "cluster" ? ["lost"] : []);
      expectWholeByEliot(files, roots.length);
    });

    test.each(["threads", "sync", "processes"])("scheduler %s", async (mode) => {
      const { roots, files } = await run(python, mode);
      const ends = endsIn(roots[0]?.children[0]);
      expect(Object.keys(ends)).toEqual(["one", "failing", "two", "after", "last"]);
      expect(ends).toMatchObject({ one: "ok", failing: early.failing, after: early.after });
      expect(ends["last"]).toBe("taskprov.Blocked: failing failed");
      expectWholeByEliot(files, 1);
    });
  });
});

/** Some had begun, and end; the others say that they never began. */
function expectCancelled({ meanwhile, gate, all, ...slow }: Record<string, string>): void {
  expect([meanwhile, gate]).toEqual(["builtins.ValueError: meanwhile", "ok"]);
  expect(all).toBe("taskprov.Blocked: meanwhile failed");
  expect(Object.keys(slow)).toHaveLength(12);
  expect(new Set(Object.values(slow))).toEqual(new Set(["ok", cancelled]));
}

/** As Eliot's own tools judge it. */
function expectWholeByEliot(files: readonly string[], trees: number): void {
  if ("why" in eliot) return;
  const parsed = execFileSync(eliot.python, ["-c", parse, ...files], { encoding: "utf8" });
  expect(JSON.parse(parsed)).toEqual([trees, trees]);
  const program = join(dirname(eliot.python), "eliot-tree");
  const shown = spawnSync(program, ["--ascii", ...files], { encoding: "utf8" });
  expect([shown.status, shown.stderr]).toEqual([0, ""]);
  expect(shown.stdout.match(/^[0-9a-f-]{36}$/gm)).toHaveLength(trees);
  expect(shown.stdout).not.toContain("unnamed");
}
