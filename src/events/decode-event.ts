import type {
  AssignEvent,
  DoneEvent,
  FailedEvent,
  FileUse,
  LostEvent,
  MessagesEvent,
  OutputEvent,
  Span,
} from "./attempt-event.js";
import { decodeCell, decodeCellEnd } from "./decode-cell.js";
import { decodeDescription, decodeEncoded } from "./decode-encoded.js";
import {
  decodeClientAdded,
  decodeFunction,
  decodeRun,
  decodeSite,
  decodeWorkerAdded,
} from "./decode-rare.js";
import { decodeBandwidth, decodeLog, decodeProfile, decodeSample } from "./decode-telemetry.js";
import { EventError, type EventPosition } from "./event-error.js";
import type { Json } from "./event-parts.js";
import { Fields, isList } from "./fields.js";
import type {
  GraphArgument,
  GraphEvent,
  GraphTask,
  InnerStep,
  KnownEvent,
  ReleaseEvent,
  ScatterEvent,
} from "./graph-event.js";
import type { DroppedEvent, ErrorEvent, OtherEvent, WorkerRemovedEvent } from "./run-event.js";
import { actionOfCode } from "./span-codes.js";
import type { TaskEvent } from "./task-event.js";
import type { RawWire } from "./wire-reader.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Decodes an event from the array it travels as, and checks it. Positions beyond those this
 * version knows are ignored; a kind it does not know becomes an event of type `other`, kept whole.
 *
 * @param wire - `[kind, time, …]` from msgpack or JSON.
 * @param position - where it stands, for messages.
 * @throws {@link EventError} `ERR_EVENT_INVALID` with position and JSON path.
 */
export function decodeEvent(wire: RawWire, position: EventPosition = {}): TaskEvent {
  if (!isList(wire)) throw new EventError(position, "$", "expected an array [kind, time, …]");
  const fields = new Fields(wire, position);
  const kind = fields.text(0);
  const time = fields.number(1);
  switch (kind) {
    case "graph":
      return decodeGraph(fields, time);
    case "assign":
      return decodeAssign(fields, time);
    case "done":
      return decodeDone(fields, time);
    case "failed":
      return decodeFailed(fields, time);
    case "output":
      return decodeOutput(fields, time);
    case "messages":
      return decodeMessages(fields, time);
    case "lost":
      return decodeLost(fields, time);
    case "release":
      return decodeRelease(fields, time);
    case "forget":
      return { type: kind, time, task: fields.count(2) };
    case "scatter":
      return decodeScatter(fields, time);
    case "known":
      return decodeKnown(fields, time);
    default:
      return decodeRareEvent(kind, fields, time);
  }
}

function decodeRareEvent(kind: string, fields: Fields, time: number): TaskEvent {
  switch (kind) {
    case "run":
      return decodeRun(fields, time);
    case "end":
      return { type: kind, time, counts: fields.optionalEntries(2, (f, n) => f.number(n)) ?? {} };
    case "client+":
      return decodeClientAdded(fields, time);
    case "client-":
      return { type: kind, time, client: fields.count(2) };
    case "worker+":
      return decodeWorkerAdded(fields, time);
    case "worker-":
      return decodeWorkerRemoved(fields, time);
    case "fn":
      return decodeFunction(fields, time);
    case "source":
      return { type: kind, time, hash: fields.text(2), text: fields.text(3) };
    case "cell":
      return decodeCell(fields, time);
    case "cell-end":
      return decodeCellEnd(fields, time);
    case "site":
      return decodeSite(fields, time);
    case "sample":
      return decodeSample(fields, time);
    case "log":
      return decodeLog(fields, time);
    case "profile":
      return decodeProfile(fields, time);
    case "bandwidth":
      return decodeBandwidth(fields, time);
    case "dropped":
      return decodeDropped(fields, time);
    case "error":
      return decodeError(fields, time);
    case "closing":
      return { type: kind, time };
    default:
      return decodeOther(kind, fields, time);
  }
}

function decodeGraph(fields: Fields, time: number): GraphEvent {
  const event: Mutable<GraphEvent> = {
    type: "graph",
    time,
    graph: fields.count(2),
    client: fields.optionalCount(3) ?? null,
    tasks: fields.map(8, decodeTask),
  };
  const stimulus = fields.optionalText(4);
  const parent = fields.optionalCount(5);
  const annotations = fields.optionalEntries(6, (f, name) => f.json(name));
  const site = fields.optionalCount(7);
  if (stimulus !== undefined) event.stimulus = stimulus;
  if (parent !== undefined) event.parent = parent;
  if (annotations !== undefined) event.annotations = annotations;
  if (site !== undefined) event.site = site;
  return event;
}

function decodeTask(items: Fields, index: number): GraphTask {
  const fields = items.list(index);
  const key = decodeKeyField(fields, 1);
  const task: Mutable<GraphTask> = {
    task: fields.count(0),
    key,
    group: fields.optionalText(2) ?? groupOfKey(fields, key),
    function: fields.optionalCount(3) ?? null,
    arguments: fields.optionalMap(4, decodeArgument) ?? [],
    dependencies: fields.optionalMap(5, (numbers, i) => numbers.count(i)) ?? [],
  };
  const inner = fields.optionalMap(6, decodeStep);
  if (inner !== undefined) task.inner = inner;
  return task;
}

/** No group means that the key is its own group, which only strings can be. */
function groupOfKey(fields: Fields, key: unknown): string {
  return typeof key === "string" ? key : fields.fail(2, "a group, because the key is no string");
}

function decodeKeyField(fields: Fields, i: number): GraphTask["key"] {
  return fields.raw(i) === undefined ? fields.fail(i, "a key") : decodeEncoded(fields, i);
}

function decodeArgument(items: Fields, index: number): GraphArgument {
  const fields = items.list(index);
  const role = fields.raw(0);
  return [typeof role === "string" ? role : fields.count(0), decodeEncoded(fields, 1)];
}

function decodeStep(items: Fields, index: number): InnerStep {
  const fields = items.list(index);
  return {
    key: decodeKeyField(fields, 0),
    function: fields.optionalCount(1) ?? null,
    dependencies: fields.optionalMap(2, decodeEncoded) ?? [],
    arguments: fields.optionalMap(3, decodeArgument) ?? [],
  };
}

function decodeAssign(fields: Fields, time: number): AssignEvent {
  const event: Mutable<AssignEvent> = {
    type: "assign",
    time,
    task: fields.count(2),
    worker: fields.count(3),
  };
  const runId = fields.optionalCount(4);
  if (runId !== undefined) event.runId = runId;
  return event;
}

function decodeDone(fields: Fields, time: number): DoneEvent {
  const event: Mutable<DoneEvent> = {
    type: "done",
    time,
    task: fields.count(2),
    worker: fields.count(4),
    spans: fields.optionalMap(6, decodeSpan) ?? [],
  };
  const runId = fields.optionalCount(3);
  const thread = fields.optionalCount(5);
  const nbytes = fields.optionalCount(7);
  const typeName = fields.optionalText(8);
  const richType = fields.optionalText(9);
  const digest = fields.optionalText(10);
  const files = fields.optionalMap(11, decodeFile);
  const about = decodeDescription(fields, 12);
  if (runId !== undefined) event.runId = runId;
  if (thread !== undefined) event.thread = thread;
  if (nbytes !== undefined) event.nbytes = nbytes;
  if (typeName !== undefined) event.typeName = typeName;
  if (richType !== undefined) event.richType = richType;
  if (digest !== undefined) event.digest = digest;
  if (files !== undefined) event.files = files;
  if (about !== undefined) event.about = about;
  return event;
}

function decodeFailed(fields: Fields, time: number): FailedEvent {
  const event: Mutable<FailedEvent> = {
    type: "failed",
    time,
    task: fields.count(2),
    worker: fields.optionalCount(4) ?? null,
  };
  const runId = fields.optionalCount(3);
  const exceptionType = fields.optionalText(5);
  const text = fields.optionalText(6);
  const traceback = fields.optionalText(7);
  const spans = fields.optionalMap(8, decodeSpan);
  const retriesLeft = fields.optionalCount(9);
  const blamed = fields.optionalCount(10);
  const files = fields.optionalMap(11, decodeFile);
  if (runId !== undefined) event.runId = runId;
  if (exceptionType !== undefined) event.exceptionType = exceptionType;
  if (text !== undefined) event.text = text;
  if (traceback !== undefined) event.traceback = traceback;
  if (spans !== undefined) event.spans = spans;
  if (retriesLeft !== undefined) event.retriesLeft = retriesLeft;
  if (blamed !== undefined) event.blamed = blamed;
  if (files !== undefined) event.files = files;
  return event;
}

function decodeOutput(fields: Fields, time: number): OutputEvent {
  const stream = fields.text(3);
  if (stream !== "stdout" && stream !== "stderr") return fields.fail(3, '"stdout" or "stderr"');
  const omitted = fields.optionalCount(5);
  const printed = {
    type: "output",
    time,
    task: fields.count(2),
    stream,
    text: fields.text(4),
  } as const;
  return omitted === undefined ? printed : { ...printed, omitted };
}

function decodeMessages(fields: Fields, time: number): MessagesEvent {
  const omitted = fields.optionalCount(4);
  const task = fields.count(2);
  const texts = fields.map(3, (list, i) => list.text(i));
  const logged = { type: "messages", time, task, texts } as const;
  return omitted === undefined ? logged : { ...logged, omitted };
}

function decodeLost(fields: Fields, time: number): LostEvent {
  const event: Mutable<LostEvent> = {
    type: "lost",
    time,
    task: fields.count(2),
    reason: fields.text(4),
  };
  const runId = fields.optionalCount(3);
  const spans = fields.optionalMap(5, decodeSpan);
  if (runId !== undefined) event.runId = runId;
  if (spans !== undefined) event.spans = spans;
  return event;
}

function decodeRelease(fields: Fields, time: number): ReleaseEvent {
  const task = fields.count(2);
  const reason = fields.optionalText(3);
  return reason === undefined
    ? { type: "release", time, task }
    : { type: "release", time, task, reason };
}

function decodeKnown(fields: Fields, time: number): KnownEvent {
  const event: Mutable<KnownEvent> = {
    type: "known",
    time,
    task: fields.count(2),
    key: decodeKeyField(fields, 3),
  };
  const nbytes = fields.optionalCount(4);
  const typeName = fields.optionalText(5);
  const richType = fields.optionalText(6);
  if (nbytes !== undefined) event.nbytes = nbytes;
  if (typeName !== undefined) event.typeName = typeName;
  if (richType !== undefined) event.richType = richType;
  return event;
}

function decodeScatter(fields: Fields, time: number): ScatterEvent {
  const event: Mutable<ScatterEvent> = {
    type: "scatter",
    time,
    task: fields.count(2),
    key: decodeKeyField(fields, 3),
    client: fields.optionalCount(4) ?? null,
  };
  const nbytes = fields.optionalCount(5);
  const workers = fields.optionalMap(6, (numbers, i) => numbers.count(i));
  const typeName = fields.optionalText(7);
  const richType = fields.optionalText(8);
  const digest = fields.optionalText(9);
  if (nbytes !== undefined) event.nbytes = nbytes;
  if (workers !== undefined) event.workers = workers;
  if (typeName !== undefined) event.typeName = typeName;
  if (richType !== undefined) event.richType = richType;
  if (digest !== undefined) event.digest = digest;
  return event;
}

function decodeSpan(items: Fields, index: number): Span {
  const fields = items.list(index);
  const action = actionOfCode(fields.text(0));
  const start = fields.number(1);
  const stop = fields.number(2);
  const source = fields.optionalText(3);
  return source === undefined ? { action, start, stop } : { action, start, stop, source };
}

function decodeFile(items: Fields, index: number): FileUse {
  const fields = items.list(index);
  const mode = fields.text(1);
  if (mode !== "read" && mode !== "write") return fields.fail(1, '"read" or "write"');
  const file: Mutable<FileUse> = { path: fields.text(0), mode };
  const size = fields.optionalCount(2);
  const mtime = fields.optionalNumber(3);
  const sha256 = fields.optionalText(4);
  const parts = fields.optionalMap(5, (items, i) => items.text(i));
  if (size !== undefined) file.size = size;
  if (mtime !== undefined) file.mtime = mtime;
  if (sha256 !== undefined) file.sha256 = sha256;
  if (parts !== undefined) file.parts = parts;
  return file;
}

function decodeWorkerRemoved(fields: Fields, time: number): WorkerRemovedEvent {
  const worker = fields.count(2);
  const reason = fields.optionalText(3);
  return reason === undefined
    ? { type: "worker-", time, worker }
    : { type: "worker-", time, worker, reason };
}

function decodeDropped(fields: Fields, time: number): DroppedEvent {
  const count = fields.count(2);
  const reason = fields.optionalText(3);
  return reason === undefined
    ? { type: "dropped", time, count }
    : { type: "dropped", time, count, reason };
}

function decodeError(fields: Fields, time: number): ErrorEvent {
  const text = fields.text(2);
  const code = fields.optionalText(3);
  return code === undefined ? { type: "error", time, text } : { type: "error", time, text, code };
}

function decodeOther(kind: string, fields: Fields, time: number): OtherEvent {
  const rest: Json[] = [];
  for (let i = 2; i < fields.length; i++) rest.push(fields.json(i));
  return { type: "other", kind, time, fields: rest };
}
