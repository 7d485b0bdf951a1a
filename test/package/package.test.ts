import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackedPackage, type PackedPackage } from "../support/packed-package.js";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

let installed: PackedPackage;

beforeAll(async () => {
  installed = await installPackedPackage();
});

afterAll(async () => {
  await rm(path.dirname(installed.folder), { recursive: true, force: true });
});

/** Writes a program into the project and runs it there. */
async function runProgram(name: string, text: string): Promise<string> {
  await writeFile(path.join(installed.folder, name), text);
  const { stdout } = await run(process.execPath, [name], { cwd: installed.folder });
  return stdout.trim();
}

const pipeline = `
const client = new Client({ workers: 2 });
const tracker = new ProvTracker({ destination: "./out", name: "smoke" });
client.registerPlugin(tracker);
tracker.start(client.scheduler);
const parts = client.map((n) => n + 1, [1, 2, 3]);
const total = client.submit((values) => values.reduce((a, b) => a + b, 0), parts);
console.log(await total.result());
await client.close();
const { document, problems } = await tracker.done;
console.log(JSON.stringify(problems));
const read = parseProvJson(readFileSync(document, "utf8"));
console.log(read.records.filter((record) => record.kind === "activity").length);
`;

describe("the packed package", () => {
  test("holds what users need and nothing of the workshop", () => {
    const files = installed.files.map((file) => file.path);
    for (const needed of [
      "package.json",
      "README.md",
      "CHANGELOG.md",
      "LICENSE",
      "NOTICE",
      "schemas/taskprov.ttl",
      "schemas/event.schema.json",
      "docs/errors.md",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/cli/main.js",
      "dist/notebook/tree-sitter-python.wasm",
    ]) {
      expect(files).toContain(needed);
    }
    const unwanted = /^(src|test|bench|scripts|examples|output|\.)|\.map$|\.test\./;
    expect(files.filter((file) => unwanted.test(file))).toEqual([]);
    expect(installed.size).toBeLessThan(1_500_000);
  });

  test("the embedded engine and tracker run from ESM", async () => {
    const text = `import { readFileSync } from "node:fs";
import { Client, ProvTracker } from "taskprov";
import { parseProvJson } from "taskprov/formats";
${pipeline}`;
    expect((await runProgram("esm.mjs", text)).split("\n")).toEqual(["9", "[]", "5"]);
  });

  test("the same runs from CommonJS through require", async () => {
    const text = `const { readFileSync } = require("node:fs");
const { Client, ProvTracker } = require("taskprov");
const { parseProvJson } = require("taskprov/formats");
(async () => {${pipeline}})();`;
    expect((await runProgram("cjs.cjs", text)).split("\n")).toEqual(["9", "[]", "5"]);
  });

  test.each(["taskprov", "taskprov/prov", "taskprov/formats", "taskprov/check"])(
    "%s exports the same names to import and to require",
    async (entry) => {
      const name = entry.replace("/", "-");
      const esm = await runProgram(
        `${name}.mjs`,
        `import * as all from "${entry}"; console.log(Object.keys(all).sort().join());`,
      );
      const cjs = await runProgram(
        `${name}.cjs`,
        `const all = require("${entry}"); console.log(Object.keys(all).filter((n) => n !== "__esModule").sort().join());`,
      );
      expect(esm.split(",").length).toBeGreaterThan(1);
      expect(cjs).toBe(esm);
    },
  );

  test("TypeScript programs compile against its types under strict flags", async () => {
    const folder = path.join(installed.folder, "typed");
    await mkdir(folder);
    await writeFile(path.join(folder, "program.ts"), await readFile(programFile, "utf8"));
    await writeFile(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2023",
          lib: ["es2023", "esnext.disposable"],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noEmit: true,
          types: ["node"],
          typeRoots: [path.resolve(import.meta.dirname, "../../node_modules/@types")],
        },
        files: ["program.ts"],
      }),
    );
    const tsc = require.resolve("typescript/bin/tsc");
    const compiled = run(process.execPath, [tsc, "-p", "."], { cwd: folder }).then(
      () => "compiles",
      (error: { stdout: string }) => error.stdout,
    );
    await expect(compiled).resolves.toBe("compiles");
  });

  test("the taskprov command answers --version and --help, and 2 to nonsense", async () => {
    const command = path.join(installed.folder, "node_modules", ".bin", "taskprov");
    const version = await run(command, ["--version"], { cwd: installed.folder });
    expect(version.stdout.trim()).toContain(installed.version);
    const help = await run(command, ["--help"], { cwd: installed.folder });
    expect(help.stdout).toMatch(/build +write the document of a journal/);
    const nonsense = run(command, ["nonsense"], { cwd: installed.folder });
    await expect(nonsense).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("nonsense"),
    });
  });
});

const programFile = path.join(import.meta.dirname, "typed-program.txt");
