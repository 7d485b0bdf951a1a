import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { daskPeers } from "../support/dask-versions.js";
import { describeWith } from "../support/peers.js";
import {
  attribute,
  lineageOf,
  type RawDocument,
  type RawRecord,
  readRaw,
  sectionOf,
} from "../support/raw-document.js";
import { daskProgram, readTruth, runTracked } from "../support/tracked-program.js";

const hasType = (record: RawRecord, type: string): boolean =>
  JSON.stringify(record["prov:type"] ?? "").includes(`"${type}"`);

describe.each(daskPeers)("$title", (dask) => {
  describeWith("what Dask says", dask, ({ python }) => {
    describe.each(["threads", "processes"])("with workers in %s", (mode) => {
      let folder = "";
      let document: RawDocument;

      beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "taskprov-test-"));
        const result = await runTracked({
          cwd: folder,
          options: ["--strict", "--expand-fused"],
          command: [python, daskProgram("saying.py"), mode],
        });
        expect(result.status, result.stderr).toBe(0);
        document = readRaw(join(folder, "output/yprov4wfs.json"));
      });

      afterAll(() => {
        rmSync(folder, { recursive: true, force: true });
      });

      const functionOf = (id: string): string | undefined => {
        const relation = sectionOf(document, "wasAssociatedWith").find(
          ([, { "prov:activity": activity }]) => activity === id,
        );
        const plan = document["entity"]?.[String(relation?.[1]["prov:plan"])];
        return attribute(plan, "prov:label");
      };

      test.each([
        ["composed", "toolz.functoolz.compose(__main__.double, __main__.inc)"],
        ["method-caller", "operator.methodcaller(bit_length)"],
        ["dask-method-caller", "dask.utils.methodcaller(bit_length)"],
        ["bound-method", "__main__.Counter.add"],
        ["object", "__main__.Counter"],
        ["curried", "__main__.scaled"],
        ["lambda", "__main__.<lambda>"],
        ["class", "builtins.float"],
        ["partial", "__main__.scaled"],
      ])("the function of %s is %s", (key, name) => {
        expect(functionOf(`task:${key}`)).toBe(name);
        expect(JSON.stringify(document)).not.toMatch(/0x[0-9a-f]{6}/);
      });

      test.each([
        ["own", /^__main__\.OwnError$/],
        ["plain", /^__main__\.PlainError$/],
        ["json", /^json\.decoder\.JSONDecodeError$/],
        ["built-in", /^ValueError$/],
      ])("the type of the exception of fails-%s has its module", (kind, type) => {
        const exception = document["entity"]?.[`data:fails-${kind}.e1`];
        expect(attribute(exception, "taskprov:exceptionType")).toMatch(type);
      });

      test("annotations stand on the tasks they were made for, secrets hidden", () => {
        const annotated = document["activity"]?.["task:annotated"]?.["taskprov:annotation"];
        expect(new Set(Array.isArray(annotated) ? annotated : [])).toEqual(
          new Set(['api_token="[redacted]"', 'note=["a",{"b":1.5}]', "priority=3"]),
        );
        expect(document["activity"]?.["task:plain"]?.["taskprov:annotation"]).toBeUndefined();
      });

      test("an actor is marked as one", () => {
        const actor = document["activity"]?.["task:actor"];
        expect(attribute(actor, "taskprov:annotation")).toBe("actor=true");
      });

      test("workers say their threads, memory and versions", () => {
        const workers = sectionOf(document, "agent").filter(([, record]) =>
          hasType(record, "taskprov:Worker"),
        );
        expect(workers).toHaveLength(2);
        for (const [, worker] of workers) {
          expect(attribute(worker, "taskprov:threads")).toBe("1");
          expect(Number(attribute(worker, "taskprov:memoryLimit"))).toBeGreaterThan(0);
          const version = dask.title.replace(/^Dask (\S+).*/, "distributed $1");
          expect(worker["taskprov:version"]).toContain(version);
        }
      });

      test("the steps of a fused task are its own activities, and lineage is what it was", () => {
        const steps = sectionOf(document, "activity").filter(([, record]) =>
          hasType(record, "taskprov:Step"),
        );
        const names = steps.map(([, record]) => attribute(record, "yprov4wfs:name"));
        // Dask 2024.8 joins the steps of a bag into one nested call instead.
        const expected = dask.name === "dask2024" ? [] : ["inc", "double"];
        expect(names).toEqual(expect.arrayContaining(expected));
        const truth = readTruth(folder).graph;
        const lineage = lineageOf(withoutSteps(document));
        for (const [key, sources] of lineage) expect(sources, key).toEqual(truth[key]);
      });

      test("the document is valid", async () => {
        const checked = await cli(["check", join(folder, "output/yprov4wfs.json")]);
        expect(checked).toMatchObject({ status: 0 });
      });
    });
  });
});

/** A document without what steps made, which has no key that the scheduler knows. */
function withoutSteps(document: RawDocument): RawDocument {
  const isStep = (id: unknown): boolean => /\.s\d+$/.test(String(id));
  const derived = Object.entries(document["wasDerivedFrom"] ?? {}).filter(
    ([, { "prov:generatedEntity": made, "prov:usedEntity": used }]) =>
      !isStep(made) && !isStep(used),
  );
  return { ...document, wasDerivedFrom: Object.fromEntries(derived) };
}
