import { parentPort, workerData } from "node:worker_threads";
import { TaskprovError } from "../base/errors.js";
import { writeFileAtomically } from "../base/files.js";
import { readJournal } from "../events/read-journal.js";
import { documentBeside } from "./build-document.js";
import type { FollowedRun } from "./document-follower.js";
import { growingFile } from "./growing-file.js";
import { replayOptions } from "./options.js";
import { recordRun } from "./record-run.js";

// The worker thread of DocumentFollower. What it throws ends it, and the other side builds itself.

/** Records the journal while it grows, and writes the document under a name of its own. */
async function follow(journal: string): Promise<FollowedRun> {
  const done = new AbortController();
  parentPort?.once("message", () => done.abort());
  const run = await recordRun(readJournal(growingFile(journal, done.signal), journal), {
    name: journal,
    settle: (recorded) => replayOptions(recorded),
    documentOf: ({ fileName }) => documentBeside(journal, fileName),
  });
  try {
    if (run.report.problemCount > 0) throw damaged(journal);
    const { runId, document, overwrite, formats } = run;
    const outcome = run.close();
    const ready = `${journal}.ready`;
    writeFileAtomically(ready, run.text());
    return { runId, document, overwrite, formats, outcome, ready };
  } finally {
    run.discard();
  }
}

/** Where events are missing depends on how the bytes came: left to who reads all at once. */
function damaged(journal: string): TaskprovError {
  return new TaskprovError("ERR_JOURNAL", `${journal} is damaged. Build its document from it.`);
}

if (typeof workerData === "string") parentPort?.postMessage(await follow(workerData));
