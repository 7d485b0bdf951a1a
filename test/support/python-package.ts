import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "vitest";
import { projectFolder } from "./run-script.js";

const run = promisify(execFile);

/** The Python package, built and unpacked. */
export interface PythonPackage {
  /** The wheel. */
  readonly wheel: string;
  /** A folder for PYTHONPATH. */
  readonly site: string;
}

/**
 * Builds the wheel with its JavaScript and installs it into a folder of its own, removed after the
 * test file. Needs `dist`.
 *
 * @param builder - a Python with hatchling.
 */
export async function buildPythonPackage(builder: string): Promise<PythonPackage> {
  const folder = mkdtempSync(join(tmpdir(), "taskprov-wheel-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const script = join(projectFolder, "scripts/wheel.mjs");
  const env = { ...process.env, TASKPROV_PYTHON: builder };
  await run(process.execPath, [script, folder], { env });
  const [name] = readdirSync(folder).filter((file) => file.endsWith(".whl"));
  if (name === undefined) throw new Error("scripts/wheel.mjs made no wheel");
  const wheel = join(folder, name);
  const site = join(folder, "site");
  await run(builder, ["-m", "pip", "install", "-q", "--no-deps", "--target", site, wheel]);
  return { wheel, site };
}

/** What a Python program did. */
export interface PythonOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of standard error that are taskprov's own. */
  readonly told: readonly string[];
}

/** Runs a Python program with nothing of this process's environment but what is given. */
export async function runPython(
  python: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<PythonOutcome> {
  const child = spawn(python, args, {
    cwd,
    env: { HOME: cwd, PYTHONDONTWRITEBYTECODE: "1", PATH: "/nowhere", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const told = stderr.split("\n").filter((line) => line.startsWith("taskprov: "));
  return { status, stdout, stderr, told };
}
