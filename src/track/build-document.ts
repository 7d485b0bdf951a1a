import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { writeFileAtomically } from "../base/files.js";
import { isLogged, log } from "../base/log.js";
import { type JournalSource, readJournal } from "../events/read-journal.js";
import { type ProvTrackerOptions, replayOptions } from "./options.js";
import { type OtherDocument, otherNames, writeOtherDocuments } from "./other-documents.js";
import { publish } from "./publish.js";
import { type RecordedRun, recordRun } from "./record-run.js";
import type { RecordOutcome, RunCounts } from "./recorder.js";
import { shownSummary } from "./run-summary-display.js";

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
  /** The document in the other formats of the option `formats`; absent when there are none. */
  readonly others?: readonly OtherDocument[];
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
  const { name = nameOf(journal), onProgress, signal } = build;
  const run = await recordRun(readJournal(journal, name), {
    name,
    settle: (recorded) => replayOptions(recorded, build.options),
    documentOf: (options) => documentPath(journal, build, options.fileName),
    ...(onProgress !== undefined && { onProgress }),
    ...(signal !== undefined && { signal }),
  });
  try {
    const path = typeof journal === "string" ? journal : undefined;
    const recorded = { ...run, outcome: run.close() };
    return await publishRun(recorded, path, build.output === undefined, (document) => {
      writeFileAtomically(document, run.text());
    });
  } finally {
    run.discard();
  }
}

/** A recorded run that has come to its end. */
export interface EndedRun
  extends Pick<RecordedRun, "runId" | "document" | "overwrite" | "formats"> {
  readonly outcome: RecordOutcome;
}

/**
 * Gives the document of a run its name.
 *
 * @param journal - its path, if it is a file.
 * @param moves - also gives a journal that still has its running name its plain one.
 * @param write - writes the document at the given path.
 */
export async function publishRun(
  run: EndedRun,
  journal: string | undefined,
  moves: boolean,
  write: (document: string) => void,
): Promise<RunSummary> {
  const { runId, document, overwrite, formats, outcome } = run;
  // A journal still under its running name is moved beside the document, as closing does.
  const isRunning = journal !== undefined && basename(journal).includes(`.${runId}.`);
  const published = await publish({
    document,
    runId,
    overwrite,
    others: otherNames(basename(document), formats),
    ...(isRunning && moves && { journal }),
    write,
  });
  if (isLogged("debug")) {
    const { size: bytes } = statSync(published.document);
    log("debug", "the document is written", { path: published.document, bytes });
  }
  const others = await writeOtherDocuments(published.document, formats);
  return shownSummary({
    runId,
    ...published,
    ...(others.length > 0 && { others }),
    ...(published.journal === undefined && journal !== undefined && { journal }),
    ...outcome,
    problems: [
      ...outcome.problems,
      ...others.map(({ problem }) => problem).filter((problem) => problem !== undefined),
    ],
  });
}

function documentPath(journal: JournalSource, build: BuildOptions, fileName: string): string {
  if (build.output !== undefined) return resolve(build.output);
  if (typeof journal !== "string") {
    throw new TaskprovError(
      "ERR_OPTION",
      "Expected `output`: a journal that is no file has no folder to write into.",
    );
  }
  return documentBeside(journal, fileName);
}

/**
 * Where the document of a journal goes.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` when that is the journal itself, `ERR_DESTINATION` when
 *   there is no such folder.
 */
export function documentBeside(journal: string, fileName: string): string {
  const document = join(dirname(resolve(journal)), fileName);
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

function nameOf(journal: JournalSource): string {
  return typeof journal === "string" ? journal : "The journal";
}
