import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { log, logEnvironment } from "../base/log.js";
import { createRedactor } from "../describe/redact.js";
import { type BridgeSettings, bridgeEnvironment } from "../engines/dask/bridge.js";
import { runProgram } from "../engines/dask/run-program.js";
import type { RunProgress } from "../traces/run-overview.js";
import type { RunSummary } from "./build-document.js";
import { copyExecutionSource } from "./execution-source.js";
import { LiveMetrics, type MetricsPlace } from "./live-metrics.js";
import { type LiveRun, watchQuietly } from "./live-run.js";
import { makeFolder } from "./make-folder.js";
import {
  optionsAsJson,
  type ProvTrackerOptions,
  type ResolvedOptions,
  settleOptions,
  stemOf,
} from "./options.js";
import { type JournalWatch, type ProgramJournal, ProgramJournals } from "./program-journals.js";
import { messageOf } from "./refuge.js";
import { gatherRunFacts, packageVersion } from "./run-facts.js";

/** What came of a tracked program. */
export interface TrackedProgram {
  /** The program's exit status; 128 and the signal's number when a signal ended it. */
  readonly status: number;
  /** One for each Dask scheduler that recorded, in the order they started. */
  readonly runs: readonly RunSummary[];
  /** Journals whose document could not be written, each with the reason. */
  readonly failures: readonly string[];
}

/**
 * Runs a program with every Dask distributed scheduler it starts tracked, without a change to it,
 * and writes the documents when it has ended, however it ended.
 *
 * @param command - the program and its arguments.
 * @param given - the tracker's options.
 * @param onProgress - told ten times a second how the runs stand that the program has begun.
 * @throws {@link TaskprovError} before the program starts: `ERR_OPTION`, `ERR_DESTINATION`, and
 *   `ERR_USAGE` when the program cannot be started.
 */
export async function trackProgram(
  command: readonly [program: string, ...args: string[]],
  given: ProvTrackerOptions,
  onProgress?: OnProgress,
): Promise<TrackedProgram> {
  const { resolved, metrics } = settleOptions(given);
  const settings = prepare(command, resolved);
  const [program, ...args] = command;
  const watches: JournalWatch[] = [];
  if (metrics !== undefined) watches.push(await offerMetrics(metrics));
  if (onProgress !== undefined) watches.push(tellProgress(onProgress));
  const journals = new ProgramJournals(settings, resolved, watches);
  let status: number;
  let ended: readonly ProgramJournal[] = [];
  try {
    const environment = bridgeEnvironment(settings, { ...process.env, ...logEnvironment() });
    log("debug", "the program starts, with the bridge as a preload of its schedulers", {
      program,
      folder: settings.folder,
      launch: settings.launch,
    });
    status = await runProgram(program, args, environment);
  } finally {
    ended = await journals.end();
  }
  log("debug", "the program has ended", { status, journals: ended.length });
  const runs: RunSummary[] = [];
  const failures: string[] = [];
  for (const journal of ended) {
    try {
      addRun(runs, await journal.write({ overwrite: resolved.overwrite && runs.length === 0 }));
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  return { status, runs, failures };
}

/** How often progress is told, in milliseconds. */
const tellEvery = 100;

/** Is told how the runs of a program stand, in the order they began. */
export type OnProgress = (runs: readonly RunProgress[]) => void;

async function offerMetrics(place: MetricsPlace): Promise<JournalWatch> {
  const metrics = new LiveMetrics(place, (line) => log("info", line));
  await metrics.start();
  return { follow: (journal) => metrics.follow(journal), end: () => metrics.close() };
}

function tellProgress(onProgress: OnProgress): JournalWatch {
  const stop = new AbortController();
  const runs: LiveRun[] = [];
  const timer = setInterval(() => onProgress(runs.map((run) => run.progress())), tellEvery);
  return {
    follow: (journal) => {
      runs.push(watchQuietly(journal, stop.signal));
    },
    end: async () => {
      clearInterval(timer);
      stop.abort();
      await Promise.all(runs.map(({ ended }) => ended.catch(() => {})));
    },
  };
}

function prepare(command: readonly string[], resolved: ResolvedOptions): BridgeSettings {
  const folder = resolve(resolved.destination);
  // The bridge could not say it in time: what cannot be written is found before the work begins.
  makeFolder(folder);
  const stem = stemOf(resolved.fileName);
  const { host, user, git, traceContext } = gatherRunFacts(createRedactor([]));
  const source =
    resolved.executionSource === null
      ? undefined
      : copyExecutionSource(resolved.executionSource, folder, [
          resolved.fileName,
          `${stem}.journal`,
        ]);
  return {
    // The last group is the bridge's: it tells the schedulers of one program apart.
    launch: randomUUID().slice(0, 23),
    version: packageVersion,
    folder,
    stem,
    options: optionsAsJson(resolved),
    redact: resolved.redact,
    run: {
      ...(host !== undefined && { host }),
      ...(user !== undefined && { user }),
      argv: createRedactor(resolved.redact).redactArgv(command),
      ...(git !== undefined && { git }),
      ...(traceContext !== undefined && { traceContext }),
      ...(source !== undefined && { executionSource: source }),
    },
  };
}

/** A program's second scheduler does not replace the document of its first, it renames it. */
function addRun(runs: RunSummary[], summary: RunSummary): void {
  const last = runs.at(-1);
  if (last !== undefined && summary.older !== undefined && last.document === summary.document) {
    runs.splice(-1, 1, movedTo(summary.older, last));
  }
  runs.push(summary);
}

/** The newest run has the plain name; document and journal of the one before were renamed. */
function movedTo(document: string, { journal, ...summary }: RunSummary): RunSummary {
  if (journal === undefined) return { ...summary, document };
  return { ...summary, document, journal: `${stemOf(document)}.journal` };
}
