import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isTaskprovError } from "../base/errors.js";
import { makeFolder } from "./make-folder.js";

/** A journal that is still open. */
export interface OpenJournal {
  readonly path: string;
  /** Why the file of that name does not hold all of it; undefined when it does. */
  readonly missing: "elsewhere" | "unwritten" | undefined;
  /** Writes all of it to another file, and goes on there. */
  readonly moveTo: (path: string) => void;
}

/** Is told what goes wrong. */
export type Tell = (problem: string) => void;

/**
 * A journal that is not where it should be, or not whole, goes where it can be found: into a folder
 * of its own for temporary files.
 */
export function rescueJournal(journal: OpenJournal, runId: string, tell: Tell): void {
  const { path, missing } = journal;
  if (missing === undefined) return;
  try {
    const folder = refugeOf(runId);
    journal.moveTo(join(folder, basename(path)));
    const why = missing === "elsewhere" ? "is not there any more" : "could not be written";
    tell(`${path} ${why}. The record was written to ${folder} instead.`);
  } catch (error) {
    tell(messageOf(error));
  }
}

/**
 * The folder for what a run's own destination does not take.
 *
 * @throws {@link TaskprovError} `ERR_DESTINATION` when it cannot be made.
 */
export function refugeOf(runId: string): string {
  const folder = join(tmpdir(), `taskprov-${runId}`);
  makeFolder(folder);
  return folder;
}

/** What is wrong, in words. */
export function messageOf(error: unknown): string {
  if (isTaskprovError(error)) return error.message;
  return `The document could not be written: ${error instanceof Error ? error.message : String(error)}`;
}
