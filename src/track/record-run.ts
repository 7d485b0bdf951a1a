import { basename, dirname, join } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { log } from "../base/log.js";
import type { JournalReport } from "../events/journal-report.js";
import type { JournalReading } from "../events/read-journal.js";
import type { RunEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import { type ResolvedOptions, stemOf } from "./options.js";
import { placesFirst } from "./places-first.js";
import { RecordSpool } from "./record-spool.js";
import { Recorder, type RecordOutcome } from "./recorder.js";

/** How {@link recordRun} goes about it. */
export interface RecordSettings {
  /** What to call the journal in messages. */
  readonly name: string;
  /** The options of the run, from those in its `run` event. */
  readonly settle: (recorded: RunEvent["options"]) => ResolvedOptions;
  /** The path that the document is to have; what waits on disk lies beside it. */
  readonly documentOf: (options: ResolvedOptions) => string;
  /** Called now and then with the number of events read so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal;
}

/** A run whose events are read and whose records wait to be written. */
export interface RecordedRun {
  readonly runId: string;
  readonly document: string;
  readonly overwrite: boolean;
  /** The formats that the document is wanted in. */
  readonly formats: readonly string[];
  /** What reading the journal found. */
  readonly report: JournalReport;
  /** Records what is still open; once. */
  readonly close: () => RecordOutcome;
  /** The document; once, after `close`. */
  readonly text: () => Iterable<string | Uint8Array>;
  /** Gives back what waits on disk; to be called in any case. */
  readonly discard: () => void;
}

/** The parts of a run that is being recorded. */
interface OpenRecord {
  readonly event: RunEvent;
  readonly options: ResolvedOptions;
  readonly document: string;
  readonly recorder: Recorder;
  readonly spool: RecordSpool;
}

/**
 * Reads the events of a journal and records them. When it throws, nothing is left behind.
 *
 * @throws {@link TaskprovError} as reading does, `ERR_JOURNAL` when no `run` event comes first,
 *   `ERR_DESTINATION` when there is no room for the records.
 */
export async function recordRun(
  reading: JournalReading,
  settings: RecordSettings,
): Promise<RecordedRun> {
  let record: OpenRecord | undefined;
  let events = 0;
  try {
    for await (const batch of placesFirst(reading)) {
      settings.signal?.throwIfAborted();
      for (const event of batch.events) {
        if (record === undefined) record = begin(event, settings);
        else {
          const ready = record.recorder.prepare(event);
          if (ready !== undefined) await ready;
          record.recorder.apply(event);
        }
        // Somewhere among these events, or before them, some are missing.
        if (batch.damaged) record.recorder.noteGap();
      }
      events += batch.events.length;
      settings.onProgress?.(events);
    }
    if (record === undefined) throw withoutRun(settings.name);
    log("debug", "the journal is read", { journal: settings.name, events });
    return recordedRun(record, reading);
  } catch (error) {
    record?.spool.discard();
    throw error;
  }
}

function begin(event: TaskEvent, settings: RecordSettings): OpenRecord {
  if (event.type !== "run") throw withoutRun(settings.name);
  const options = settings.settle(event.options);
  const document = settings.documentOf(options);
  const stem = join(dirname(document), `${stemOf(basename(document))}.${event.runId}.spool`);
  const spool = new RecordSpool(stem, options.dialect);
  const recorder = new Recorder(event, options, (record) => {
    spool.add(record);
  });
  return { event, options, document, recorder, spool };
}

function withoutRun(name: string): TaskprovError {
  return new TaskprovError(
    "ERR_JOURNAL",
    `${name} does not begin with a \`run\` event, so nothing says which run it is about. Give the whole journal.`,
  );
}

function recordedRun(
  { event, options, document, recorder, spool }: OpenRecord,
  reading: JournalReading,
): RecordedRun {
  return {
    runId: event.runId,
    document,
    overwrite: options.overwrite,
    formats: options.formats,
    report: reading.report,
    close: () => recorder.close(reading.report.problems.map(({ text }) => text)),
    text: () => spool.document(recorder.names.namespaces),
    discard: () => {
      spool.discard();
    },
  };
}
