import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { JournalReading } from "../events/read-journal.js";
import type { TaskEvent } from "../events/task-event.js";
import { growingFile } from "./growing-file.js";

/** A journal that is read as it grows, until its `end` event is there. */
class FollowedJournal extends JournalReading {
  readonly #end: AbortController;

  constructor(path: string, end: AbortController, stop: AbortSignal) {
    super(growing(path, AbortSignal.any([end.signal, stop])), path);
    this.#end = end;
  }

  override async *batches(): AsyncGenerator<readonly TaskEvent[], void, undefined> {
    for await (const events of super.batches()) {
      yield events;
      if (events.some(({ type }) => type === "end")) this.#end.abort();
    }
  }
}

/**
 * Reads a journal that another process writes, as it grows.
 *
 * @param path - of the journal; it may be renamed while it is read.
 * @param stop - aborted when nobody wants to wait longer; what is there is still read.
 * @throws {@link TaskprovError} while iterating, as {@link readJournal} does.
 */
export function followJournal(path: string, stop: AbortSignal): JournalReading {
  return new FollowedJournal(path, new AbortController(), stop);
}

async function* growing(path: string, done: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* growingFile(path, done);
  } catch (cause) {
    throw new TaskprovError("ERR_FILE", `Cannot read ${path}: ${fileProblem(cause)}`, { cause });
  }
}
