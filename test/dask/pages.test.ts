import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readActionLog } from "../../src/index.js";
import { commandFile } from "../support/kernel.js";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { readRaw } from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";
import { daskProgram } from "../support/tracked-program.js";

const always = [
  "docs/actions.md",
  "docs/coming-from-yprov4dask.md",
  "docs/diagnostics.md",
  "docs/performance-report.md",
];
const pages = [...always, ...(fullTier ? ["README.md", "docs/python.md", "python/README.md"] : [])];

/** The Python programs of a page; the first line names each. */
function programsOf(page: string): { name: string; text: string }[] {
  const text = readFileSync(join(projectFolder, page), "utf8");
  const blocks = [...text.matchAll(/^```python\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, program = ""], at) => ({ name: `${page} ${at + 1}`, text: program }));
}

const programs = pages.flatMap(programsOf);

test("every page has a program", () => {
  for (const page of pages) expect(programsOf(page), page).not.toEqual([]);
});

describeWith("programs in Python of the documentation", await peer("dask"), ({ python }) => {
  test.each(programs)("$name", async ({ text }) => {
    const folder = temporaryFolder();
    const path = join(folder, "program.txt");
    writeFileSync(path, text);
    const { status, stderr, stdout } = await runPython(
      python,
      [daskProgram("page.py"), path],
      folder,
      {
        PYTHONPATH: join(projectFolder, "python"),
        TASKPROV_COMMAND: commandFile(folder),
        PATH: process.env["PATH"] ?? "",
      },
    );
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    expect(stderr).not.toContain("Traceback");
    if (text.includes("ProvTracker(")) {
      expect(readRaw(join(folder, "output/yprov4wfs.json"))).toHaveProperty("activity");
    }
    if (text.includes("dask-report.html")) {
      expect(readFileSync(join(folder, "dask-report.html"), "utf8")).toMatch(/^<!doctype html>/i);
    }
    if (text.includes('to_file("run.log")')) {
      expect(stdout).toBe("(3, 6)\n");
      const logs = readdirSync(folder).filter((name) => name.endsWith(".log"));
      const { roots } = await readActionLog(logs.map((name) => join(folder, name)));
      expect(roots.map((root) => [root.type, root.status])).toEqual([["main", "succeeded"]]);
    }
    if (text.includes("unittest")) expect(stderr).toMatch(/Ran [1-9] tests? .*\n\nOK/);
  });
});
