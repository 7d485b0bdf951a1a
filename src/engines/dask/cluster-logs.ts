import { anInteger, checkOptions, type Expectation, texts } from "../../base/options.js";
import type {
  ClusterLogRecord,
  SchedulerLogOptions,
  WorkerLogOptions,
} from "../../events/cluster-log.js";
import { isRecord } from "../../events/fields.js";
import type { LogLevel } from "../../events/telemetry-event.js";
import type { RawWire } from "../../events/wire-reader.js";
import { type AttachTarget, connectAgain } from "./attach-target.js";
import type { OutgoingMessage } from "./comm/message.js";
import { callScheduler } from "./comm/scheduler-call.js";

/** A scheduler asks all of its workers, and one that hangs keeps it waiting. */
const timeoutMs = 60_000;

const aCount = anInteger(1);
const expectations: Readonly<Record<string, Expectation>> = {
  count: aCount,
  workers: texts,
  nanny: { words: "true or false", accepts: (value) => typeof value === "boolean" },
};

/** What the scheduler of a Dask cluster has in its memory of its own log records, oldest first. */
export async function schedulerLogs(
  target: AttachTarget,
  options: SchedulerLogOptions,
): Promise<ClusterLogRecord[]> {
  checkOptions(options, { count: aCount }, "getSchedulerLogs");
  return recordsIn(await ask(target, "get_logs", wanted(options)), undefined);
}

/** The same of its workers, by time; workers that do not answer are left out. */
export async function workerLogs(
  target: AttachTarget,
  options: WorkerLogOptions,
): Promise<ClusterLogRecord[]> {
  checkOptions(options, expectations, "getWorkerLogs");
  const { workers, nanny = false } = options;
  const answers = await ask(target, "broadcast", {
    msg: { op: "get_logs", ...wanted(options) },
    nanny,
    on_error: "ignore",
    ...(workers !== undefined && { workers }),
  });
  if (!isRecord(answers)) return [];
  return Object.entries(answers)
    .flatMap(([worker, records]) => recordsIn(records, worker))
    .sort((a, b) => a.time - b.time);
}

function wanted({ count }: SchedulerLogOptions): { readonly [name: string]: number | boolean } {
  return { timestamps: true, ...(count !== undefined && { n: count }) };
}

async function ask(target: AttachTarget, op: string, fields: OutgoingMessage): Promise<RawWire> {
  const connection = await connectAgain(target);
  try {
    return await callScheduler(connection, op, fields, timeoutMs);
  } finally {
    connection.close();
  }
}

/** Dask gives `[created, LEVEL, formatted line]`, the newest first. */
function recordsIn(wire: RawWire | undefined, worker: string | undefined): ClusterLogRecord[] {
  if (!Array.isArray(wire)) return [];
  const records: ClusterLogRecord[] = [];
  for (const entry of wire) {
    if (!Array.isArray(entry)) continue;
    const [time, level, line] = entry;
    if (typeof time !== "number" || typeof line !== "string") continue;
    records.push({
      time,
      level: levelOf(level),
      ...parts(line),
      ...(worker !== undefined && { worker }),
    });
  }
  return records.reverse();
}

const levels: Readonly<Record<string, LogLevel>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warning",
  ERROR: "error",
  CRITICAL: "critical",
};

/** A level with a name of its own counts as `info`. */
function levelOf(name: RawWire | undefined): LogLevel {
  return (typeof name === "string" && levels[name]) || "info";
}

/** `distributed.admin.log-format` as it is by default: time - logger - level - text. */
const defaultFormat = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (\S+) - [A-Z]+ - (.*)$/su;

function parts(line: string): { readonly text: string; readonly logger?: string } {
  const [, logger, text] = defaultFormat.exec(line) ?? [];
  return logger === undefined || text === undefined ? { text: line } : { text, logger };
}
