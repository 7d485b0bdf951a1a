import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PythonOutcome, runPython } from "./python-package.js";
import { attribute, type RawDocument, type RawRecord, readRaw, sectionOf } from "./raw-document.js";
import { projectFolder } from "./run-script.js";
import { temporaryFolder } from "./temporary.js";
import { daskProgram } from "./tracked-program.js";

/** What a cell came to. */
export interface ExecutedCell {
  readonly count: number;
  readonly status: string;
  readonly text: string;
  readonly error: string | null;
  /** What it displayed, and updated. */
  readonly shown: readonly ShownOutput[];
}

/** An output that is not text of a stream. */
export interface ShownOutput {
  readonly kind: "display_data" | "update_display_data" | "execute_result";
  /** Of displays that may be updated. */
  readonly place: string | null;
  /** By media type. */
  readonly data: Readonly<Record<string, string>>;
}

/** What a kernel did, and where it wrote. */
export interface KernelOutcome extends PythonOutcome {
  readonly cells: readonly ExecutedCell[];
  readonly folder: string;
}

/** Executes cells in a new kernel that has this package, in a folder of its own. Needs `dist`. */
export async function runKernel(
  python: string,
  sources: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<KernelOutcome> {
  const folder = temporaryFolder();
  const cells = sources.map((source, at) => ({ source, id: `cell-${at + 1}` }));
  return await executeCells(python, folder, cells, {
    PYTHONPATH: join(projectFolder, "python"),
    TASKPROV_COMMAND: commandFile(folder),
    PATH: process.env["PATH"] ?? "",
    ...env,
  });
}

/** A cell to execute. */
export interface KernelCell {
  readonly source: string;
  readonly id?: string;
  /** Texts that its outputs must have had before the next cell is sent. */
  readonly awaits?: readonly string[];
}

/**
 * Executes cells in a new kernel, in a folder.
 *
 * @param python - has jupyter_client.
 * @param name - of the kernel, as it is installed for the user whose home the folder is.
 */
export async function executeCells(
  python: string,
  folder: string,
  cells: readonly KernelCell[],
  env: Readonly<Record<string, string>>,
  name = "python3",
): Promise<KernelOutcome> {
  const file = join(folder, "cells.json");
  writeFileSync(file, JSON.stringify(cells));
  const args = [daskProgram("kernel.py"), file, `--name=${name}`];
  const outcome = await runPython(python, args, folder, env);
  const lines = outcome.stdout.split("\n").filter((line) => line !== "");
  const executed = lines.map((line): ExecutedCell => JSON.parse(line));
  for (const { error } of executed) if (error !== null) throw new Error(error);
  if (executed.length < cells.length) throw new Error(outcome.stderr);
  return { ...outcome, cells: executed, folder };
}

/** The built command as a file that can be started. */
export function commandFile(folder: string): string {
  const path = join(folder, "taskprov.sh");
  const main = join(projectFolder, "dist/cli/main.js");
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Where a document says that a task was submitted. */
export interface SaidPlace {
  /** Execution count. */
  readonly cell: number;
  readonly line: number;
  readonly text: string;
  readonly match: string;
  readonly confidence: number;
  readonly stack: readonly string[];
}

/** What a document says of the attempts' places, each place once, in the order of the cells. */
export function placesOf(document: RawDocument): SaidPlace[] {
  const found = new Map<string, SaidPlace>();
  for (const [, activity] of attemptsOf(document)) {
    const place = placeOf(document, activity);
    found.set(JSON.stringify(place), place);
  }
  return [...found.values()].sort((a, b) => a.cell - b.cell || a.line - b.line);
}

/** The attempts of tasks. */
export function attemptsOf(document: RawDocument): [string, RawRecord][] {
  return sectionOf(document, "activity").filter(
    ([, record]) => attribute(record, "prov:type") === "taskprov:TaskAttempt",
  );
}

/** The place that one attempt names. */
export function placeOf(document: RawDocument, activity: RawRecord): SaidPlace {
  const site = document["entity"]?.[attribute(activity, "taskprov:site") ?? ""];
  const stack = site?.["taskprov:stack"];
  return {
    cell: Number(attribute(activity, "yprov4wfs:jupyter_cell_index")),
    line: Number(attribute(site, "taskprov:line")),
    text: attribute(activity, "yprov4wfs:jupyter_cell_line") ?? "",
    match: attribute(activity, "taskprov:match") ?? "",
    confidence: Number(attribute(site, "taskprov:confidence")),
    stack: Array.isArray(stack) ? stack.map(String) : [],
  };
}

/** The document of a kernel's tracker. */
export function documentOf({ folder }: KernelOutcome): RawDocument {
  return readRaw(join(folder, "output/yprov4wfs.json"));
}
