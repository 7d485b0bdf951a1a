import { decodeKernelFrame, decodeMatch } from "./decode-cell.js";
import type { Json } from "./event-parts.js";
import type { Fields } from "./fields.js";
import type { FunctionEvent } from "./graph-event.js";
import type { CodeSpan, SiteEvent, SiteFrame } from "./place-event.js";
import type { ClientAddedEvent, RunEvent, WorkerAddedEvent } from "./run-event.js";

// Events that come once per run, worker, function or place: what they say is in one object, so
// here brevity counts, not speed.

/** Decodes who runs, where and how. */
export function decodeRun(event: Fields, time: number): RunEvent {
  const fields = event.record(2);
  const engine = fields.text("engine");
  if (engine !== "local" && engine !== "dask" && engine !== "dask-local") {
    return fields.fail("engine", '"local", "dask" or "dask-local"');
  }
  const git = fields.optionalRecord("git");
  const source = fields.optionalRecord("executionSource");
  const trace = fields.optionalRecord("traceContext");
  return {
    type: "run",
    time,
    runId: fields.text("runId"),
    engine,
    versions: textsByName(fields, "versions") ?? {},
    ...texts(fields, "address", "host", "user", "cwd"),
    ...counts(fields, "pid"),
    ...present(
      "argv",
      fields.optionalMap("argv", (items, i) => items.text(i)),
    ),
    ...present("git", git && decodeGit(git)),
    ...present(
      "traceContext",
      trace && { traceparent: trace.text("traceparent"), ...texts(trace, "tracestate") },
    ),
    ...present(
      "config",
      fields.optionalEntries("config", (f, name): Json => f.json(name)),
    ),
    ...present("executionSource", source && decodeExecutionSource(source)),
    options: fields.optionalEntries("options", (f, name): Json => f.json(name)) ?? {},
  };
}

function decodeGit(fields: Fields): NonNullable<RunEvent["git"]> {
  return {
    commit: fields.text("commit"),
    ...present("dirty", fields.optionalBoolean("dirty")),
    ...texts(fields, "remote"),
  };
}

function decodeExecutionSource(fields: Fields): NonNullable<RunEvent["executionSource"]> {
  return {
    path: fields.text("path"),
    files: fields.map("files", (items, i) => {
      const file = items.record(i);
      return { path: file.text("path"), size: file.count("size"), sha256: file.text("sha256") };
    }),
  };
}

/** Decodes a client that came. */
export function decodeClientAdded(event: Fields, time: number): ClientAddedEvent {
  const fields = event.record(3);
  const name = fields.text("name");
  return { type: "client+", time, client: event.count(2), name, ...texts(fields, "address") };
}

/** Decodes a worker that came. */
export function decodeWorkerAdded(event: Fields, time: number): WorkerAddedEvent {
  const fields = event.record(3);
  return {
    type: "worker+",
    time,
    worker: event.count(2),
    address: fields.text("address"),
    ...texts(fields, "name", "host", "cpuModel"),
    ...counts(fields, "pid", "threads", "memoryLimit", "cpuCount"),
    ...present("versions", textsByName(fields, "versions")),
  };
}

/** Decodes a function that tasks run. */
export function decodeFunction(event: Fields, time: number): FunctionEvent {
  const fields = event.record(3);
  return {
    type: "fn",
    time,
    function: event.count(2),
    name: fields.text("name"),
    ...texts(fields, "module", "kind", "sourceHash"),
  };
}

/** Decodes a place that submitted work. */
export function decodeSite(event: Fields, time: number): SiteEvent {
  const fields = event.record(3);
  return {
    type: "site",
    time,
    site: event.count(2),
    ...texts(fields, "file", "cell", "sourceHash"),
    span: decodeCodeSpan(fields),
    stack: fields.optionalMap("stack", decodeFrame) ?? [],
    ...present("frames", fields.optionalMap("frames", decodeKernelFrame)),
    ...counts(fields, "run"),
    ...present("match", decodeMatch(fields)),
  };
}

function decodeFrame(items: Fields, index: number): SiteFrame {
  const fields = items.record(index);
  return { ...texts(fields, "file", "cell", "function"), ...decodeCodeSpan(fields) };
}

function decodeCodeSpan(fields: Fields): CodeSpan {
  const span = fields.list("span");
  return {
    startLine: span.count(0),
    startColumn: span.count(1),
    ...present("endLine", span.optionalCount(2)),
    ...present("endColumn", span.optionalCount(3)),
  };
}

function textsByName(fields: Fields, name: string): Record<string, string> | undefined {
  return fields.optionalEntries(name, (entries, key) => entries.text(key));
}

/** Those of some optional strings that are there. */
function texts<K extends string>(fields: Fields, ...names: readonly K[]): { [N in K]?: string } {
  const result: { [N in K]?: string } = {};
  for (const name of names) {
    const value = fields.optionalText(name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** Those of some optional whole numbers that are there. */
function counts<K extends string>(fields: Fields, ...names: readonly K[]): { [N in K]?: number } {
  const result: { [N in K]?: number } = {};
  for (const name of names) {
    const value = fields.optionalCount(name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** An object with a field, or without it when it is undefined. */
function present<K extends string, V>(name: K, value: V | undefined): { [N in K]?: V } {
  const result: { [N in K]?: V } = {};
  if (value !== undefined) result[name] = value;
  return result;
}
