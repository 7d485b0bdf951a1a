import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";

/**
 * The journal that a run on the command line means: a journal, a document with its journal beside
 * it, or a folder, in which the one counts that was written last: of the run that goes on, if one
 * does. `-` stays what it is.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when the path cannot be read, or its folder has none.
 */
export function findJournal(run = "output"): string {
  if (run === "-") return run;
  let isFolder: boolean;
  try {
    isFolder = statSync(run).isDirectory();
  } catch (cause) {
    throw new TaskprovError("ERR_FILE", `Cannot read ${run}: ${fileProblem(cause)}`, { cause });
  }
  if (isFolder) return newestIn(run);
  return run.endsWith(".json") ? `${run.slice(0, -".json".length)}.journal` : run;
}

function newestIn(folder: string): string {
  let newest: { readonly path: string; readonly time: number } | undefined;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".journal")) continue;
    const path = join(folder, name);
    const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (time !== undefined && (newest === undefined || time > newest.time)) newest = { path, time };
  }
  if (newest !== undefined) return newest.path;
  throw new TaskprovError(
    "ERR_FILE",
    `There is no journal in ${folder}. Give the path of a journal.`,
  );
}
