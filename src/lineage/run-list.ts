import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isTaskprovError, TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { formatOfFile } from "../formats/index.js";
import { diffOpened } from "./diff/diff.js";
import type { Change } from "./diff/diff-answer.js";
import { type OpenedLineage, openWithIndex } from "./lineage.js";
import type { LineageItem } from "./lineage-item.js";
import type { RunFacts } from "./run-facts.js";
import { historyText, runsText } from "./text/runs-text.js";
import { shown } from "./text/shown.js";

/** A file of a folder, and the run it is about. */
export interface ListedRun {
  readonly file: string;
  /** Absent for a file that could not be read. */
  readonly run?: RunFacts;
  /** `ok`, `failed` when a task failed for good, `incomplete` when its record is. */
  readonly status: "ok" | "failed" | "incomplete" | "unreadable";
  /** Tasks that failed by themselves. */
  readonly failures: number;
  /** Why it could not be read. */
  readonly problem?: string;
}

/**
 * The runs in a folder, the newest first: documents, and journals of runs without a document (a
 * run that goes on, or that was cut off).
 *
 * @throws {@link TaskprovError} `ERR_FILE` when the folder cannot be read.
 * @example
 * ```ts
 * for (const { file, status, run } of await listRuns("output")) console.log(file, status, run?.tasks);
 * ```
 */
export async function listRuns(folder: string): Promise<readonly ListedRun[]> {
  const runs: ListedRun[] = [];
  const documents = new Set<string | undefined>();
  const files = filesOf(folder);
  for (const file of [...files.filter(isDocument), ...files.filter(isJournal)]) {
    const listed = await listedRun(file);
    if (listed === undefined) continue;
    const runId = listed.run?.runId;
    // The journal of a document says the same once more.
    if (isJournal(file) && runId !== undefined && documents.has(runId)) continue;
    if (isDocument(file)) documents.add(runId);
    runs.push(listed);
  }
  runs.sort((a, b) => ((a.run?.start ?? "") < (b.run?.start ?? "") ? 1 : -1));
  return shown(runs, runsText);
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  } catch (cause) {
    throw new TaskprovError("ERR_FILE", `Cannot read ${folder}: ${fileProblem(cause)}`, { cause });
  }
}

function isJournal(file: string): boolean {
  return file.endsWith(".journal") || file.endsWith(".ndjson");
}

function isDocument(file: string): boolean {
  return formatOfFile(file)?.read !== undefined;
}

/** Undefined for a file that is something else: not every JSON file is a document. */
async function listedRun(file: string): Promise<ListedRun | undefined> {
  try {
    using lineage = await openWithIndex(file);
    const { run } = lineage;
    if (run.attempts === 0 && run.runId === undefined && run.data === 0) return undefined;
    const blame = lineage.blame(0);
    const failures = blame.more;
    const status = run.incomplete ? "incomplete" : failures > 0 ? "failed" : "ok";
    return { file, run, status, failures };
  } catch (error) {
    if (!isTaskprovError(error)) throw error;
    return { file, status: "unreadable", failures: 0, problem: error.message };
  }
}

/** A result in one of several runs, and what it has over the run before. */
export interface OutputVersion {
  readonly file: string;
  readonly run: RunFacts;
  /** Its key in this run. */
  readonly key: string;
  /** The data; absent when its task did not make any. */
  readonly data?: LineageItem;
  /** What changed of what it came from, since the run before it in this list. */
  readonly changes: readonly Change[];
}

/**
 * How one result came about in every run of a folder, the oldest first: "when did this output last
 * come from another input?"
 *
 * @param key - found in each run as `why` does; where keys are random in part, a pattern
 *   (`total-*`) or the beginning of the key. Runs in which it is not found, or is several things,
 *   are left out.
 */
export async function outputHistory(
  folder: string,
  key: string,
): Promise<readonly OutputVersion[]> {
  const runs = [...(await listRuns(folder))].reverse();
  const versions: OutputVersion[] = [];
  let before: OpenedLineage | undefined;
  try {
    for (const { file, run } of runs) {
      if (run === undefined) continue;
      const lineage = await openWithIndex(file);
      const found = lineage.find(key);
      const [name] = found;
      if (name === undefined || found.length > 1) {
        lineage.close();
        continue;
      }
      versions.push(versionOf(file, name, lineage, before, key));
      before?.close();
      before = lineage;
    }
  } finally {
    before?.close();
  }
  return shown(versions, historyText);
}

function versionOf(
  file: string,
  name: string,
  lineage: OpenedLineage,
  before: OpenedLineage | undefined,
  key: string,
): OutputVersion {
  const { items } = lineage.why(name, { depth: 0, limit: 1 });
  const data = items.find(({ type }) => type !== "attempt" && type !== "activity");
  return {
    file,
    run: lineage.run,
    key: name,
    ...(data !== undefined && { data }),
    changes: before === undefined ? [] : diffOpened(before, lineage, { key }).changes,
  };
}
