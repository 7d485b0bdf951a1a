import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import {
  attribute,
  keyOf,
  type RawDocument,
  type RawRecord,
  readRaw,
  sectionOf,
  statusesOf,
  statusOf,
} from "../support/raw-document.js";
import { judgeProvToolbox, judgePython } from "../support/referees.js";
import { projectFolder } from "../support/run-script.js";
import { daskProgram } from "../support/tracked-program.js";

const dask = await peer("dask");
const prov3 = await peer("prov3");
const provToolbox = await peer("provtoolbox");

// One test for each row of "where it is wrong" in docs/coming-from-yprov4dask.md that needs a run.
describeWith("after the switch from yProv4DASK", dask, ({ python }) => {
  let folder = "";
  let document: RawDocument;
  let text = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "taskprov-test-"));
    const result = await runPython(python, [daskProgram("switch.py")], folder, {
      PYTHONPATH: join(projectFolder, "python"),
      PATH: dirname(process.execPath),
    });
    expect(result.stderr).toContain("taskprov: wrote ");
    expect(result.stdout.split("\n")[0]).toBe("ValueError ValueError");
    expect(result.stdout).toMatch(/True\n$/);
    text = readFileSync(join(folder, "output/yprov4wfs.json"), "utf8");
    document = readRaw(join(folder, "output/yprov4wfs.json"));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const activity = (key: unknown): RawRecord | undefined =>
    sectionOf(document, "activity").find(
      ([id, one]) => keyOf(id, one) === JSON.stringify(key),
    )?.[1];
  const rolesOf = (id: string): string[] =>
    sectionOf(document, "used")
      .filter(([, use]) => use["prov:activity"] === id)
      .flatMap(([, use]) => use["prov:role"] ?? [])
      .map(String)
      .sort((a, b) => (a < b ? -1 : 1));

  test("the document is well-formed, without a finding", async () => {
    const { findings } = await checkDocument([new TextEncoder().encode(text)]);
    expect(findings).toEqual([]);
  });

  test("Python prov loads it with its times, warnings being errors", async (context) => {
    if ("why" in prov3) return context.skip();
    const [verdict] = await judgePython(prov3, [{ name: "switch.json", text }]);
    expect(verdict?.problems).toEqual([]);
  });

  test("ProvToolbox loads it", async (context) => {
    if ("why" in provToolbox) return context.skip();
    const [verdict] = await judgeProvToolbox(provToolbox, [{ name: "switch.json", text }]);
    expect(verdict?.problems).toEqual([]);
  });

  test("times are UTC with zone, start before end; unknown ones are left out", () => {
    for (const [id, one] of sectionOf(document, "activity")) {
      const [start, end] = [one["prov:startTime"], one["prov:endTime"]];
      if (start === undefined) expect(statusOf(one), id).not.toBe("ok");
      else expect(String(start)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      if (end !== undefined) expect(String(start) <= String(end), id).toBe(true);
    }
    expect(text).not.toContain('"None"');
  });

  test("keys that look alike stay apart", () => {
    for (const key of [["x", 0], "x_0", "x, 0"]) expect(statusesOf(document, key)).toEqual(["ok"]);
  });

  test("any text may be a key", () => {
    const key = 'a:b c/d?e#f "q"\nnew größe 😀';
    expect(attribute(activity(key), "taskprov:key")).toBe(key);
  });

  test("the same key computed twice with other inputs is there twice", () => {
    expect(statusesOf(document, "again")).toEqual(["ok", "ok"]);
    const values = ["data:again.ax", "data:again.g2.ax"].map((id) =>
      attribute(document["entity"]?.[id], "yprov4wfs:value"),
    );
    expect(values).toEqual(["1", "5"]);
  });

  test("two lists in one task stay apart, each item with its place", () => {
    const roles = rolesOf("task:two-lists");
    expect(roles).toEqual(expect.arrayContaining(["left.0", "right.0"]));
  });

  test("scattered data belongs to the client, without an invented value", () => {
    const [[, relation] = []] = sectionOf(document, "wasAttributedTo");
    const id = String(relation?.["prov:entity"]);
    const sent = document["entity"]?.[id];
    expect(keyOf(id, sent)).toBeDefined();
    expect(attribute(sent, "yprov4wfs:value")).toBeUndefined();
    expect(attribute(sent, "yprov4wfs:dtype")).not.toBe("NoneType");
  });

  test("a tracker registered late knows the inputs that were there", () => {
    const uses = sectionOf(document, "used").map(([, use]) => use);
    const late = uses.filter((use) => use["prov:activity"] === "task:late");
    expect(late.map((use) => use["prov:entity"])).toContain("data:early");
  });

  test("what a failure blocked has no times and names the culprit", () => {
    for (const key of ["blocked-1", "blocked-2"]) {
      expect(attribute(activity(key), "taskprov:status")).toBe("blocked");
      expect(attribute(activity(key), "yprov4wfs:blamed_task")).toBe("boom");
      expect(attribute(activity(key), "yprov4wfs:error_severity")).toBe("upstream");
      expect(activity(key)?.["prov:startTime"]).toBeUndefined();
    }
  });

  test("every attempt of a retried task is there, with its exception", () => {
    expect(statusesOf(document, "flaky")).toEqual(["error", "error", "ok"]);
    const last = document["activity"]?.["task:flaky.3"];
    expect(attribute(last, "yprov4wfs:retry_count")).toBe("2");
    expect(attribute(last, "yprov4wfs:attempt_history")).toContain("RuntimeError('try 1')");
  });

  test("a cancelled task says so", () => {
    expect(statusesOf(document, "napping")).toEqual(["cancelled"]);
  });

  test("half a surrogate pair in an exception loses nothing", () => {
    expect(statusesOf(document, "boom")).toEqual(["error"]);
    const exception = document["entity"]?.["data:boom.e1"];
    expect(attribute(exception, "yprov4wfs:exception_text")).toContain("half of a pair");
  });

  test("an argument whose repr raises is described by its type", () => {
    expect(statusesOf(document, "odd")).toEqual(["ok"]);
    expect(attribute(document["entity"]?.["data:odd.avalue"], "yprov4wfs:dtype")).toBe(
      "__main__.Odd",
    );
  });

  test("large values are described, not written", () => {
    expect(attribute(document["entity"]?.["data:bytes.avalue"], "taskprov:nbytes")).toBe("3000000");
    expect(attribute(document["entity"]?.["data:text.avalue"], "taskprov:len")).toBe("3000000");
    expect(statSync(join(folder, "output/yprov4wfs.json")).size).toBeLessThan(100_000);
  });

  test("partial, lambda and callable objects have names without memory addresses", () => {
    expect(attribute(activity("partial"), "yprov4wfs:name")).toBe("add");
    expect(rolesOf("task:partial")).toEqual(["x", "y"]);
    expect(attribute(activity("lambda"), "yprov4wfs:name")).toBe("<lambda>");
    expect(attribute(activity("object"), "yprov4wfs:name")).toBe("Adder");
    expect(text).not.toMatch(/0x[0-9a-f]{6}/);
  });

  test("a task submitted from a task is linked to it", () => {
    const informants = sectionOf(document, "wasInformedBy")
      .filter(([, relation]) => relation["prov:informed"] === "task:nested-child")
      .map(([, relation]) => relation["prov:informant"]);
    expect(informants).toContain("task:nesting");
  });

  test("agents are there, and who acted for whom", () => {
    for (const section of ["agent", "wasAssociatedWith", "actedOnBehalfOf"]) {
      expect(sectionOf(document, section).length, section).toBeGreaterThan(0);
    }
  });

  test("prefixes end where names begin, and there is no default one", () => {
    const prefixes = document["prefix"];
    expect(prefixes).toMatchObject({ yprov4wfs: "https://github.com/HPCI-Lab/yProv4WFs#" });
    expect(prefixes).not.toHaveProperty("default");
  });

  test("the workflow failed when a task did", () => {
    const workflow = document["activity"]?.["run:workflow"];
    expect(attribute(workflow, "yprov4wfs:status")).toBe("failure");
    expect(attribute(workflow, "yprov4wfs:engine")).toBe("Dask");
  });
});
