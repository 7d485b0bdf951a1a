import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "../support/run-script.js";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** A program of the page: the heading it stands under, its text, what it says it prints. */
interface Program {
  readonly name: string;
  readonly text: string;
  readonly prints: string;
}

function programsIn(markdown: string): Program[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const [heading = ""] = section.split("\n", 1);
    return [...section.matchAll(/^```ts\n(.*?)^```/gms)].map(([, text = ""], i) => ({
      name: i === 0 ? heading : `${heading}, program ${i + 1}`,
      text,
      prints: expectedOutput(text),
    }));
  });
}

/** What stands as a comment behind each `console.log`, or on the line after it. */
function expectedOutput(text: string): string {
  const printed = text.matchAll(/console\.log\(.*\);(?: |\n *)\/\/ (.*)/g);
  return [...printed].map(([, line]) => `${line}\n`).join("");
}

const pages = [
  "README.md",
  "docs/engine.md",
  "docs/actions.md",
  "docs/diagnostics.md",
  "docs/performance-report.md",
];
const texts = pages.map((page) => readFile(path.join(projectFolder, page), "utf8"));
const programs = (await Promise.all(texts)).flatMap(programsIn);

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), "taskprov-pages-")));
  await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
  const modules = path.join(folder, "node_modules");
  await mkdir(modules);
  await symlink(projectFolder, path.join(modules, "taskprov"), "dir");
  for (const [i, { text }] of programs.entries()) {
    await writeFile(path.join(folder, `program-${i}.ts`), text);
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the programs of the pages", () => {
  test("are there, and each says what it prints", () => {
    expect(programs.length).toBeGreaterThan(10);
    for (const { name, text, prints } of programs) {
      expect([name, prints.split("\n").length - 1]).toEqual([
        name,
        [...text.matchAll(/console\.log/g)].length,
      ]);
    }
  });

  test("compile under strict flags", async () => {
    await writeFile(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          // `await using` is not in Node 20: compiled away.
          target: "es2022",
          lib: ["es2023", "esnext.disposable"],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: true,
          types: ["node"],
          typeRoots: [path.join(projectFolder, "node_modules", "@types")],
        },
        include: ["*.ts"],
      }),
    );
    const tsc = require.resolve("typescript/bin/tsc");
    const compiled = run(process.execPath, [tsc, "-p", "."], { cwd: folder }).then(
      () => "compiles",
      (error: { stdout: string }) => error.stdout,
    );
    await expect(compiled).resolves.toBe("compiles");
  });

  test.each(programs.map(({ name, prints }, i) => [name, i, prints] as const))(
    "%s: prints what it says",
    async (_, i, prints) => {
      const result = await run(process.execPath, [`program-${i}.js`], { cwd: folder });
      expect(result).toEqual({ stdout: prints, stderr: "" });
    },
  );
});
