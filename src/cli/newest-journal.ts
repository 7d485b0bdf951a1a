import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";

/**
 * The journal in a folder that was written last: of the run that goes on, if one does.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when there is none.
 */
export function newestJournal(folder: string): string {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".journal"));
  } catch (cause) {
    throw noJournal(folder, fileProblem(cause));
  }
  let newest: { readonly path: string; readonly time: number } | undefined;
  for (const name of names) {
    const path = join(folder, name);
    const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (time !== undefined && (newest === undefined || time > newest.time)) newest = { path, time };
  }
  if (newest === undefined) throw noJournal(folder, "no journal is there.");
  return newest.path;
}

function noJournal(folder: string, why: string): TaskprovError {
  return new TaskprovError(
    "ERR_FILE",
    `No journal was named, and ${folder} has none: ${why} Give the path of the journal.`,
  );
}
