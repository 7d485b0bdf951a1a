import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  Client,
  captureLogging,
  computeWithTrace,
  delayed,
  encodeMessage,
  logCall,
  logMessage,
  serializeTaskId,
  startAction,
} from "../../src/index.js";
import { cli } from "../support/cli.js";
import { describeWith, peer } from "../support/peers.js";
import { temporaryFolder } from "../support/temporary.js";
import { exported, recordTroubledRun } from "../traces/recorded.js";

/** Whether `eliot.parse` finds every tree whole, and what the trees are. */
const parse = `
import json, sys
from eliot.parse import Parser
messages = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
def shape(node):
    children = [shape(child) for child in getattr(node, "children", [])]
    kind = getattr(node, "action_type", None) or node.contents.get("message_type")
    return [kind, *children]
tasks = [(task.is_complete(), shape(task.root())) for task in Parser.parse_stream(iter(messages))]
print(json.dumps(tasks))
`;

/** A program that continues an action of ours, as Eliot does it. */
const continues = `
import sys
import eliot
eliot.to_file(open(sys.argv[1], "w", encoding="utf-8"))
with eliot.Action.continue_task(task_id=sys.argv[2]):
    with eliot.start_action(action_type="in-python", n=1):
        eliot.log_message("hello", text="ümläut")
`;

describeWith("Eliot's own tools", await peer("eliot"), ({ python }) => {
  const parsed = (path: string): unknown[] =>
    JSON.parse(execFileSync(python, ["-c", parse, path], { encoding: "utf8" }));
  const eliotTree = (...paths: string[]): string => {
    const program = join(dirname(python), "eliot-tree");
    const args = ["--ascii", "--field-limit", "0", ...paths];
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return stdout;
  };

  async function loggedRun(): Promise<string> {
    const path = join(temporaryFolder(), "run.log");
    await using client = new Client({ workers: 2 });
    await captureLogging(async (logger) => {
      const load = logCall((n: number) => n * 2, { actionType: "load", args: ["n"] });
      const part = delayed(function part(n: number) {
        return load(n);
      });
      const add = delayed((a: number, b: number) => {
        logMessage("adding", { a, b, when: new Date(0), big: 2n ** 60n, all: new Set([1]) });
        return a + b;
      });
      let tries = 0;
      await startAction("main_computation", async () => {
        await computeWithTrace(client, add(part(1), part(2)));
        const flaky = (): number => {
          if (tries++ === 0) throw new RangeError("transient ✗");
          return 1;
        };
        await client.with({ key: "flaky", retries: 1 }).submit(flaky).result();
      });
      writeFileSync(path, logger.messages.map((message) => `${encodeMessage(message)}\n`).join(""));
    });
    return path;
  }

  test("eliot.parse finds one whole tree, retries included", async () => {
    const task = (...inside: unknown[]): unknown[] => [
      "eliot:remote_task",
      ["dask:task"],
      ...inside,
    ];
    expect(parsed(await loggedRun())).toEqual([
      [
        true,
        [
          "main_computation",
          ["taskprov:compute", task(["load"]), task(["load"]), task(["adding"])],
          task(["taskprov:attempt"], ["taskprov:attempt"]),
        ],
      ],
    ]);
  });

  test("eliot-tree shows one tree with the fields", async () => {
    const shown = eliotTree(await loggedRun());
    expect(shown.match(/^[0-9a-f-]{36}$/gm)).toHaveLength(1);
    expect(shown).toMatch(/big: 1152921504606846976/);
    expect(shown).toMatch(/reason: transient ✗/);
    expect(shown).not.toContain("unnamed");
  });

  test("both read the export of a journal", async () => {
    const { journal } = await recordTroubledRun();
    const path = join(temporaryFolder(), "export.log");
    writeFileSync(path, await exported(journal, "eliot"));
    const [first] = parsed(path);
    expect(first).toMatchObject({ 0: true, 1: { 0: "taskprov:run", length: 6 } });
    expect(parsed(path)).toHaveLength(1);
    expect(eliotTree(path)).toContain("taskprov.Blocked");
  });

  test("an action of ours is continued by a Python program, and both files are one tree", async () => {
    const folder = temporaryFolder();
    const [ours, theirs] = [join(folder, "ours.log"), join(folder, "theirs.log")];
    captureLogging((logger) => {
      startAction("main", () => {
        execFileSync(python, ["-c", continues, theirs, serializeTaskId() ?? ""]);
      });
      writeFileSync(ours, logger.messages.map((message) => `${encodeMessage(message)}\n`).join(""));
    });
    const { stdout, status } = await cli(["tree", theirs, ours]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/main ok .*\n└─ eliot:remote_task ok .*\n {3}└─ in-python ok .* n=1\n/);
    expect(stdout).toContain("hello text=ümläut");
    expect(eliotTree(theirs, ours).match(/^[0-9a-f-]{36}$/gm)).toHaveLength(1);
  });
});
