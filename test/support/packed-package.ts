import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");

/** The package as a user gets it: packed, and installed in a folder of its own. */
export interface PackedPackage {
  /** A project whose `node_modules` holds taskprov and its dependencies. */
  readonly folder: string;
  /** What the tarball holds, `package/` left out. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** Bytes of the tarball. */
  readonly size: number;
  readonly version: string;
}

/**
 * Packs what `npm run build` left in `dist` and installs it with npm. Dependencies come from npm's
 * cache where it has them, else from the registry.
 *
 * @throws Error when `dist` was not built.
 */
export async function installPackedPackage(): Promise<PackedPackage> {
  if (!existsSync(path.join(root, "dist", "index.js"))) {
    throw new Error("dist/index.js is missing: run `npm run build` first (npm test does).");
  }
  const parent = await mkdtemp(path.join(os.tmpdir(), "taskprov-package-"));
  const folder = path.join(parent, "project");
  await mkdir(folder);
  const { stdout } = await npm(root, ["pack", "--json", "--pack-destination", parent]);
  const [packed] = decodePacked(JSON.parse(stdout));
  if (packed === undefined) throw new Error(`npm pack said ${stdout}`);
  await writeFile(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module" }),
  );
  const tarball = path.join(parent, packed.filename);
  await npm(folder, ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball]);
  const manifest: unknown = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  return { folder, files: packed.files, size: packed.size, version: versionIn(manifest) };
}

/** Runs npm without the settings of the npm that runs these tests. */
async function npm(cwd: string, args: readonly string[]): Promise<{ stdout: string }> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
  );
  return await run(process.platform === "win32" ? "npm.cmd" : "npm", args, {
    cwd,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
}

interface PackAnswer {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

function decodePacked(answer: unknown): PackAnswer[] {
  // npm's own answer; its form has been the same since npm 7.
  return answer as PackAnswer[];
}

function versionIn(manifest: unknown): string {
  return String((manifest as { version: unknown }).version);
}
