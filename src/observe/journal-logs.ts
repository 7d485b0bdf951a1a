import type { EpochSeconds } from "../base/clock.js";
import { compileFnmatch } from "../base/fnmatch.js";
import { keyText } from "../describe/key-text.js";
import { logLevels } from "../events/decode-telemetry.js";
import { type JournalSource, readJournal } from "../events/read-journal.js";
import type { WorkerAddedEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import type { LogEvent, LogLevel } from "../events/telemetry-event.js";

/** A log record of a Dask scheduler or worker. */
export interface LogRecord {
  readonly time: EpochSeconds;
  readonly level: LogLevel;
  /** Address of the worker; absent: the scheduler's process. */
  readonly worker?: string;
  /** The worker's name. */
  readonly workerName?: string;
  /** Name of the logger, `distributed.worker.memory`. */
  readonly logger: string;
  readonly text: string;
  /** Key of the task that ran in the thread of the record. */
  readonly task?: string;
  /** Records before this one that are not in the journal, because too many came at once. */
  readonly omitted?: number;
}

/** Which records {@link journalLogs} gives; all that is given must fit. */
export interface LogFilter {
  /** Address or name of a worker, an fnmatch pattern, or `"scheduler"`. */
  readonly worker?: string;
  /** The least level. */
  readonly level?: LogLevel;
  /** Not before this time. */
  readonly since?: EpochSeconds;
  /** In the text or the logger's name, upper and lower case alike. */
  readonly text?: string;
}

/**
 * Gives the log records in a journal, in the order they reached the scheduler.
 *
 * @param source - path or bytes of a journal, also of a run that goes on.
 * @throws {@link TaskprovError} while iterating: `ERR_FILE`, `ERR_JOURNAL`, `ERR_JOURNAL_VERSION`
 * @example
 * ```ts
 * for await (const { worker, text } of journalLogs("output/yprov4wfs.journal", { level: "error" })) {
 *   console.log(worker ?? "scheduler", text);
 * }
 * ```
 */
export async function* journalLogs(
  source: JournalSource,
  filter: LogFilter = {},
  name?: string,
): AsyncGenerator<LogRecord, void, undefined> {
  const reader = new LogReader();
  const fits = matcher(filter);
  for await (const events of readJournal(source, name).batches()) {
    for (const event of events) {
      const record = reader.take(event);
      if (record !== undefined && fits(record)) yield record;
      // Of a journal that grows nothing more is worth waiting for.
      if (event.type === "end") return;
    }
  }
}

/** Knows workers and tasks by their numbers. */
class LogReader {
  readonly #workers = new Map<number, WorkerAddedEvent>();
  readonly #tasks = new Map<number, string>();

  take(event: TaskEvent): LogRecord | undefined {
    if (event.type === "worker+") this.#workers.set(event.worker, event);
    else if (event.type === "graph") {
      for (const { task, key } of event.tasks) this.#tasks.set(task, keyText(key));
    } else if (event.type === "forget") this.#tasks.delete(event.task);
    else if (event.type === "log") return this.#record(event);
    return undefined;
  }

  #record({ time, level, worker, logger, text, task, omitted }: LogEvent): LogRecord {
    const from = worker === null ? undefined : this.#workers.get(worker);
    const key = task === undefined ? undefined : this.#tasks.get(task);
    return {
      time,
      level,
      ...(worker !== null && { worker: from?.address ?? `worker ${worker}` }),
      ...(from?.name !== undefined && { workerName: from.name }),
      logger,
      text,
      ...(key !== undefined && { task: key }),
      ...(omitted !== undefined && { omitted }),
    };
  }
}

function matcher({ worker, level, since, text }: LogFilter): (record: LogRecord) => boolean {
  const least = level === undefined ? 0 : logLevels.indexOf(level);
  const isWorker = worker === undefined ? undefined : compileFnmatch(worker);
  const part = text?.toLowerCase();
  return (record) =>
    logLevels.indexOf(record.level) >= least &&
    (since === undefined || record.time >= since) &&
    (isWorker === undefined ||
      isWorker(record.worker ?? "scheduler") ||
      (record.workerName !== undefined && isWorker(record.workerName))) &&
    (part === undefined ||
      record.text.toLowerCase().includes(part) ||
      record.logger.toLowerCase().includes(part));
}
