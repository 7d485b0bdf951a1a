import type { LogEvent } from "../events/telemetry-event.js";
import type { ReportLog } from "./page/report-format.js";

/** Records of each kind that are kept. */
const mostOfAKind = 1_000;
const mostChars = 2_000;

interface KeptLog {
  /** Counts all records, so that both kinds can be put in order again. */
  readonly number: number;
  readonly log: ReportLog;
}

/**
 * The last log records, for they tell how it ended: so many warnings and errors, and as many of the
 * rest, so that a flood of chatter cannot wash a warning away.
 */
export class KeptLogs {
  readonly #grave = new Last();
  readonly #rest = new Last();
  #omitted = 0;
  #count = 0;

  /** Takes a record of what is called so. */
  add(event: LogEvent, name: string): void {
    const { time, logger, text, omitted = 0 } = event;
    const level = levelOf(event);
    this.#omitted += omitted;
    const kind = level === "debug" || level === "info" ? this.#rest : this.#grave;
    const log: ReportLog = [time, level, name, logger, text.slice(0, mostChars)];
    kind.add({ number: this.#count++, log });
  }

  /** In the order they came. */
  get logs(): ReportLog[] {
    return [...this.#grave.kept, ...this.#rest.kept]
      .sort((a, b) => a.number - b.number)
      .map(({ log }) => log);
  }

  /** Records that are not among {@link logs}. */
  get more(): number {
    return this.#omitted + this.#grave.dropped + this.#rest.dropped;
  }
}

/** That a loop hung for seconds is mere information to Dask; to a reader it is the reason why. */
function levelOf({ level, logger, text }: LogEvent): LogEvent["level"] {
  const hung = logger.startsWith("distributed.") && text.startsWith("Event loop was unresponsive");
  return hung && (level === "info" || level === "debug") ? "warning" : level;
}

class Last {
  #all: KeptLog[] = [];
  #dropped = 0;

  get kept(): readonly KeptLog[] {
    return this.#all.slice(-mostOfAKind);
  }

  get dropped(): number {
    return this.#dropped + Math.max(0, this.#all.length - mostOfAKind);
  }

  add(log: KeptLog): void {
    this.#all.push(log);
    if (this.#all.length < 2 * mostOfAKind) return;
    this.#dropped += this.#all.length - mostOfAKind;
    this.#all = this.#all.slice(-mostOfAKind);
  }
}
