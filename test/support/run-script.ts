import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** The folder of this project. */
export const projectFolder: string = path.resolve(import.meta.dirname, "../..");

/** How a script is run. */
export interface ScriptRun {
  /** Relative to the project, or absolute. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly cwd: string;
  /** Called with each piece of standard output, and what can stop the script. */
  readonly onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** What came of it. */
export interface ScriptResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script of this project in a process of its own. Its import of "taskprov" finds `dist`.
 *
 * @throws Error when `dist` was not built.
 */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  if (!existsSync(path.join(projectFolder, "dist", "index.js"))) {
    throw new Error("dist/index.js is missing: run `npm run build` first (npm test does).");
  }
  const script = path.resolve(projectFolder, run.script);
  const args = [...(run.nodeArgs ?? []), script, ...(run.args ?? [])];
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: run.cwd, env, stdio: "pipe" });
  child.stdin.end();
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    run.onOutput?.(text, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
