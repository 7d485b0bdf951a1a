import { setImmediate } from "node:timers/promises";
import { systemClock } from "../base/clock.js";
import type { RunOverview, RunProgress } from "../traces/run-overview.js";
import { RunWatch } from "../traces/run-watch.js";
import { followJournal } from "./follow-journal.js";

/** A journal that is read as it grows, and how its run stands. */
export class LiveRun {
  /** Resolves when the run is over or nobody wants to wait longer; rejects as reading it does. */
  readonly ended: Promise<void>;
  readonly #watch = new RunWatch();
  /** Our time when the last event came. */
  #heard = systemClock.now();

  /**
   * @param journal - its path.
   * @param stop - aborted when nobody wants to wait longer.
   */
  constructor(journal: string, stop: AbortSignal) {
    this.ended = this.#read(journal, stop);
  }

  /** How it stands now; undefined before its first event is there. */
  overview(): RunOverview | undefined {
    return this.#watch.overview(this.#now());
  }

  /** What one line needs. */
  progress(): RunProgress {
    return this.#watch.progress(this.#now());
  }

  /** Now on the scheduler's clock: its last word, and as much as went by here since then. */
  #now(): number {
    return this.#watch.time + Math.max(0, systemClock.now() - this.#heard);
  }

  async #read(journal: string, stop: AbortSignal): Promise<void> {
    for await (const events of followJournal(journal, stop).batches()) {
      for (const event of events) this.#watch.push(event);
      if (events.length > 0) this.#heard = systemClock.now();
      // Much may be there already: timers and signals must have their turn.
      await setImmediate();
    }
  }
}

/** Watches a run for show only: what is wrong with its journal is told when the document is made. */
export function watchQuietly(journal: string, stop: AbortSignal): LiveRun {
  const run = new LiveRun(journal, stop);
  run.ended.catch(() => {});
  return run;
}
