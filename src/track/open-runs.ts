import { log } from "../base/log.js";

/** What the end of the process has to do for a run that nobody closed. */
export interface OpenRun {
  /** Writes out what is still in memory; synchronous, must not throw. */
  readonly flush: () => void;
  /** One line for standard error: where the journal is and what to do with it. */
  readonly farewell: () => string;
}

const openRuns = new Set<OpenRun>();

function flushAll(): void {
  for (const run of openRuns) {
    run.flush();
    log("warning", run.farewell());
  }
}

/** Sees to it that the run's journal is whole when the process ends without `close()`. */
export function guardOpenRun(run: OpenRun): void {
  // One listener for all: a tracker each would run into Node's limit of ten.
  if (openRuns.size === 0) process.on("exit", flushAll);
  openRuns.add(run);
}

/** The run was closed. */
export function releaseOpenRun(run: OpenRun): void {
  openRuns.delete(run);
  if (openRuns.size === 0) process.off("exit", flushAll);
}
