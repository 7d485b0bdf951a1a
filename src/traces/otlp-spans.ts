import { createHash } from "node:crypto";
import type { EpochSeconds } from "../base/clock.js";
import type { RunEvent } from "../events/run-event.js";
import type { TaskEvent } from "../events/task-event.js";
import { AttemptLog, runId } from "./attempt-log.js";
import { failureText } from "./failure-text.js";
import {
  type OtlpAttributes,
  type OtlpBatch,
  type OtlpLink,
  type OtlpSpan,
  type OtlpStatus,
  type OtlpTrace,
  type OtlpValue,
  statusCodes,
} from "./otlp-span.js";
import type { AttemptRef, TraceAttempt, TraceGraph, TraceRun } from "./trace-attempt.js";
import { parseTraceparent } from "./trace-context.js";

/** Spans in a batch; a reader holds a batch at a time. */
const spansPerBatch = 256;

/** Turns the events of one run into batches of spans, or of what is made of them. */
export interface OtlpSpans<T> {
  /** Takes the next event; gives a batch when one is full. */
  readonly push: (event: TaskEvent) => OtlpBatch<T> | undefined;
  /** Events are missing here. */
  readonly noteGap: () => void;
  /** Gives the rest; once. */
  readonly finish: () => Iterable<OtlpBatch<T>>;
}

/**
 * The spans of a run: the run is the root, or below the span of the caller that the trace context
 * names; graphs and attempts are below it; links name the attempts that made the inputs and the
 * attempt that is repeated.
 *
 * @param make - what is kept of a span until its batch is full: the less, the less the collector of
 *   garbage has to carry.
 */
export function createOtlpSpans<T>(make: (span: OtlpSpan, trace: OtlpTrace) => T): OtlpSpans<T> {
  let spans: T[] = [];
  let trace: OtlpTrace | undefined;
  const add = (span: (prefix: string) => OtlpSpan): void => {
    // The log tells of nothing before the run.
    if (trace !== undefined) spans.push(make(span(trace.spanPrefix), trace));
  };
  const log = new AttemptLog({
    attempt: (attempt) => add((prefix) => attemptSpan(prefix, attempt)),
    graph: (graph) => add((prefix) => graphSpan(prefix, graph)),
  });
  return {
    push: (event) => {
      log.push(event);
      if (event.type === "run") trace = traceOf(event);
      if (trace === undefined || spans.length < spansPerBatch) return undefined;
      const batch = { trace, spans };
      spans = [];
      return batch;
    },
    noteGap: () => log.noteGap(),
    finish: function* () {
      const run = log.finish();
      const known = trace ?? traceOf(run.event);
      spans.push(make(runSpan(known, run), known));
      for (let i = 0; i < spans.length; i += spansPerBatch) {
        yield { trace: known, spans: spans.slice(i, i + spansPerBatch) };
      }
    },
  };
}

function traceOf(run: RunEvent): OtlpTrace {
  const own = idOf(run.runId);
  const parent = parseTraceparent(run.traceContext?.traceparent ?? "");
  return {
    traceId: parent?.traceId ?? own,
    spanPrefix: own.slice(0, 8),
    flags: parent?.flags ?? 1,
    traceState: parent === undefined ? undefined : run.traceContext?.tracestate,
    resource: attributes({
      "service.name": runName(run),
      "taskprov.run.id": run.runId,
      "taskprov.engine": run.engine,
      "host.name": run.host,
      "process.pid": run.pid,
    }),
    scopeVersion: run.versions["taskprov"] ?? "",
  };
}

function runSpan(trace: OtlpTrace, run: TraceRun): OtlpSpan {
  const { event, failedTasks, dropped, incomplete } = run;
  const failure = failureText(failedTasks);
  const parent = parseTraceparent(event.traceContext?.traceparent ?? "");
  return {
    spanId: spanId(trace.spanPrefix, runId),
    parentSpanId: parent?.spanId,
    ...(parent !== undefined && { remoteParent: true }),
    name: runName(event),
    ...times(run),
    attributes: attributes({
      "taskprov.span": "run",
      "taskprov.failed_tasks": failedTasks.failed,
      "taskprov.blocked_tasks": failedTasks.blocked,
      "taskprov.dropped_events": dropped,
      "taskprov.incomplete": incomplete,
    }),
    events: [],
    links: [],
    status:
      failure === undefined
        ? { code: incomplete ? statusCodes.unset : statusCodes.ok }
        : { code: statusCodes.error, message: failure },
  };
}

function graphSpan(prefix: string, graph: TraceGraph): OtlpSpan {
  return {
    spanId: spanId(prefix, graph.id),
    parentSpanId: spanId(prefix, graph.parent),
    name: `graph ${graph.graph}`,
    ...times(graph),
    attributes: attributes({
      "taskprov.span": "graph",
      "taskprov.graph": graph.graph,
      "taskprov.tasks": graph.tasks,
      "taskprov.client": graph.client,
    }),
    events: [],
    links: [],
    status: { code: statusCodes.unset },
  };
}

function attemptSpan(prefix: string, attempt: TraceAttempt): OtlpSpan {
  const { ref, failure, worker, status } = attempt;
  const links = attempt.inputs.map((input) => link(prefix, input, "dependency"));
  if (attempt.retryOf !== undefined) links.push(link(prefix, attempt.retryOf, "retry"));
  if (attempt.blamed !== undefined) links.push(link(prefix, attempt.blamed, "blamed"));
  const when = times(attempt);
  return {
    spanId: spanId(prefix, ref.id),
    parentSpanId: spanId(prefix, attempt.graph ?? runId),
    name: attempt.functionName ?? attempt.group,
    ...when,
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
    events: failure === undefined ? [] : [exceptionEvent(when.end, failure)],
    links,
    status: statusOf(attempt),
  };
}

function exceptionEvent(
  time: number,
  { type, text, traceback }: NonNullable<TraceAttempt["failure"]>,
): OtlpSpan["events"][number] {
  return {
    time,
    name: "exception",
    attributes: attributes({
      "exception.type": type,
      "exception.message": text,
      "exception.stacktrace": traceback,
    }),
  };
}

function statusOf({ status, failure, blamed }: TraceAttempt): OtlpStatus {
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

function times({ start, end }: { readonly start: EpochSeconds; readonly end: EpochSeconds }): {
  readonly start: number;
  readonly end: number;
} {
  return { start: Math.round(start * 1e6), end: Math.round(end * 1e6) };
}

function link(prefix: string, { id, key }: AttemptRef, kind: string): OtlpLink {
  return {
    spanId: spanId(prefix, id),
    attributes: [
      ["taskprov.link", kind],
      ["taskprov.key", key],
    ],
  };
}

/** A run id is a UUID: 16 bytes, as a trace id has. Any other id is hashed. */
function idOf(run: string): string {
  const hex = run.replaceAll("-", "").toLowerCase();
  if (/^[0-9a-f]{32}$/.test(hex) && !/^0+$/.test(hex)) return hex;
  return createHash("sha256").update(run).digest("hex").slice(0, 32);
}

/** Unique in its run and never zero. */
function spanId(prefix: string, id: number): string {
  return prefix + id.toString(16).padStart(8, "0");
}

function attributes(values: Readonly<Record<string, OtlpValue | undefined>>): OtlpAttributes {
  const list: [string, OtlpValue][] = [];
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) list.push([key, value]);
  }
  return list;
}

/** The tracker's option `name`. */
function runName({ options }: RunEvent): string {
  const { name } = options;
  return typeof name === "string" && name !== "" ? name : "workflow";
}
