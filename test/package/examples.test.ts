import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { parseProvJson } from "../../src/formats/index.js";
import type { ProvRecord } from "../../src/prov/index.js";
import { loadExample } from "../support/load-example.js";
import { withoutMachineFacts } from "../support/machine-facts.js";
import { projectFolder, runScript, type ScriptResult } from "../support/run-script.js";

let parent: string;

beforeAll(async () => {
  parent = await realpath(await mkdtemp(path.join(os.tmpdir(), "taskprov-examples-")));
});

afterAll(async () => {
  await rm(parent, { recursive: true, force: true });
});

async function freshFolder(): Promise<string> {
  return await mkdtemp(path.join(parent, "run-"));
}

const demo = "examples/demo/demo.mjs";

async function findingsIn(document: string): Promise<unknown[]> {
  return [...(await checkDocument(await readFile(document))).findings];
}

async function recordsIn(document: string): Promise<readonly ProvRecord[]> {
  return parseProvJson(await readFile(document, "utf8")).records;
}

/** An attribute of ours, of the record with an id. */
function attributeOf(records: readonly ProvRecord[], id: string, name: string): unknown {
  const record = records.find((each) => each.id?.local === id);
  return record?.attributes.find(([{ local }]) => local === name)?.[1];
}

describe("the demo", () => {
  let cwd: string;
  let first: ScriptResult;
  let document: string;

  beforeAll(async () => {
    cwd = await freshFolder();
    document = path.join(cwd, "output", "yprov4wfs.json");
    first = await runScript({ script: demo, cwd });
  });

  test("ends with status 0 and draws no progress line where there is no terminal", () => {
    expect(first.stderr).toBe("");
    expect(first.status).toBe(0);
  });

  test("prints numbers, what happened by name, where the record is and what to type next", () => {
    expect(first.stdout).toMatch(/mean temperature +12\.3 °C +13\.0 °C/);
    expect(first.stdout).toMatch(/wet days a year, 1 mm or more +127 +91/);
    expect(first.stdout).toContain("What happened to 56 tasks\n   52 succeeded\n");
    expect(first.stdout).toContain("1 of them at the second attempt: readText-1-1");
    expect(first.stdout).toContain("65,536 of 121,417 bytes");
    expect(first.stdout).toContain("1 failed: parseRecords-1-53");
    expect(first.stdout).toContain('line 18, column 26: temp_max "15.O" is not a number');
    expect(first.stdout).toContain("correctDays-1-54, monthlyMeans-1-55, correctionEffect-1-56");
    expect(first.stdout).toContain("document  output/yprov4wfs.json");
    expect(first.stdout).toContain("npx taskprov check output/yprov4wfs.json");
  });

  test("leaves a document without findings, its journal and the source of the pipeline", async () => {
    expect(await findingsIn(document)).toEqual([]);
    expect((await readdir(path.join(cwd, "output"))).sort()).toEqual([
      ...["climate.mjs", "files.mjs", "records.mjs", "season.mjs", "steps.mjs"],
      ...["yprov4wfs.journal", "yprov4wfs.json"],
    ]);
  });

  test("records each function with the hash of its source", async () => {
    const records = await recordsIn(document);
    const modules = ["climate", "records", "season"].map((name) =>
      loadExample<object>(`examples/demo/pipeline/${name}.mjs`),
    );
    const functions: unknown[] = modules.flatMap((module) => Object.values(module));
    const ran = functions.filter(
      (value) => typeof value === "function" && !String(value).startsWith("class"),
    );
    expect(ran).toHaveLength(13);
    for (const fn of ran) {
      const { name } = Object(fn);
      const sha256 = createHash("sha256").update(String(fn)).digest("hex");
      expect([name, attributeOf(records, name, "sha256")]).toEqual([name, sha256]);
    }
  });

  test("recommends commands that work", async () => {
    const [, ...lines] = first.stdout.slice(first.stdout.indexOf("Go on with")).trim().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const [npx, command, ...args] = line.trim().split(" ");
      expect([npx, command]).toEqual(["npx", "taskprov"]);
      const result = await runScript({ script: "dist/cli/main.js", args, cwd });
      expect(result).toMatchObject({ status: 0, stderr: "" });
    }
    expect(await findingsIn(path.join(cwd, "output", "portable.json"))).toEqual([]);
  });

  test("run again, it renames the first document and its journal, and says so", async () => {
    const before = await readFile(document, "utf8");
    const second = await runScript({ script: demo, cwd });
    expect(second.status).toBe(0);
    const names = await readdir(path.join(cwd, "output"));
    const older = names.find((name) => /^yprov4wfs-\d{8}T\d{6}Z\.json$/.test(name)) ?? "none";
    expect(second.stdout).toContain(`output/${older} is the document of an older run`);
    expect(names).toContain(older.replace(".json", ".journal"));
    expect(await readFile(path.join(cwd, "output", older), "utf8")).toBe(before);
    expect(await readFile(document, "utf8")).not.toBe(before);
  });

  test("interrupted by Ctrl-C, it still writes a document that says what was cancelled", async () => {
    const folder = await freshFolder();
    let sent = false;
    const result = await runScript({
      script: demo,
      args: ["--destination", "here"],
      cwd: folder,
      // The first line comes before any task has run.
      onOutput: (_, kill) => {
        if (!sent) kill("SIGINT");
        sent = true;
      },
    });
    expect(result).toMatchObject({ status: 130, stderr: "" });
    expect(result.stdout).toMatch(/Interrupted.*[1-9]\d* cancelled/s);
    const interrupted = path.join(folder, "here", "yprov4wfs.json");
    expect(await findingsIn(interrupted)).toEqual([]);
    const records = await recordsIn(interrupted);
    expect(attributeOf(records, "compareStations-1-51", "status")).toBe("cancelled");
  });

  test.each([
    ["an unknown option", ["--nonsense"], /^demo: .*--nonsense/],
    ["an argument too many", ["nonsense"], /^demo: .*nonsense/],
    ["a destination that is a file", ["--destination", "file"], /^demo: .*file.*destination/],
  ])("answers %s with one line and status 2", async (_, args, message) => {
    const folder = await freshFolder();
    await writeFile(path.join(folder, "file"), "mine");
    const result = await runScript({ script: demo, args, cwd: folder });
    expect(result).toMatchObject({ status: 2, stdout: "" });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trimEnd()).not.toContain("\n");
    expect(await readFile(path.join(folder, "file"), "utf8")).toBe("mine");
  });

  test("explains itself with --help", async () => {
    const result = await runScript({ script: demo, args: ["--help"], cwd: parent });
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(result.stdout).toContain("--destination DIR");
  });
});

test("the picture of the README shows what the demo prints", async () => {
  const { stdout } = await runScript({ script: demo, cwd: await freshFolder() });
  const svg = await readFile(path.join(projectFolder, "docs/images/demo.svg"), "utf8");
  const drawn = [...svg.matchAll(/<text[^>]*>(.*)<\/text>/g)].map(([, text = ""]) => text);
  const printed = stdout.split("\n").map((line) => line.trim());
  const lines = ["$ npm run demo", ...printed.filter((line) => line !== "")];
  expect(drawn.map(withoutSize)).toEqual(lines.map(withoutSize));
});

/** The size of a document depends on the length of the paths in it. */
function withoutSize(line: string): string {
  return line.replace(/ \(\d+ kB\)$/, "");
}

describe("the quick start", () => {
  test("answers its question and names its document", async () => {
    const cwd = await freshFolder();
    const result = await runScript({ script: "examples/quick-start.mjs", cwd });
    const document = path.join(cwd, "output", "yprov4wfs.json");
    expect(result).toEqual({
      status: 0,
      stderr: "",
      stdout: `2014 was the wettest year: 1233 mm of rain.\nHow we know: ${document}\n`,
    });
    expect(await findingsIn(document)).toEqual([]);
  });
});

describe("the documents of the examples", () => {
  const fixed = path.join(projectFolder, "test", "support", "fixed-run.mjs");
  const times = process.env["TASKPROV_FULL"] === "1" ? 10 : 2;

  /** The document of a run in which only the machine can differ. */
  async function fixedDocument(script: string, cwd: string, output: string): Promise<string> {
    const args = output === "output" ? [] : ["--destination", output];
    const result = await runScript({ script, args, cwd, nodeArgs: ["--import", fixed] });
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const text = await readFile(path.resolve(cwd, output, "yprov4wfs.json"), "utf8");
    return withoutMachineFacts(text, {
      "/run": path.resolve(cwd, output),
      "/project": projectFolder,
    });
  }

  async function expectGolden(make: () => Promise<string>, golden: string): Promise<void> {
    for (let i = 0; i < times; i++) await expect(await make()).toMatchFileSnapshot(golden);
  }

  test("the demo's says what it said before", async () => {
    // In the project's folder, so that the recorded paths of the data are the same everywhere.
    const make = async (): Promise<string> =>
      await fixedDocument(demo, projectFolder, await freshFolder());
    await expectGolden(make, "../golden/demo.json");
  });

  test("the quick start's says what it said before", async () => {
    const make = async (): Promise<string> => {
      const cwd = await freshFolder();
      const text = await fixedDocument("examples/quick-start.mjs", cwd, "output");
      return text.replaceAll(cwd, "/run");
    };
    await expectGolden(make, "../golden/quick-start.json");
  });
});
