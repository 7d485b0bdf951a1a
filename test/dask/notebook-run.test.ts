import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { placesOf } from "../support/kernel.js";
import { readRaw } from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a notebook of cells with the built command. */
function runNotebook(folder: string, sources: readonly string[], args: string[]): Promise<Outcome> {
  const cells = sources.map((source, at) => ({
    ...{ cell_type: "code", id: `c${at}`, metadata: {}, outputs: [], execution_count: null },
    source,
  }));
  const metadata = { language_info: { name: "typescript" } };
  writeFileSync(
    join(folder, "n.ipynb"),
    JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }),
  );
  const main = join(projectFolder, "dist/cli/main.js");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, "notebook", ...args],
      { cwd: folder },
      (error, stdout, stderr) => {
        resolve({ status: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

const cells = [
  'import { Client } from "npm:taskprov";\nconst client: Client = new Client({ workers: 2 });',
  "interface Reading { readonly value: number }\nfunction total(...xs: number[]): number { return xs.reduce((a, b) => a + b, 0); }",
  "const parts = [1, 2].map((n: number) => client.submit(total, n, n));\nconsole.log(`ψ 😀`); const all = client.submit<number>(total, ...parts as any);",
  "function later(n: number) {\n  return client.submit(total, n);\n}\nawait later(7).result() + (await all.result())",
  "await client.close();",
];

test("`notebook run` executes a TypeScript notebook and names the exact places", async () => {
  const folder = temporaryFolder();
  const { status, stdout, stderr } = await runNotebook(folder, cells, [
    "run",
    "n.ipynb",
    "--write",
  ]);
  expect(stderr).toContain("taskprov: wrote");
  expect([status, stdout]).toEqual([0, "ψ 😀\n"]);
  const path = join(folder, "output/yprov4wfs.json");
  const { findings } = await checkDocument([readFileSync(path)]);
  expect(findings).toEqual([]);
  const places = placesOf(readRaw(path));
  expect(places.map(({ cell, line, text }) => [cell, line, text])).toEqual([
    [3, 1, "submit(total, n, n)"],
    [3, 2, "submit<number>(total, ...parts as any)"],
    [4, 4, "later(7)"],
  ]);
  const written = JSON.parse(readFileSync(join(folder, "n.ipynb"), "utf8"));
  expect(written.cells[3].outputs[0].data).toEqual({ "text/plain": "13" });
  expect(written.cells[2].outputs).toEqual([
    { output_type: "stream", name: "stdout", text: "ψ 😀\n" },
  ]);
  expect(written.cells.map(({ source }: { source: string }) => source)).toEqual(cells);
});

test("`notebook run` shows values as they ask to be shown: lineage, what a run came to, a report", async () => {
  const folder = temporaryFolder();
  const sources = [
    'import { Client, openLineage, ProvTracker, writeReport } from "npm:taskprov";',
    "const client = new Client();\nconst tracker = new ProvTracker();\nclient.registerPlugin(tracker);",
    'await client.with({ key: "<b>" }).submit((n: number) => n + 1, 1).result();',
    "await client.close();\nconst summary = await tracker.done;\nsummary",
    "(await openLineage(summary.document as string)).why('<b>')",
    'await writeReport(summary.document as string, "report.html")',
    '({ [Symbol.for("Jupyter.display")]() { throw new Error("no picture"); }, n: 1 })',
  ];
  const { status, stderr } = await runNotebook(folder, sources, ["run", "n.ipynb", "--write"]);
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const { cells: written } = JSON.parse(readFileSync(join(folder, "n.ipynb"), "utf8"));
  const [summary, why, report] = [3, 4, 5].map((at) => written[at].outputs[0].data);
  expect(summary["text/plain"]).toContain("1 (attempts: 1 ok)");
  expect(summary["text/html"]).toMatch(/^<table>/);
  expect(why["text/plain"]).toContain("<b>");
  expect(why["text/html"]).toMatch(/^<pre [^>]*>.*&lt;b&gt;/s);
  expect(report["text/html"]).toMatch(/^<iframe [^>]*sandbox="allow-scripts"/);
  const [complaint, plain] = written[6].outputs;
  expect(complaint).toMatchObject({ name: "stderr", text: "Cannot display it: no picture\n" });
  expect(plain.data["text/plain"]).toContain("n: 1");
});

test("a cell that throws ends the run with status 1; what ran is recorded and annotated", async () => {
  const folder = temporaryFolder();
  const sources = [...cells.slice(0, 3), "\nthrow new TypeError('no');", "client.submit(total, 1)"];
  const { status, stderr } = await runNotebook(folder, sources, ["run", "n.ipynb"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/cell 3 failed: TypeError: no\n.*n\.ipynb#cell=3:2:7/);
  const text = readFileSync(join(folder, "n.ipynb"), "utf8");
  const main = join(projectFolder, "dist/cli/main.js");
  await new Promise((resolve, reject) => {
    execFile(process.execPath, [main, "notebook", "annotate", "n.ipynb"], { cwd: folder }, (e) =>
      e === null ? resolve(undefined) : reject(e),
    );
  });
  expect(readFileSync(join(folder, "n.ipynb"), "utf8")).toBe(text);
  const beside = JSON.parse(readFileSync(join(folder, "n.taskprov.json"), "utf8"));
  expect(beside.unplaced).toBe(0);
  expect(beside.cells).toMatchObject([
    {
      index: 2,
      id: "c2",
      outcome: {
        tasks: 3,
        calls: [
          { line: 1, attempts: 2 },
          { line: 2, attempts: 1 },
        ],
      },
    },
  ]);
});

test("a Python notebook, or what is none, is refused with status 2", async () => {
  const folder = temporaryFolder();
  await runNotebook(folder, ["1"], ["--help"]);
  const path = join(folder, "n.ipynb");
  writeFileSync(path, readFileSync(path, "utf8").replace("typescript", "python"));
  const main = join(projectFolder, "dist/cli/main.js");
  const run = (file: string): Promise<string> =>
    new Promise((resolve) => {
      execFile(process.execPath, [main, "notebook", "run", file], { cwd: folder }, (e, _, stderr) =>
        resolve(`${e?.code} ${stderr}`),
      );
    });
  expect(await run("n.ipynb")).toContain("2 taskprov: n.ipynb is in");
  expect(await run("none.ipynb")).toContain("2 taskprov: There is no file");
});
