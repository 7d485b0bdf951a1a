import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ActionMessage, type LogEntry, readActionLog } from "../../src/index.js";
import { gapsOf } from "../actions/support.js";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";

const versions = fullTier ? (["eliot", "dask2025", "dask2024"] as const) : (["eliot"] as const);
const peers = await Promise.all(versions.map((name) => peer(name)));
const modes = fullTier ? ["processes", "threads", "none"] : ["processes", "none"];
const env = { PYTHONPATH: join(projectFolder, "python") };

async function run(python: string, program: string, ...args: readonly string[]) {
  const folder = temporaryFolder();
  const script = join(import.meta.dirname, "programs", program);
  const outcome = await runPython(python, [script, ...args], folder, env);
  expect([outcome.status, outcome.told]).toEqual([0, []]);
  const files = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const log = await readActionLog(files.map((name) => join(folder, name)));
  expect(log.problems).toEqual([]);
  return { ...outcome, files, roots: log.roots };
}

/** Types of what is in an entry, in order. */
const typesIn = (entry: LogEntry | undefined): unknown[] =>
  entry?.children.map((child) => child.type) ?? [];

/** What has no end or beginning in a tree. */
function unfinishedIn(entry: LogEntry): string[] {
  const own = entry.status === "unfinished" || entry.repeated > 0 ? [entry.id] : [];
  return [...own, ...entry.children.flatMap(unfinishedIn)];
}

describe.each(peers)("$title", (dask) => {
  describeWith("actions in Python", dask, ({ python }) => {
    describe.each(modes)("with workers: %s", (mode) => {
      test("every task is an action of the caller's, in one whole tree", async () => {
        const { files, roots, stdout } = await run(python, "actions.py", mode);
        expect(stdout).toMatch(/^\(9,\)\n/);
        expect(files.length).toBe(mode === "processes" ? 3 : 1);
        expect(roots).toHaveLength(1);
        const [main] = roots;
        expect(main?.type).toBe("main_computation");
        expect(main === undefined ? ["no tree"] : unfinishedIn(main)).toEqual([]);
        const first = main?.children[0];
        expect(first?.type).toBe("dask:compute");
        expect(first?.children.map((task) => [task.type, typesIn(task)])).toEqual([
          ["eliot:remote_task", ["in-part", "__main__.multiply"]],
          ["eliot:remote_task", ["in-part", "__main__.multiply"]],
          ["eliot:remote_task", []],
        ]);
        const keys = first?.children.map((task) => task.key) ?? [];
        expect(first?.children[2]?.dependencies.toSorted()).toEqual(keys.slice(0, 2).toSorted());
        const calls = first?.children.slice(0, 2).map((task) => task.children[1]) ?? [];
        expect(calls.map((call) => [call?.fields, call?.endFields["result"]])).toEqual(
          expect.arrayContaining([
            [{ x: 1, y: 3 }, 3],
            [{ x: 2, y: 3 }, 6],
          ]),
        );
        if (mode !== "none") expectTries(main?.children[1]?.children[0]);
      });
    });

    test("annotations of a traced graph stay, each with its own tasks", async () => {
      const { stdout } = await run(python, "actions_annotations.py");
      expect(JSON.parse(stdout)).toEqual([{ team: "weather", priority: 7, retries: 2 }, {}]);
    });
  });
});

/** Tries of a task are actions in it, on whatever worker. */
function expectTries(task: LogEntry | undefined): void {
  expect(task?.status).toBe("succeeded");
  const attempts = task?.children ?? [];
  expect(attempts.map(({ type, status, fields }) => [type, status, fields["attempt"]])).toEqual([
    ["taskprov:attempt", "failed", 1],
    ["taskprov:attempt", "failed", 2],
    ["taskprov:attempt", "succeeded", 3],
  ]);
  expect(attempts.map(typesIn)).toEqual([["trying"], ["trying"], ["trying"]]);
}

describeWith("a program that logs with Eliot", await peer("eliot"), ({ python }) => {
  test("is continued on workers, with taskprov's messages in Eliot's log", async () => {
    const { files, roots, stdout } = await run(python, "actions_eliot.py");
    expect([stdout, files.length, roots.length]).toEqual(["42\n", 3, 1]);
    const [main] = roots;
    expect(main === undefined ? ["no tree"] : unfinishedIn(main)).toEqual([]);
    expect(main).toMatchObject({ type: "__main__.main_computation", endFields: { result: 42 } });
    const tasks = main?.children[0]?.children ?? [];
    expect(tasks.map((task) => task.type)).toEqual(Array(3).fill("eliot:remote_task"));
    expect(tasks.flatMap(typesIn).filter((type) => type === "__main__.multiply")).toHaveLength(3);
    const adding = tasks
      .flatMap((task) => task.children)
      .filter(({ type }) => type?.endsWith("add"));
    expect(adding.map(typesIn)).toEqual([["from-taskprov"], ["from-taskprov"]]);
  });

  test("is tested with the helpers that Eliot's users know", async () => {
    const script = join(import.meta.dirname, "programs/actions_testing.py");
    const { status, stderr } = await runPython(python, [script], temporaryFolder(), env);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/Ran 8 tests .*\n\nOK/)]);
  });

  test("values have a form, errors their fields, asyncio its tree", async () => {
    const { stdout, stderr } = await run(python, "actions_values.py");
    const messages: ActionMessage[] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(messages[0]).toMatchObject({
      host: "here",
      complex: { real: 1, imag: 2 },
      nan: null,
      set: [1],
      date: "2020-01-02",
      delta: 1.5,
      path: "/a/b",
      enum: 1,
      error: { exception: "builtins.ValueError", reason: "bad" },
      bytes: "custom",
      surrogate: "\uD800",
      loud: "<__main__.Loud>",
      nested: { a: [1, [null, true]] },
      "1": "a number as name",
      np_int: 3,
      np_float: 1.5,
      np_bool: true,
      np_array: [
        [1, 2],
        [3, 4],
      ],
      np_long: { original_shape: [200, 100] },
      np_date: "2020-01-02",
      pd_frame: [{ a: 1 }, { a: 2 }],
      pd_series: [1, null],
      pd_time: "2020-01-02T00:00:00",
    });
    expect(stdout).toContain('"big":1180591620717411303424');
    const half = messages.filter((message) => message["action_type"] === "__main__.half");
    expect(half).toMatchObject([{ x: 2 }, {}]);
    expect(half[0]).not.toHaveProperty("secret");
    expect(half[1]).not.toHaveProperty("result");
    const later = messages.filter((message) => message["action_type"] === "later");
    expect(later.map((message) => message["result"] ?? message["message_type"])).toHaveLength(4);
    const failed = messages.filter((message) => message["action_status"] === "failed");
    expect(failed).toMatchObject([
      { exception: "__main__.HttpError", status: 404 },
      { exception: "builtins.FileNotFoundError", errno: 2 },
    ]);
    expect(messages.filter((each) => each["message_type"] === "eliot:traceback")).toHaveLength(2);
    expect(gapsOf(messages)).toEqual([]);
    expect(stderr).toMatch(/called twice[\s\S]*id of a task[\s\S]*id of a task/);
  });
});
