import { assertNever } from "../base/errors.js";
import type { DoneEvent, FailedEvent, FileUse, Span } from "./attempt-event.js";
import { telemetryFields } from "./encode-telemetry.js";
import type { GraphEvent, GraphTask, InnerStep, ScatterEvent } from "./graph-event.js";
import type { CellEvent, CodeSpan, KernelFrame, SiteEvent, SiteFrame } from "./place-event.js";
import type { RunEvent, WorkerAddedEvent } from "./run-event.js";
import { actionCode } from "./span-codes.js";
import type { TaskEvent } from "./task-event.js";
import type { Wire, WireEvent } from "./wire.js";

type Loose = Wire | undefined;

/**
 * Encodes an event as the array that msgpack and NDJSON share (docs/contracts.md, Journal):
 * positions by the table there, null for what is absent in the middle, nothing for what is absent
 * at the end. {@link decodeEvent} gives the event back.
 */
export function encodeEvent(event: TaskEvent): WireEvent {
  const time = event.time;
  switch (event.type) {
    case "graph":
      return trimmed(event.type, time, ...graphFields(event));
    case "assign":
      return event.runId === undefined
        ? ["assign", time, event.task, event.worker]
        : ["assign", time, event.task, event.worker, event.runId];
    case "done":
      return trimmed(event.type, time, ...doneFields(event));
    case "failed":
      return trimmed(event.type, time, ...failedFields(event));
    case "output":
      return trimmed(event.type, time, event.task, event.stream, event.text, event.omitted);
    case "messages":
      return trimmed(event.type, time, event.task, event.texts, event.omitted);
    case "lost":
      return trimmed(
        event.type,
        time,
        event.task,
        event.runId,
        event.reason,
        event.spans?.map(spanWire),
      );
    case "release":
      return event.reason === undefined
        ? ["release", time, event.task]
        : ["release", time, event.task, event.reason];
    case "forget":
      return ["forget", time, event.task];
    case "scatter":
      return trimmed(event.type, time, ...scatterFields(event));
    case "known":
      return trimmed(
        event.type,
        time,
        event.task,
        event.key,
        event.nbytes,
        event.typeName,
        event.richType,
      );
    default:
      return rareEvent(event);
  }
}

type Frequent =
  | "graph"
  | "assign"
  | "done"
  | "failed"
  | "output"
  | "messages"
  | "lost"
  | "release"
  | "forget"
  | "scatter"
  | "known";

function rareEvent(event: Exclude<TaskEvent, { readonly type: Frequent }>): WireEvent {
  const { type, time } = event;
  switch (type) {
    case "run":
      return [type, time, runFields(event)];
    case "end":
      return [type, time, event.counts];
    case "client+":
      return [type, time, event.client, present({ name: event.name, address: event.address })];
    case "client-":
      return [type, time, event.client];
    case "worker+":
      return [type, time, event.worker, workerFields(event)];
    case "worker-":
      return trimmed(type, time, event.worker, event.reason);
    case "fn": {
      const { module, name, kind, sourceHash } = event;
      return [type, time, event.function, present({ module, name, kind, sourceHash })];
    }
    case "source":
      return [type, time, event.hash, event.text];
    case "cell":
      return [type, time, event.cell, cellFields(event)];
    case "cell-end":
      return trimmed(type, time, event.cell, event.status);
    case "site":
      return [type, time, event.site, siteFields(event)];
    case "sample":
    case "log":
    case "profile":
    case "bandwidth":
      return trimmed(type, time, ...telemetryFields(event));
    case "dropped":
      return trimmed(type, time, event.count, event.reason);
    case "error":
      return trimmed(type, time, event.text, event.code);
    case "closing":
      return [type, time];
    case "other":
      return [event.kind, time, ...event.fields];
    default:
      return assertNever(type);
  }
}

function graphFields(event: GraphEvent): Loose[] {
  const { graph, client, stimulus, parent, annotations, site } = event;
  return [graph, client, stimulus, parent, annotations, site, event.tasks.map(taskWire)];
}

/** The group is null where it is the key itself, as for all single tasks. */
function taskWire(task: GraphTask): Wire {
  const group = task.group === task.key ? null : task.group;
  const { key, function: fn, arguments: args, dependencies, inner } = task;
  return inner === undefined
    ? [task.task, key, group, fn, args, dependencies]
    : [task.task, key, group, fn, args, dependencies, inner.map(stepWire)];
}

function stepWire(step: InnerStep): Wire {
  return [step.key, step.function, step.dependencies, step.arguments];
}

function doneFields(event: DoneEvent): Loose[] {
  return [
    event.task,
    event.runId,
    event.worker,
    event.thread,
    event.spans.map(spanWire),
    event.nbytes,
    event.typeName,
    event.richType,
    event.digest,
    event.files?.map(fileWire),
    event.about,
  ];
}

function failedFields(event: FailedEvent): Loose[] {
  return [
    event.task,
    event.runId,
    event.worker,
    event.exceptionType,
    event.text,
    event.traceback,
    event.spans?.map(spanWire),
    event.retriesLeft,
    event.blamed,
    event.files?.map(fileWire),
  ];
}

function scatterFields(event: ScatterEvent): Loose[] {
  const { task, key, client, nbytes, workers, typeName, richType, digest } = event;
  return [task, key, client, nbytes, workers, typeName, richType, digest];
}

function spanWire(span: Span): Wire {
  const code = actionCode(span.action);
  return span.source === undefined
    ? [code, span.start, span.stop]
    : [code, span.start, span.stop, span.source];
}

function fileWire(file: FileUse): Wire {
  return trimmedList([file.path, file.mode, file.size, file.mtime, file.sha256, file.parts]);
}

function runFields(event: RunEvent): Wire {
  const { runId, engine, versions, address, host, pid, user, argv, cwd, git, options } = event;
  const { traceContext, config, executionSource } = event;
  const repository = git && present({ commit: git.commit, dirty: git.dirty, remote: git.remote });
  return present({
    ...{ runId, engine, versions, address, host, pid, user, argv, cwd },
    git: repository,
    traceContext: traceContext && present({ ...traceContext }),
    config,
    executionSource: executionSource && {
      path: executionSource.path,
      files: executionSource.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    },
    options,
  });
}

function workerFields(event: WorkerAddedEvent): Wire {
  const { address, name, host, pid, threads, memoryLimit, cpuCount, cpuModel, versions } = event;
  return present({ address, name, host, pid, threads, memoryLimit, cpuCount, cpuModel, versions });
}

function siteFields(event: SiteEvent): Wire {
  const { file, cell, sourceHash, run, match } = event;
  return present({
    ...{ file, cell, sourceHash },
    span: codeSpanWire(event.span),
    stack: event.stack.map(frameWire),
    frames: event.frames?.map(kernelFrameWire),
    ...{ run, match },
  });
}

function kernelFrameWire(frame: KernelFrame): Wire {
  const { cell, text, line, endLine, column, endColumn } = frame;
  return trimmedList([cell, text, line, endLine, column, endColumn, frame.function]);
}

function cellFields(event: CellEvent): Wire {
  const { id, count, index, sourceHash, codeHash, within, language, kernel, notebook } = event;
  const identity = { id, count, index, sourceHash, codeHash, within };
  return present({ ...identity, language, kernel, notebook });
}

function frameWire(frame: SiteFrame): Wire {
  const { file, cell } = frame;
  return present({ file, cell, function: frame.function, span: codeSpanWire(frame) });
}

function codeSpanWire(span: CodeSpan): Wire {
  return trimmedList([span.startLine, span.startColumn, span.endLine, span.endColumn]);
}

/** Leaves out what is undefined. */
function present(fields: Readonly<Record<string, Loose>>): Wire {
  const result: Record<string, Wire> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) result[name] = value;
  return result;
}

function trimmed(kind: string, time: number, ...fields: Loose[]): WireEvent {
  return [kind, time, ...trimmedList(fields)];
}

/** Null for what is absent before the last present field, nothing after it. */
function trimmedList(fields: Loose[]): Wire[] {
  let length = fields.length;
  while (length > 0 && (fields[length - 1] ?? null) === null) length--;
  const result: Wire[] = [];
  for (let i = 0; i < length; i++) result.push(fields[i] ?? null);
  return result;
}
