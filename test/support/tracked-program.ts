import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { judgeFolder } from "./judged.js";
import { projectFolder } from "./run-script.js";

/** How a program is run under `taskprov run`. */
export interface TrackedRun {
  /** Working directory; documents go to `output` in it unless `options` say otherwise. */
  readonly cwd: string;
  /** Options of `taskprov run`. */
  readonly options?: readonly string[];
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Keeps standard input open, so that the program can wait on it. */
  readonly keepOpen?: boolean;
  /** Called with what standard output has so far, and with what sends a signal to `taskprov`. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** What came of it. */
export interface TrackedResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of standard error that are taskprov's own. */
  readonly told: readonly string[];
}

/** Path of a Python program of the Dask tests. */
export function daskProgram(name: string): string {
  return path.join(projectFolder, "test/dask/programs", name);
}

/**
 * Runs `taskprov run` from `dist` in a process of its own. What documents it writes must be valid
 * and say the same in every syntax.
 *
 * @throws Error when `dist` was not built.
 */
export async function runTracked(run: TrackedRun): Promise<TrackedResult> {
  const main = path.join(projectFolder, "dist/cli/main.js");
  if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first.`);
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...env } = process.env;
  const args = [main, "run", ...(run.options ?? []), "--", ...run.command];
  const began = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: run.cwd,
    env: { ...env, PYTHONDONTWRITEBYTECODE: "1", ...run.env },
    stdio: "pipe",
  });
  if (run.keepOpen !== true) child.stdin.end(run.input ?? "");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    run.onOutput?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  await judgeFolder(run.cwd, began);
  const told = stderr.split("\n").filter((line) => line.startsWith("taskprov: "));
  return { status, stdout, stderr, told };
}

/** A key and which of its results, from 1. */
export type TrueResult = readonly [key: unknown, generation: number];

/** What a test program wrote into `truth.json`: the scheduler's own graph, keys as JSON. */
export interface Truth {
  readonly graph: Readonly<Record<string, readonly string[]>>;
  /** Each result, in the order in which they came, with those that it was made from. */
  readonly results?: readonly (readonly [made: TrueResult, from: readonly TrueResult[]])[];
  /** When the task `timed` says it ran. */
  readonly timed?: readonly [start: number, end: number];
  /** When tasks say they ran, by key. */
  readonly times?: Readonly<Record<string, readonly [start: number, end?: number]>>;
}

/** Reads `truth.json`; keys come in the form of {@link keyOfEntity}. */
export function readTruth(folder: string): Truth {
  const truth: Truth = JSON.parse(readFileSync(path.join(folder, "truth.json"), "utf8"));
  const canonical = (key: string): string => JSON.stringify(JSON.parse(key));
  const graph: Record<string, string[]> = {};
  for (const [key, needed] of Object.entries(truth.graph)) {
    graph[canonical(key)] = needed.map(canonical).sort();
  }
  return { ...truth, graph };
}
