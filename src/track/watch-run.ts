import { setTimeout } from "node:timers/promises";
import { TaskprovError } from "../base/errors.js";
import { type JournalSource, readJournal } from "../events/read-journal.js";
import type { RunOverview } from "../traces/run-overview.js";
import { RunWatch } from "../traces/run-watch.js";
import { LiveRun } from "./live-run.js";

/** How {@link watchRun} looks. */
export interface WatchRunOptions {
  /** Seconds between two looks, at least 0.05. @defaultValue `1` */
  readonly intervalSeconds?: number;
  /** Ends the watching when it fires. */
  readonly signal?: AbortSignal;
}

/**
 * How a run stands by what its journal holds now: tasks, groups, workers, failures.
 *
 * @param journal - of either engine, finished or growing.
 * @throws {@link TaskprovError} as {@link readJournal} does, and `ERR_JOURNAL` when no `run` event
 *   is in it.
 * @example
 * ```ts
 * const { tasks, rate } = await runOverview("output/yprov4wfs.journal");
 * console.log(`${tasks.done} of ${tasks.total}, ${rate} a second`);
 * ```
 */
export async function runOverview(journal: JournalSource): Promise<RunOverview> {
  const watch = new RunWatch();
  for await (const events of readJournal(journal).batches()) {
    for (const event of events) watch.push(event);
  }
  return watch.overview() ?? nothingYet();
}

/**
 * Watches a run by its journal while it grows.
 *
 * @param journal - path of the journal, of either engine.
 * @returns how it stands, at once and after each interval; the last one when the run is over or
 *   the signal fired.
 * @throws {@link TaskprovError} while iterating, as {@link runOverview} does.
 */
export async function* watchRun(
  journal: string,
  options: WatchRunOptions = {},
): AsyncGenerator<RunOverview, void, undefined> {
  const { intervalSeconds = 1, signal } = options;
  const own = new AbortController();
  const stop = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
  const run = new LiveRun(journal, stop);
  const ended = run.ended.then(() => true);
  // It is awaited only between the looks.
  ended.catch(() => {});
  try {
    // The first look waits a moment for what is there already.
    let isOver = await Promise.race([ended, setTimeout(50, false)]);
    while (!isOver) {
      const overview = run.overview();
      if (overview !== undefined) yield overview;
      const timer = new AbortController();
      const pause = setTimeout(Math.max(0.05, intervalSeconds) * 1000, false, timer);
      isOver = await Promise.race([ended, pause.catch(() => false)]);
      timer.abort();
    }
    yield run.overview() ?? nothingYet();
  } finally {
    own.abort();
  }
}

function nothingYet(): never {
  throw new TaskprovError(
    "ERR_JOURNAL",
    "The journal does not say yet which run it is of. Wait for its first event, or check it with `taskprov journal verify`.",
  );
}
