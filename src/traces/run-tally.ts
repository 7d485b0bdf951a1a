import type { EpochSeconds } from "../base/clock.js";
import type { RunEvent } from "../events/run-event.js";
import type { AttemptStatus, TraceRun } from "./trace-attempt.js";

/** What adds up over the events of a run. */
export class RunTally {
  /** Times that events are missing. */
  gaps = 0;
  /** Events of tasks that nobody announced. */
  unknown = 0;
  /** Events that were dropped while recording. */
  dropped = 0;
  /** Whether the record says that it ends. */
  ended = false;
  #start: EpochSeconds = Number.POSITIVE_INFINITY;
  #end: EpochSeconds = 0;
  #failed = 0;
  #blocked = 0;

  /** The latest moment that was seen. */
  get end(): EpochSeconds {
    return this.#end;
  }

  /** Something happened then. */
  see(time: EpochSeconds): void {
    if (time < this.#start) this.#start = time;
    if (time > this.#end) this.#end = time;
  }

  /** A task is over; its last attempt ended like this. */
  count(status: AttemptStatus): void {
    if (status === "error") this.#failed++;
    else if (status === "blocked") this.#blocked++;
  }

  /** The run as a whole. */
  sum(event: RunEvent): TraceRun {
    return {
      event,
      start: this.#start,
      end: this.#end,
      failedTasks: { failed: this.#failed, blocked: this.#blocked },
      dropped: this.dropped,
      incomplete: this.gaps > 0 || this.unknown > 0 || !this.ended,
    };
  }
}
