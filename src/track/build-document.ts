import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { writeFileAtomically } from "../base/files.js";
import type { JournalReport } from "../events/journal-report.js";
import { type JournalReading, type JournalSource, readJournal } from "../events/read-journal.js";
import type { RunEvent, TaskEvent } from "../events/task-event.js";
import type { ProvTrackerOptions, ResolvedOptions } from "./options.js";
import { replayOptions, stemOf } from "./options.js";
import { publish } from "./publish.js";
import { RecordSpool } from "./record-spool.js";
import { Recorder, type RunCounts } from "./recorder.js";

/** How {@link buildDocument} builds. */
export interface BuildOptions {
  /** Tracker options that win over the recorded ones: `dialect`, `derivations`, `overwrite`, … */
  readonly options?: ProvTrackerOptions;
  /** Path of the document. @defaultValue the recorded `fileName`, in the folder of the journal */
  readonly output?: string;
  /** What to call the journal in messages, when it is no file. */
  readonly name?: string;
  /** Called now and then with the number of events read so far. */
  readonly onProgress?: (events: number) => void;
  /** Stops the work; nothing is written then. */
  readonly signal?: AbortSignal;
}

/** What a run came to. */
export interface RunSummary {
  /** UUID of the run. */
  readonly runId: string;
  /** Path of the document; absent when it could not be written. */
  readonly document?: string;
  /** Path of the journal; absent when it was not kept. */
  readonly journal?: string;
  /** New path of an older document that had the name before. */
  readonly older?: string;
  /** Attempts by status, and `tasks`, `data`, `scattered`, `excluded`. */
  readonly counts: RunCounts;
  /** Events that tracking dropped. */
  readonly dropped: number;
  /** What tracking could not do, in words. */
  readonly problems: readonly string[];
  /** True when the document says that something is missing. */
  readonly incomplete: boolean;
}

/**
 * Writes the document of a journal, also of one that a crash cut short. An older document of that
 * name is renamed first, unless `overwrite` is set or it is about the same run.
 *
 * @param journal - path of a journal (frames or NDJSON), or its bytes; then `output` is needed.
 * @throws {@link TaskprovError} `ERR_FILE`, `ERR_JOURNAL`, `ERR_JOURNAL_VERSION` when it cannot be
 *   read, `ERR_OPTION` for options, `ERR_DESTINATION` when the document cannot be written.
 * @example
 * ```ts
 * const summary = await buildDocument("output/yprov4wfs.journal", { options: { dialect: "portable" } });
 * ```
 */
export async function buildDocument(
  journal: JournalSource,
  build: BuildOptions = {},
): Promise<RunSummary> {
  const reading = readJournal(journal, build.name);
  const run = await recordRun(reading, journal, build);
  try {
    return await publishRun(run, reading.report, pathOf(journal), build);
  } finally {
    run.spool.discard();
  }
}

/** A run whose events are in the spool. */
interface RecordedRun {
  readonly event: RunEvent;
  readonly options: ResolvedOptions;
  readonly document: string;
  readonly recorder: Recorder;
  readonly spool: RecordSpool;
}

async function recordRun(
  reading: JournalReading,
  journal: JournalSource,
  build: BuildOptions,
): Promise<RecordedRun> {
  let run: RecordedRun | undefined;
  let events = 0;
  let missing = 0;
  try {
    for await (const batch of reading.batches()) {
      build.signal?.throwIfAborted();
      const { badFrames, gaps, invalidEvents } = reading.report;
      // Somewhere among these events, or before them.
      const isDamaged = badFrames + gaps + invalidEvents > missing;
      missing = badFrames + gaps + invalidEvents;
      for (const event of batch) {
        if (run === undefined) run = beginRun(event, journal, build);
        else run.recorder.apply(event);
        if (isDamaged) run.recorder.noteGap();
      }
      events += batch.length;
      build.onProgress?.(events);
    }
    if (run === undefined) throw withoutRun(journal, build);
    return run;
  } catch (error) {
    run?.spool.discard();
    throw error;
  }
}

function beginRun(event: TaskEvent, journal: JournalSource, build: BuildOptions): RecordedRun {
  if (event.type !== "run") throw withoutRun(journal, build);
  const options = replayOptions(event.options, build.options);
  const document = documentPath(journal, build, options);
  const spool = new RecordSpool(
    join(dirname(document), `${stemOf(basename(document))}.${event.runId}.spool`),
    options.dialect,
  );
  const recorder = new Recorder(event, options, (record) => {
    spool.add(record);
  });
  return { event, options, document, recorder, spool };
}

function withoutRun(journal: JournalSource, build: BuildOptions): TaskprovError {
  return new TaskprovError(
    "ERR_JOURNAL",
    `${build.name ?? nameOf(journal)} does not begin with a \`run\` event, so nothing says which run it is about. Give the whole journal.`,
  );
}

async function publishRun(
  run: RecordedRun,
  report: JournalReport,
  journal: string | undefined,
  build: BuildOptions,
): Promise<RunSummary> {
  const { event, options, recorder, spool } = run;
  const result = recorder.close(report.problems.map(({ text }) => text));
  // A journal still under its running name is moved beside the document, as closing does.
  const isRunning = journal !== undefined && basename(journal).includes(`.${event.runId}.`);
  const published = await publish({
    document: run.document,
    runId: event.runId,
    overwrite: options.overwrite,
    ...(isRunning && build.output === undefined && { journal }),
    write: (path) => {
      writeFileAtomically(path, spool.document(recorder.names.namespaces));
    },
  });
  return {
    runId: event.runId,
    ...published,
    ...(published.journal === undefined && journal !== undefined && { journal }),
    ...result,
  };
}

function documentPath(
  journal: JournalSource,
  build: BuildOptions,
  options: ResolvedOptions,
): string {
  if (build.output !== undefined) return resolve(build.output);
  if (typeof journal !== "string") {
    throw new TaskprovError(
      "ERR_OPTION",
      "Expected `output`: a journal that is no file has no folder to write into.",
    );
  }
  const document = join(dirname(resolve(journal)), options.fileName);
  if (document === resolve(journal)) {
    throw new TaskprovError(
      "ERR_OPTION",
      `The document would replace the journal ${journal}. Name another file with \`output\`.`,
    );
  }
  if (!existsSync(dirname(document))) {
    throw new TaskprovError("ERR_DESTINATION", `There is no folder ${dirname(document)}.`);
  }
  return document;
}

function pathOf(journal: JournalSource): string | undefined {
  return typeof journal === "string" ? journal : undefined;
}

function nameOf(journal: JournalSource): string {
  return typeof journal === "string" ? journal : "The journal";
}
