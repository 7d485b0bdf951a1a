import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { cli } from "../support/cli.js";
import { daskPeers } from "../support/dask-versions.js";
import { commandFile } from "../support/kernel.js";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { attribute, type RawRecord, readRaw } from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

const modes = [
  { mode: "processes", options: {} },
  { mode: "threads", options: { capture_output: true, rich_types: true } },
];

async function run(python: string, program: string, ...args: readonly string[]) {
  const folder = temporaryFolder();
  const script = join(import.meta.dirname, "programs", program);
  const { status, stderr } = await runPython(python, [script, ...args], folder, {
    PYTHONPATH: join(projectFolder, "python"),
    TASKPROV_COMMAND: commandFile(folder),
    PATH: process.env["PATH"] ?? "",
  });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  const document = join(folder, "output/yprov4wfs.json");
  return { folder, document, activities: readRaw(document)["activity"] ?? {} };
}

/** What a document says that an attempt logged. */
function logged(attempt: RawRecord | undefined): Record<string, unknown>[] {
  const texts: unknown[] = [attempt?.["taskprov:logMessage"] ?? []].flat();
  return texts.map((text) => JSON.parse(String(text)));
}

describe.each(daskPeers)("$title", (dask) => {
  describeWith("messages of tasks on a recorded cluster", dask, ({ python }) => {
    test.each(modes)("are attributes of their attempts: $mode", async ({ mode, options }) => {
      const run_ = await run(python, "actions_recorded.py", mode, JSON.stringify(options));
      const of = (id: string) => logged(run_.activities[`task:${id}`]);
      for (const name of ["a", "bb", "traced"]) {
        expect(of(name)).toEqual([
          expect.objectContaining({ message_type: "begin", name, password: "[redacted]" }),
          expect.objectContaining({ action_status: "started", x: name.length, y: 2 }),
          expect.objectContaining({ action_status: "succeeded", result: name.length * 2 }),
        ]);
      }
      const text = readFileSync(run_.document, "utf8");
      expect(text).not.toMatch(/token=abc|outside any task/);
      expect(text).toContain(String(2n ** 70n));
      expect(of("quiet")).toEqual([]);
      expect(of("failing")).toMatchObject([{ message_type: "before", text: "no" }]);
      expect(["flaky", "flaky.2", "flaky.3"].map((id) => of(id))).toMatchObject(
        [1, 2, 3].map((number) => [{ message_type: "trying", number }]),
      );
      expectBounded(run_.activities);
      expect(await checkDocument(text)).toMatchObject({ valid: true });
      const journal = join(run_.folder, "output/yprov4wfs.journal");
      const { stdout } = await cli(["tree", journal]);
      expect(stdout).toMatch(/ a ok .*\n.*├─ begin .*\n.*└─ multiply ok .* → result=2/);
    });
  });
});

/** In number and size, with a count of what is left out. */
function expectBounded(activities: Readonly<Record<string, RawRecord>>): void {
  const of = (id: string) => logged(activities[`task:${id}`]);
  const omitted = (id: string) => attribute(activities[`task:${id}`], "taskprov:omittedMessages");
  expect([of("many").length, omitted("many")]).toEqual([100, "400"]);
  expect(of("long").length).toBeLessThan(10);
  expect(omitted("long")).toBe(String(20 - of("long").length));
  expect(of("huge")).toMatchObject([{ message_type: "note", "…": expect.any(String) }]);
  expect(of("huge")[0]).not.toHaveProperty("text");
}

describeWith("a program that logs with Eliot, recorded", await peer("eliot"), ({ python }) => {
  test("has its messages in the document too", async () => {
    const { activities } = await run(python, "actions_eliot_recorded.py");
    const all = Object.values(activities).flatMap(logged);
    const types = all.map((message) => message["message_type"] ?? message["action_type"]);
    expect(types.toSorted()).toEqual(["by-eliot", "by-taskprov", "call", "call"]);
  });
});
