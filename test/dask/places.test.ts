import { createHash } from "node:crypto";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { daskPeers } from "../support/dask-versions.js";
import { describeWith } from "../support/peers.js";
import { attribute, keyOf, type RawDocument, readRaw, sectionOf } from "../support/raw-document.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram, runTracked } from "../support/tracked-program.js";

const program = daskProgram("places.py");
const lines = readFileSync(program, "utf8").split("\n");

/** The line of the program that has this text, counted from 1. */
function lineOf(text: string): number {
  const at = lines.findIndex((line) => line.includes(text));
  expect(at, text).toBeGreaterThanOrEqual(0);
  return at + 1;
}

/** Where a task was submitted, and what called that. */
function placeOf(document: RawDocument, key: string): readonly [place: string, stack: unknown] {
  const [, activity] =
    sectionOf(document, "activity").find(
      ([id, record]) => keyOf(id, record) === JSON.stringify(key),
    ) ?? [];
  const [named] = (activity?.["taskprov:site"] ?? []) as readonly { readonly $: string }[];
  const site = document["entity"]?.[named?.$ ?? ""];
  const file = attribute(site, "taskprov:file");
  return [`${file}:${attribute(site, "taskprov:line")}`, site?.["taskprov:stack"]];
}

function planOf(document: RawDocument, key: string): string {
  const [, association] =
    sectionOf(document, "wasAssociatedWith").find(
      ([, relation]) => relation["prov:activity"] === `task:${key}`,
    ) ?? [];
  return String(association?.["prov:plan"]);
}

describe.each(daskPeers)("$title", (dask) => {
  describeWith("the places of a program", dask, ({ python }) => {
    test.each([
      ["processes", {}],
      ["threads", { DASK_DISTRIBUTED__DIAGNOSTICS__COMPUTATIONS__NFRAMES: "2" }],
    ])("each task names the line that asked for it, in %s with %j", async (mode, env) => {
      const folder = temporaryFolder();
      const command = [python, program, mode];
      const result = await runTracked({ cwd: folder, options: ["--strict"], command, env });
      expect(result).toMatchObject({ status: 0, stdout: "8\n" });
      const document = readRaw(join(folder, "output/yprov4wfs.json"));
      const at = (text: string): string => `${program}:${lineOf(text)}`;
      expect(placeOf(document, "first")).toEqual([at('key="first"'), undefined]);
      expect(placeOf(document, "lazy")).toEqual([at('"lazy"'), undefined]);
      expect(placeOf(document, "mother")).toEqual([at('key="mother"'), undefined]);
      expect(placeOf(document, "child")[0]).toBe(at('key="child"'));
      expect(placeOf(document, "asked-2")).toEqual([
        at('key=f"asked-'),
        [expect.stringMatching(new RegExp(`places\\.py:${lineOf("ask(client, 2)")}:9$`))],
      ]);
      expect(placeOf(document, "many-1")).toEqual(placeOf(document, "many-2"));
    });

    test("functions of one name with other sources are two plans", async () => {
      const folder = temporaryFolder();
      await runTracked({ cwd: folder, command: [python, program, "threads"] });
      const document = readRaw(join(folder, "output/yprov4wfs.json"));
      const [first, second] = ["first", "second"].map((key) => planOf(document, key));
      expect(first).not.toBe(second);
      expect(planOf(document, "many-1")).toBe(first);
      for (const plan of [first, second]) {
        const record = document["entity"]?.[plan ?? ""];
        expect(attribute(record, "prov:label")).toBe("__main__.inc");
        expect(attribute(record, "taskprov:sha256")).toMatch(/^[0-9a-f]{64}$/);
      }
    });

    test("a source that is no longer the function's is not hashed, and one line's lambdas are told apart", async () => {
      const folder = temporaryFolder();
      const command = [python, daskProgram("edited.py")];
      const result = await runTracked({ cwd: folder, options: ["--strict"], command });
      expect(result).toMatchObject({ status: 0, stdout: "[2, 11, 101, 2, 3]\n" });
      const document = readRaw(join(folder, "output/yprov4wfs.json"));
      const hashOf = (key: string): unknown =>
        attribute(document["entity"]?.[planOf(document, key)], "taskprov:sha256");
      const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
      expect(hashOf("kept")).toBe(sha256("def kept(x):\n    return x + 1"));
      expect(hashOf("altered")).toBeUndefined();
      expect(hashOf("moved")).toBeUndefined();
      expect(hashOf("one")).toBe(sha256("lambda x: x + 1"));
      expect(hashOf("two")).toBe(sha256("lambda x: x + 2"));
    });

    test("a local scheduler's tasks name the line that computed them", async () => {
      const folder = realpathSync(temporaryFolder());
      const text = [
        "import dask",
        "",
        "def work():",
        "    return dask.delayed(sum)([1, 2], dask_key_name='total').compute(scheduler='threads')",
        "",
        "print(work())",
        "",
      ];
      const local = join(folder, "local.py");
      writeFileSync(local, text.join("\n"));
      await runTracked({ cwd: folder, command: [python, "local.py"] });
      const document = readRaw(join(folder, "output/yprov4wfs.json"));
      expect(placeOf(document, "total")).toEqual([`${local}:4`, [`${local}:6:1`]]);
    });
  });
});
