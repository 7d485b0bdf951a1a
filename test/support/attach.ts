import { readdirSync } from "node:fs";
import path from "node:path";
import type { RunOverview } from "../../src/traces/run-overview.js";
import { runOverview } from "../../src/track/watch-run.js";
import { type Program, startProgram } from "./dask-cluster.js";
import { projectFolder } from "./run-script.js";

/** Runs `taskprov attach` from `dist`, as a program; resolves when it records. */
export async function startAttach(cwd: string, args: readonly string[]): Promise<Program> {
  const main = path.join(projectFolder, "dist/cli/main.js");
  const program = startProgram([process.execPath, main, "attach", ...args], { cwd });
  await program.says(/taskprov: recording/);
  return program;
}

/** How `taskprov attach` ended: its status and its last line. */
export interface AttachResult {
  readonly status: number | null;
  readonly told: string;
}

/** Tells `taskprov attach` to leave, as Ctrl-C does. */
export async function leave(
  attach: Program,
  signal: NodeJS.Signals = "SIGINT",
): Promise<AttachResult> {
  attach.process.kill(signal);
  return await ended(attach);
}

/** Waits for the end of `taskprov attach`. */
export async function ended(attach: Program): Promise<AttachResult> {
  const status = await attach.exit;
  return { status, told: attach.stderr().trim().split("\n").at(-1) ?? "" };
}

/** The journals in a folder, which need not be there. */
export function journalsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".journal"));
    return names.map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** How the run in the folder stands by what its journal holds now. */
export async function overviewIn(folder: string): Promise<RunOverview | undefined> {
  const [journal] = journalsIn(folder);
  // Its first events may not be there yet.
  return journal === undefined ? undefined : await runOverview(journal).catch(() => undefined);
}

/** Waits for a state. */
export async function waitFor(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
