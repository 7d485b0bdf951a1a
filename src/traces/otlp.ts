import { createHash } from "node:crypto";
import type { EpochSeconds } from "../base/clock.js";
import type { Json, RunEvent } from "../events/task-event.js";
import { AttemptLog, runId } from "./attempt-log.js";
import type { AttemptRef, TraceAttempt, TraceGraph, TraceRun } from "./trace-attempt.js";
import type { TraceWriter } from "./trace-writer.js";

/** Spans on a line; a reader holds a line at a time. */
const spansPerLine = 256;
/** `SpanKind` INTERNAL. */
const internalKind = 1;
/** `StatusCode`. */
const statusCodes = { unset: 0, ok: 1, error: 2 } as const;

/**
 * OTLP/JSON lines, as OpenTelemetry's file exporter writes them: each line is one `TracesData`. The
 * run is the root span; graphs and attempts are below it; links name the attempts that made the
 * inputs and the attempt that is repeated.
 */
export function createOtlpWriter(): TraceWriter {
  let spans: string[] = [];
  let trace = "";
  const add = (span: Json): void => {
    spans.push(JSON.stringify(span));
  };
  const log = new AttemptLog({
    attempt: (attempt) => add(attemptSpan(trace, attempt)),
    graph: (graph) => add(graphSpan(trace, graph)),
  });
  const line = (): string => {
    const { run } = log;
    if (run === undefined || spans.length === 0) return "";
    const text = `{"resourceSpans":[{"resource":${resource(run)},"scopeSpans":[{"scope":${scope(run)},"spans":[${spans.join(",")}]}]}]}\n`;
    spans = [];
    return text;
  };
  return {
    push: (event) => {
      log.push(event);
      if (event.type === "run") trace = traceIdOf(event.runId);
      return spans.length < spansPerLine ? "" : line();
    },
    noteGap: () => log.noteGap(),
    finish: function* () {
      add(runSpan(trace, log.finish()));
      yield line();
    },
  };
}

function runSpan(trace: string, run: TraceRun): Json {
  const { event, failedTasks, dropped, incomplete } = run;
  const failed = failedTasks > 0;
  const status = failed
    ? { code: statusCodes.error, message: `${failedTasks} tasks failed` }
    : { code: incomplete ? statusCodes.unset : statusCodes.ok };
  return {
    ...head(trace, runId, undefined, runName(event), run),
    attributes: attributes({
      "taskprov.span": "run",
      "taskprov.failed_tasks": failedTasks,
      "taskprov.dropped_events": dropped,
      "taskprov.incomplete": incomplete,
    }),
    status,
  };
}

function graphSpan(trace: string, graph: TraceGraph): Json {
  return {
    ...head(trace, graph.id, graph.parent, `graph ${graph.graph}`, graph),
    attributes: attributes({
      "taskprov.span": "graph",
      "taskprov.graph": graph.graph,
      "taskprov.tasks": graph.tasks,
      "taskprov.client": graph.client,
    }),
    status: { code: statusCodes.unset },
  };
}

function attemptSpan(trace: string, attempt: TraceAttempt): Json {
  const { ref, failure, worker, status } = attempt;
  const name = attempt.functionName ?? attempt.group;
  const links = attempt.inputs.map((input) => link(trace, input, "dependency"));
  if (attempt.retryOf !== undefined) links.push(link(trace, attempt.retryOf, "retry"));
  if (attempt.blamed !== undefined) links.push(link(trace, attempt.blamed, "blamed"));
  return {
    ...head(trace, ref.id, attempt.graph ?? runId, name, attempt),
    attributes: attributes({
      "taskprov.span": "attempt",
      "taskprov.key": ref.key,
      "taskprov.group": attempt.group,
      "taskprov.attempt": attempt.number,
      "taskprov.status": status,
      "taskprov.worker": worker?.address,
      "taskprov.nbytes": attempt.nbytes,
      "taskprov.type": attempt.typeName,
      "taskprov.transfer_seconds":
        attempt.transferSeconds === 0 ? undefined : { double: attempt.transferSeconds },
      "taskprov.retries_left": failure?.retriesLeft,
      "code.function.name": attempt.functionName,
      "host.name": worker?.host,
      "thread.id": attempt.thread,
    }),
    ...(failure !== undefined && {
      events: [
        {
          timeUnixNano: nanoseconds(attempt.end),
          name: "exception",
          attributes: attributes({
            "exception.type": failure.type,
            "exception.message": failure.text,
            "exception.stacktrace": failure.traceback,
          }),
        },
      ],
    }),
    ...(links.length > 0 && { links }),
    status: statusOf(attempt),
  };
}

function statusOf({ status, failure, blamed }: TraceAttempt): Json {
  if (status === "ok") return { code: statusCodes.ok };
  if (status === "error") {
    return { code: statusCodes.error, message: failure?.text ?? failure?.type ?? status };
  }
  if (status === "blocked") {
    const message = blamed === undefined ? status : `blocked by ${blamed.key}`;
    return { code: statusCodes.error, message };
  }
  return status === "lost"
    ? { code: statusCodes.error, message: status }
    : { code: statusCodes.unset };
}

function head(
  trace: string,
  id: number,
  parent: number | undefined,
  name: string,
  { start, end }: { readonly start: EpochSeconds; readonly end: EpochSeconds },
): Readonly<Record<string, Json>> {
  return {
    traceId: trace,
    spanId: spanId(trace, id),
    ...(parent !== undefined && { parentSpanId: spanId(trace, parent) }),
    name,
    kind: internalKind,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
  };
}

function link(trace: string, { id, key }: AttemptRef, kind: string): Json {
  return {
    traceId: trace,
    spanId: spanId(trace, id),
    attributes: attributes({ "taskprov.link": kind, "taskprov.key": key }),
  };
}

/** A run id is a UUID: 16 bytes, as a trace id has. Any other id is hashed. */
function traceIdOf(run: string): string {
  const hex = run.replaceAll("-", "").toLowerCase();
  if (/^[0-9a-f]{32}$/.test(hex) && !/^0+$/.test(hex)) return hex;
  return createHash("sha256").update(run).digest("hex").slice(0, 32);
}

/** Unique in its trace and never zero. */
function spanId(trace: string, id: number): string {
  return trace.slice(0, 8) + id.toString(16).padStart(8, "0");
}

/** Doubles of this size are exact to a quarter of a microsecond; nanoseconds exceed 2^53. */
function nanoseconds(time: EpochSeconds): string {
  return `${Math.round(time * 1e6)}000`;
}

type AttributeValue = string | number | boolean | { readonly double: number } | undefined;

function attributes(values: Readonly<Record<string, AttributeValue>>): Json {
  const list: Json[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) list.push({ key, value: anyValue(value) });
  }
  return list;
}

/** Protobuf's JSON writes 64-bit integers as strings. */
function anyValue(value: Exclude<AttributeValue, undefined>): Json {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return typeof value === "number" ? { intValue: String(value) } : { doubleValue: value.double };
}

function resource(run: RunEvent): string {
  return JSON.stringify({
    attributes: attributes({
      "service.name": runName(run),
      "taskprov.run.id": run.runId,
      "taskprov.engine": run.engine,
      "host.name": run.host,
      "process.pid": run.pid,
    }),
  });
}

function scope({ versions }: RunEvent): string {
  return JSON.stringify({ name: "taskprov", version: versions["taskprov"] ?? "" });
}

/** The tracker's option `name`. */
function runName({ options }: RunEvent): string {
  const { name } = options;
  return typeof name === "string" && name !== "" ? name : "workflow";
}
