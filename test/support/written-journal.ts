import { join } from "node:path";
import { JournalWriter } from "../../src/events/journal-writer.js";
import type { TaskEvent } from "../../src/events/task-event.js";

/** Writes events as a run would that is still going on; returns the path of the journal. */
export function writeJournal(folder: string, events: readonly TaskEvent[], name?: string): string {
  const [run] = events;
  if (run?.type !== "run") throw new Error("the first event must be `run`");
  const path = join(folder, name ?? `yprov4wfs.${run.runId}.journal`);
  const writer = JournalWriter.open(path, {
    producer: "taskprov test",
    versions: {},
    runId: run.runId,
    created: run.time,
  });
  for (const event of events) writer.append(event);
  writer.close();
  return path;
}
