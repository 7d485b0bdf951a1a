import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { systemClock } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import { writeFileAtomically } from "../base/files.js";
import { onSchedulerOpened } from "../engines/local/open-schedulers.js";
import { languageOf } from "../notebook/analyse-notebook.js";
import { decodeNotebook } from "../notebook/decode-notebook.js";
import { readNotebookFile } from "../notebook/read-notebook-file.js";
import { type CellResult, runCells } from "../notebook/script/run-cells.js";
import type { RunSummary } from "./build-document.js";
import { type ProvTrackerOptions, settleOptions } from "./options.js";
import { ProvTracker } from "./prov-tracker.js";

/** How {@link runNotebook} runs. */
export interface RunNotebookOptions {
  /** Put outputs and execution counts back into the file. @defaultValue `false` */
  readonly write?: boolean;
  /** Takes what cells print. */
  readonly onText?: (stream: "stdout" | "stderr", text: string) => void;
}

/** What a notebook came to. */
export interface NotebookRun {
  /** Executed cells, in order; the last one may have failed. */
  readonly cells: readonly CellResult[];
  /** Runs of the clusters that were recorded for it; none when it has trackers of its own. */
  readonly runs: readonly RunSummary[];
}

/**
 * Executes a TypeScript or JavaScript notebook top to bottom, in this process, with every cluster of
 * the embedded engine recorded: each activity names the cell and line that submitted it. A notebook
 * that makes a `ProvTracker` of its own is recorded by that alone.
 *
 * @throws {@link TaskprovError} `ERR_FILE`, `ERR_NOTEBOOK` when it is none, or one in another
 *   language; `ERR_OPTION`. What a cell throws is in the result.
 */
export async function runNotebook(
  file: string,
  tracking: ProvTrackerOptions = {},
  options: RunNotebookOptions = {},
): Promise<NotebookRun> {
  const path = resolve(file);
  settleOptions(tracking);
  const { codeCells, language: named = "" } = decodeNotebook(await readNotebookFile(path));
  const language = languageOf(named);
  if (language !== "typescript" && language !== "javascript") {
    throw new TaskprovError(
      "ERR_NOTEBOOK",
      `${file} is in ${JSON.stringify(named.slice(0, 40))}; TypeScript and JavaScript notebooks are run here. Run a Python notebook with Jupyter, after %load_ext taskprov.`,
    );
  }
  const trackers: ProvTracker[] = [];
  const tracksItself = codeCells.some(({ source }) => source.includes("ProvTracker"));
  const stop = onSchedulerOpened((scheduler) => {
    if (tracksItself) return;
    const tracker = new ProvTracker({ executionSource: path, jupyterTracking: true, ...tracking });
    tracker.start(scheduler);
    trackers.push(tracker);
  });
  const cells: CellResult[] = [];
  const onText = options.onText ?? (() => {});
  const now = (): number => systemClock.now();
  try {
    for await (const result of runCells(codeCells, { path, language, now, onText })) {
      cells.push(result);
    }
  } finally {
    stop();
    // What the notebook left open is recorded as it stands.
    for (const tracker of trackers) await tracker.close();
  }
  if (options.write === true) await writeOutputs(path, cells);
  return { cells, runs: await Promise.all(trackers.map(({ done }) => done)) };
}

/** Read again: somebody may have saved it meanwhile; cells that were changed keep what they have. */
async function writeOutputs(path: string, results: readonly CellResult[]): Promise<void> {
  const text = await readFile(path, "utf8");
  const { nbformat, codeCells } = decodeNotebook(text);
  if (nbformat < 4) return;
  const json: { cells: Record<string, unknown>[] } = JSON.parse(text);
  for (const { cell, count, outputs } of results) {
    const found = codeCells.find(({ index }) => index === cell.index);
    const target = json.cells[cell.index];
    if (target === undefined || found?.source !== cell.source) continue;
    target["execution_count"] = count;
    target["outputs"] = outputs;
  }
  writeFileAtomically(path, `${JSON.stringify(json, null, 1)}\n`);
}
