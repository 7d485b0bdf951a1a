import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ActionMessage,
  captureLogging,
  encodeMessage,
  logMessage,
  readActionLog,
  startAction,
} from "../../src/index.js";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";
import { runs } from "../support/tier.js";
import { recordTroubledRun } from "../traces/recorded.js";

const uuid = "77f1276b-5d2f-40cf-a1d1-20a72f64d531";
const line = (level: readonly number[], timestamp: number, fields: object): string =>
  JSON.stringify({ ...fields, timestamp, task_uuid: uuid, task_level: level });
const started = (level: readonly number[], time: number, type: string, fields: object = {}) =>
  line(level, time, { ...fields, action_type: type, action_status: "started" });
const succeeded = (level: readonly number[], time: number, type: string, fields: object = {}) =>
  line(level, time, { ...fields, action_type: type, action_status: "succeeded" });

/** Two files as two processes write them: the second one's clock is an hour behind. */
const mainLog = [
  started([1], 1000, "main", { path: "a.csv" }),
  line([2], 1000.1, { message_type: "note", text: "two\nlines \u001B[31m" }),
  succeeded([4], 1002.5, "main", { rows: 3 }),
];
const workerLog = [
  started([3, 1], -2600, "eliot:remote_task"),
  line([3, 2], -2599.9, { message_type: "dask:task", key: "load-1", dependencies: ["a", "b"] }),
  started([3, 3, 1], -2599.8, "load", { path: "a.csv" }),
  line([3, 3, 2], -2599.4, {
    action_type: "load",
    action_status: "failed",
    exception: "builtins.OSError",
    reason: "gone",
  }),
  succeeded([3, 4], -2599.5, "eliot:remote_task"),
];

function files(...texts: readonly (readonly string[])[]): string[] {
  const folder = temporaryFolder();
  return texts.map((lines, i) => {
    const path = join(folder, `${i}.log`);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  });
}

describe("taskprov tree", () => {
  test("merges the files of processes whatever their order and clocks", async () => {
    const [main = "", worker = ""] = files(mainLog, workerLog);
    const expected = [
      uuid,
      "main ok 2.50 s path=a.csv → rows=3",
      "├─ note text=two\\x0alines \\x1b[31m",
      "└─ eliot:remote_task load-1 after a, b ok 500 ms",
      "   └─ load FAILED 400 ms path=a.csv → builtins.OSError: gone",
      "",
      "",
    ].join("\n");
    for (const order of [
      [main, worker],
      [worker, main],
      [worker, main, worker],
    ]) {
      expect(await cli(["tree", ...order])).toEqual({ status: 0, stdout: expected, stderr: "" });
    }
  });

  test("--one-line prints an action a line, with the types that lead to it", async () => {
    const [main = "", worker = ""] = files(mainLog, workerLog);
    const { stdout } = await cli(["tree", main, worker, "--one-line"]);
    expect(stdout.split("\n")).toEqual([
      `1970-01-01T00:16:40.000000Z  2.50 s  succeeded  ${uuid}  main  path=a.csv  →  rows=3`,
      `1969-12-31T23:16:40.000000Z  500 ms  succeeded  ${uuid}/3  main > eliot:remote_task  load-1 after a, b`,
      `1969-12-31T23:16:40.200000Z  400 ms  failed  ${uuid}/3/3  main > eliot:remote_task > load  path=a.csv  →  builtins.OSError: gone`,
      "",
    ]);
  });

  test.each([
    ["--failed", ["--failed"], ["main", "eliot:remote_task", "load"]],
    ["a type", ["--type", "note"], ["main", "note"]],
    ["a field", ["--select", "text"], ["main", "note"]],
    ["a value", ["--select", "key=load-1"], ["main", "eliot:remote_task", "load"]],
    ["a part of a value", ["--select", "reason~on"], ["main", "eliot:remote_task", "load"]],
    ["another value", ["--select", "path=b.csv"], []],
    ["two conditions", ["--select", "path", "--failed"], ["main", "eliot:remote_task", "load"]],
    ["a task", ["-u", "77f1"], ["main", "note", "eliot:remote_task", "load"]],
    ["another task", ["-u", "88"], []],
    ["a time", ["--until", "1969-12-31"], []],
    [
      "a time",
      ["--since", "1970-01-01T00:16:40.2Z"],
      ["main", "note", "eliot:remote_task", "load"],
    ],
    ["a time after all", ["--since", "1970-01-02"], []],
  ])("shows what leads to matches of %s", async (_, options, types) => {
    const { stdout, status } = await cli(["tree", ...files(mainLog, workerLog), ...options]);
    const shown = stdout
      .split("\n")
      .flatMap((text) => /^[│├└─ ]*([a-z:_]+) /.exec(text)?.[1] ?? []);
    expect([status, shown]).toEqual([0, types]);
  });

  test("shows several runs of one file each by itself, the earliest first", async () => {
    const other = mainLog.map((text) => text.replaceAll(uuid, "00000000-later"));
    const [mixed = ""] = files([...other.map((text) => text.replaceAll("100", "200")), ...mainLog]);
    const { stdout } = await cli(["tree", mixed]);
    const heads = stdout.split("\n").filter((text) => /^[0-9a-f]{8}-/.test(text));
    expect(heads).toEqual([uuid, "00000000-later"]);
  });

  test("a log cut off in a line, with lines that are none, is shown as far as it goes", async () => {
    const [path = ""] = files([...mainLog.slice(0, 2), "garbage", '{"a":1}', ""]);
    appendFileSync(path, workerLog.join("\n").slice(0, -20));
    const { status, stdout, stderr } = await cli(["tree", path]);
    expect(status).toBe(1);
    expect(stderr.split("\n")).toEqual([
      `taskprov: ${path}, line 3: this is no JSON; it was left out.`,
      `taskprov: ${path}, line 4: this is no message of an action log; it was left out.`,
      `taskprov: ${path}, line 10: the last line is cut off; it was left out.`,
      "",
    ]);
    expect(stdout).toContain("main unfinished path=a.csv");
    expect(stdout).toContain("└─ eliot:remote_task load-1 after a, b unfinished");
  });

  test("a clock that was set back gives no duration, and two messages at one place are told", async () => {
    const [path = ""] = files([
      started([1], 1000, "main"),
      succeeded([2], 990, "main"),
      started([1], 1005, "main"),
      started([1], 1005, "main"),
    ]);
    const { stdout } = await cli(["tree", path]);
    expect(stdout).toContain("main ok clock set back (2 more at the same place)");
  });

  test("--json gives the trees as data, --field-limit cuts values", async () => {
    const [path = ""] = files(mainLog);
    const [root] = JSON.parse((await cli(["tree", path, "--json"])).stdout);
    expect(root).toMatchObject({ id: uuid, type: "main", seconds: 2.5, endFields: { rows: 3 } });
    expect((await cli(["tree", path, "--field-limit", "2"])).stdout).toContain("path=a.… →");
  });

  test("a journal, framed or as lines, is shown as its run", async () => {
    const { journal } = await recordTroubledRun();
    const { stdout, status } = await cli(["tree", journal]);
    expect(status).toBe(0);
    expect(stdout).toContain("taskprov:attempt FAILED");
    expect(stdout).toMatch(/eliot:remote_task sum after flaky-1, .* ok/);
    expect(stdout).toMatch(/blocked after .* FAILED .* taskprov\.Blocked/);
    const lines = (await cli(["journal", "cat", journal])).stdout;
    expect((await cli(["tree", "-"], lines)).stdout).toBe(stdout);
  });

  test.each([
    [["tree"], /Too few arguments/],
    [["tree", "/no/such/file"], /no such file/],
    [["tree", "x", "--since", "yesterday"], /--since to be a time/],
    [["tree", "x", "--select", "=1"], /--select to be FIELD/],
    [["tree", "x", "--field-limit", "1x"], /--field-limit/],
  ])("%j is refused in one line", async (args, message) => {
    const { status, stdout, stderr } = await cli(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("any bytes are read without a crash", async () => {
    const [path = ""] = files(mainLog, workerLog);
    const good = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) }), { maxLength: 8 }),
        fc.nat(good.length),
        async (changes, length) => {
          const bytes = Buffer.from(good.subarray(0, length));
          for (const { at, byte } of changes) if (at < length) bytes[at] = byte;
          const source = async function* (): AsyncGenerator<Uint8Array> {
            yield bytes;
          };
          const log = await readActionLog([source()]).catch((error: unknown) => error);
          if (log instanceof Error) expect(log.message).toMatch(/journal|standard input/);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

test("the tree of a log is the tree that was logged, in whatever order and number of files", async () => {
  const { messages } = captureLogging((logger) => {
    startAction("main", { n: 1 }, () => {
      for (let i = 0; i < 12; i++) startAction("part", { i }, () => logMessage("in", { i }));
    });
    return logger;
  });
  const texts = messages.map((message: ActionMessage) => encodeMessage(message));
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(texts, { minLength: texts.length }),
      fc.integer({ min: 1, max: 5 }),
      async (shuffled, count) => {
        const parts = Array.from({ length: count }, (_, i) =>
          shuffled.filter((_text, at) => at % count === i),
        );
        const sources = parts.map(async function* (lines): AsyncGenerator<Uint8Array> {
          for (const text of lines) yield Buffer.from(`${text}\n`);
        });
        const { roots, problems } = await readActionLog(sources);
        expect([problems, roots.length]).toEqual([[], 1]);
        const children = roots[0]?.children ?? [];
        expect(children.map((child) => child.fields["i"])).toEqual([...Array(12).keys()]);
        expect(children.every(({ children: [inner] }) => inner?.type === "in")).toBe(true);
      },
    ),
    { numRuns: runs(50) },
  );
});
