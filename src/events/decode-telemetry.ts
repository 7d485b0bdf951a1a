import type { Fields } from "./fields.js";
import type {
  BandwidthEvent,
  LogEvent,
  LogLevel,
  MemoryFigures,
  ProfileEvent,
  ProfileFrame,
  ProfileNode,
  SampleEvent,
  TransferFigures,
} from "./telemetry-event.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The levels of log records, the least grave first. */
export const logLevels: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

/** Decodes what a worker, or the scheduler, used at a moment. */
export function decodeSample(fields: Fields, time: number): SampleEvent {
  const sample: Mutable<SampleEvent> = { type: "sample", time, worker: workerOf(fields) };
  const memory = fields.raw(4) === undefined ? undefined : decodeMemory(fields.list(4));
  const tasks = fields.optionalEntries(9, (entries, name) => entries.count(name));
  if (memory !== undefined) sample.memory = memory;
  for (const [name, at] of figurePlaces) {
    const value = fields.optionalNumber(at);
    if (value !== undefined) sample[name] = value;
  }
  if (tasks !== undefined) sample.tasks = tasks;
  return sample;
}

const figurePlaces = [
  ["cpu", 3],
  ["received", 5],
  ["sent", 6],
  ["delay", 7],
  ["busy", 8],
] as const;

function workerOf(fields: Fields): number | null {
  return fields.optionalCount(2) ?? null;
}

function decodeMemory(fields: Fields): MemoryFigures {
  const memory: Mutable<MemoryFigures> = { process: fields.count(0) };
  for (const [at, name] of (["managed", "spilled", "unmanagedOld"] as const).entries()) {
    const value = fields.optionalCount(at + 1);
    if (value !== undefined) memory[name] = value;
  }
  return memory;
}

/** Decodes a log record. */
export function decodeLog(fields: Fields, time: number): LogEvent {
  const name = fields.text(3);
  const level = logLevels.find((known) => known === name);
  if (level === undefined) {
    return fields.fail(3, logLevels.map((known) => `"${known}"`).join(", "));
  }
  const task = fields.optionalCount(6);
  const omitted = fields.optionalCount(7);
  return {
    type: "log",
    time,
    worker: workerOf(fields),
    level,
    logger: fields.text(4),
    text: fields.text(5),
    ...(task !== undefined && { task }),
    ...(omitted !== undefined && { omitted }),
  };
}

/** Decodes what a profiler saw. */
export function decodeProfile(fields: Fields, time: number): ProfileEvent {
  const of = fields.text(5);
  if (of !== "tasks" && of !== "event-loop") return fields.fail(5, '"tasks" or "event-loop"');
  const interval = fields.optionalNumber(8);
  return {
    type: "profile",
    time,
    worker: workerOf(fields),
    start: fields.number(3),
    stop: fields.number(4),
    of,
    frames: fields.map(6, decodeFrame),
    nodes: fields.map(7, decodeNode),
    ...(interval !== undefined && { interval }),
  };
}

function decodeFrame(items: Fields, index: number): ProfileFrame {
  const fields = items.list(index);
  const file = fields.optionalText(1);
  const line = fields.optionalCount(2);
  return {
    function: fields.text(0),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
}

function decodeNode(items: Fields, index: number): ProfileNode {
  const fields = items.list(index);
  return [fields.optionalCount(0) ?? null, fields.count(1), fields.count(2)];
}

/** Decodes what a worker has received. */
export function decodeBandwidth(fields: Fields, time: number): BandwidthEvent {
  return {
    type: "bandwidth",
    time,
    worker: fields.count(2),
    from: fields.map(3, (items, index) => {
      const entry = items.list(index);
      const source = entry.raw(0);
      return {
        source: typeof source === "string" ? source : entry.count(0),
        ...decodeFigures(entry),
      };
    }),
    types: fields.map(4, (items, index) => {
      const entry = items.list(index);
      return { typeName: entry.text(0), ...decodeFigures(entry) };
    }),
  };
}

function decodeFigures(entry: Fields): TransferFigures {
  return { bytes: entry.count(1), seconds: entry.number(2), count: entry.count(3) };
}
