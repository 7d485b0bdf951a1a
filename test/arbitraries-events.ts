import fc from "fast-check";
import { asciiJson } from "../src/describe/ascii-json.js";
import type { Encoded, ObjectDescription } from "../src/describe/encoded.js";
import type { FileUse, Span } from "../src/events/attempt-event.js";
import type { Json } from "../src/events/event-parts.js";
import type { GraphArgument, GraphTask, InnerStep } from "../src/events/graph-event.js";
import type { CodeSpan, KernelFrame, SiteFrame } from "../src/events/place-event.js";
import type { TaskEvent } from "../src/events/task-event.js";
import type { JournalHeader } from "../src/events/wire.js";

// Texts are what UTF-8 can carry: lone surrogates travel as ["s", …] in keys and arguments, and are
// escaped everywhere else, so that they do not come back as they went.

/** Optional fields are absent rather than undefined, as the types demand. */
const someOf = { requiredKeys: [] };

const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "inc-1-2", "__proto__", "constructor", "a".repeat(300), "é", "😀\u0000"),
);
/** Any string with surrogates in any place. */
export const anyUtf16: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })), {
    maxLength: 20,
  })
  .map((units) => String.fromCharCode(...units));
const anyCount: fc.Arbitrary<number> = fc.oneof(fc.nat(300), fc.nat(), fc.maxSafeNat());
/** -0 is left out: JSON does not keep its sign. */
const anyNumber: fc.Arbitrary<number> = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger(), fc.integer())
  .map((value) => (value === 0 ? 0 : value));
const anyTime: fc.Arbitrary<number> = fc
  .double({ min: 0, max: 4e9, noNaN: true })
  .map((value) => (value === 0 ? 0 : value));

/** `__proto__` is left out as a name: it travels as `(__proto__)`. */
const anyName = anyText.filter((name) => name !== "__proto__");

export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(null, true, false),
    anyNumber,
    anyText,
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(anyName, tie("json"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).json;

const loneSurrogate: fc.Arbitrary<Encoded> = anyUtf16.map((text) => [
  "s",
  asciiJson(`${text}\ud800`).slice(1, -1),
]);

const anyDescription: fc.Arbitrary<ObjectDescription> = fc.record(
  {
    len: anyCount,
    nbytes: anyCount,
    shape: fc.array(anyCount, { maxLength: 4 }),
    dtype: anyText,
    columns: fc.array(anyText, { maxLength: 4 }),
    dims: fc.array(anyText, { maxLength: 2 }),
    chunks: fc.array(anyCount, { maxLength: 2 }),
    rich: anyText,
    head: anyText,
    digest: anyText,
  },
  { ...someOf, noNullPrototype: true },
);

export const anyEncoded: fc.Arbitrary<Encoded> = fc.letrec<{ encoded: Encoded }>((tie) => ({
  encoded: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom<Encoded>(null, true, false, ["x"]),
    anyNumber,
    anyText,
    loneSurrogate,
    anyCount.map((n): Encoded => ["r", n]),
    fc.bigInt().map((value): Encoded => ["i", String(value)]),
    fc.base64String().map((text): Encoded => ["b", text]),
    fc.tuple(anyText, anyDescription).map(([type, about]): Encoded => ["o", type, about]),
    fc.array(tie("encoded"), { maxLength: 4 }).map((items): Encoded => ["l", items]),
    fc.array(tie("encoded"), { maxLength: 4 }).map((items): Encoded => ["t", items]),
    fc
      .array(fc.tuple(tie("encoded"), tie("encoded")), { maxLength: 3 })
      .map((pairs): Encoded => ["d", pairs]),
  ),
})).encoded;

/** A key as Dask or the embedded engine has it. */
export const anyKey: fc.Arbitrary<Encoded> = fc.oneof(
  anyText,
  loneSurrogate,
  fc
    .array(fc.oneof(anyText, anyCount, loneSurrogate), { maxLength: 4 })
    .map((parts): Encoded => ["t", parts]),
);

/** A key as the embedded engine gives it, any UTF-16 in it. */
export type PlainKey = string | readonly (string | number | PlainKey)[];
export const anyPlainKey: fc.Arbitrary<PlainKey> = fc.letrec<{ key: PlainKey; tuple: PlainKey }>(
  (tie) => ({
    key: fc.oneof(anyUtf16, anyText, tie("tuple")),
    tuple: fc.array(fc.oneof({ depthSize: "small" }, anyUtf16, anyNumber, tie("tuple")), {
      maxLength: 4,
    }),
  }),
).key;

const action = fc.oneof(
  fc.constantFrom("compute", "transfer", "deserialize", "disk-read", "disk-write", "c", "=c"),
  anyText,
);
const anySpan: fc.Arbitrary<Span> = fc.record(
  { action, start: anyTime, stop: anyTime, source: anyText },
  { requiredKeys: ["action", "start", "stop"], noNullPrototype: true },
);
const spans = fc.array(anySpan, { maxLength: 3 });
const texts = fc.dictionary(anyName, anyText, { maxKeys: 3, noNullPrototype: true });
const jsonByName = fc.dictionary(anyName, anyJson, { maxKeys: 3, noNullPrototype: true });
const clientOrNone = fc.option(anyCount, { nil: null });

const anyFile: fc.Arbitrary<FileUse> = fc.record(
  {
    path: anyText,
    mode: fc.constantFrom("read" as const, "write" as const),
    size: anyCount,
    mtime: anyTime,
    sha256: anyText,
    parts: fc.array(anyText, { maxLength: 2 }),
  },
  { requiredKeys: ["path", "mode"], noNullPrototype: true },
);

const codeSpan = {
  startLine: anyCount,
  startColumn: anyCount,
  endLine: anyCount,
  endColumn: anyCount,
};
const anyCodeSpan: fc.Arbitrary<CodeSpan> = fc.record(codeSpan, {
  requiredKeys: ["startLine", "startColumn"],
  noNullPrototype: true,
});
const anyFrame: fc.Arbitrary<SiteFrame> = fc.record(
  { ...codeSpan, file: anyText, cell: anyText, function: anyText },
  { requiredKeys: ["startLine", "startColumn"], noNullPrototype: true },
);

const anyKernelFrame: fc.Arbitrary<KernelFrame> = fc.record(
  {
    cell: anyCount,
    text: fc.constantFrom("cell", "exec", "eval", "timeit"),
    ...{ line: anyCount, endLine: anyCount, column: anyCount, endColumn: anyCount },
    function: anyText,
  },
  { requiredKeys: ["cell", "text", "line"], noNullPrototype: true },
);

const anyArgument: fc.Arbitrary<GraphArgument> = fc.tuple(
  fc.oneof(anyText, fc.nat(20)),
  anyEncoded,
);
const anyStep: fc.Arbitrary<InnerStep> = fc.record(
  {
    key: anyKey,
    function: clientOrNone,
    dependencies: fc.array(anyKey, { maxLength: 3 }),
    arguments: fc.array(anyArgument, { maxLength: 2 }),
  },
  { noNullPrototype: true },
);
const anyTask: fc.Arbitrary<GraphTask> = fc.record(
  {
    task: anyCount,
    key: anyKey,
    group: anyText,
    function: clientOrNone,
    arguments: fc.array(anyArgument, { maxLength: 3 }),
    dependencies: fc.array(anyCount, { maxLength: 3 }),
    inner: fc.array(anyStep, { maxLength: 2 }),
  },
  {
    requiredKeys: ["task", "key", "group", "function", "arguments", "dependencies"],
    noNullPrototype: true,
  },
);

/** An event of one type: required fields, then optional ones. */
function eventOf<T extends object, O extends object>(
  type: string,
  required: { [K in keyof T]: fc.Arbitrary<T[K]> },
  optional: { [K in keyof O]: fc.Arbitrary<O[K]> },
): fc.Arbitrary<T & Partial<O> & { type: string; time: number }> {
  const model = { type: fc.constant(type), time: anyTime, ...required, ...optional };
  const requiredKeys = ["type", "time", ...Object.keys(required)];
  // fast-check cannot see that the keys are those of the model.
  return fc.record(model, { requiredKeys: requiredKeys as never, noNullPrototype: true }) as never;
}

const git = fc.record(
  { commit: anyText, dirty: fc.boolean(), remote: anyText },
  { requiredKeys: ["commit"], noNullPrototype: true },
);

const executionSource = fc.record(
  {
    path: anyText,
    files: fc.array(
      fc.record({ path: anyText, size: anyCount, sha256: anyText }, { noNullPrototype: true }),
      { maxLength: 2 },
    ),
  },
  { noNullPrototype: true },
);

const transferFigures = { bytes: anyCount, seconds: anyTime, count: anyCount };

/** Arbitraries of every kind of event, by kind. */
export const eventsByType: Readonly<Record<string, fc.Arbitrary<TaskEvent>>> = {
  run: typed(
    eventOf(
      "run",
      {
        runId: fc.uuid(),
        engine: fc.constantFrom("local", "dask", "dask-local"),
        versions: texts,
        options: jsonByName,
      },
      {
        address: anyText,
        host: anyText,
        pid: anyCount,
        user: anyText,
        argv: fc.array(anyText, { maxLength: 3 }),
        cwd: anyText,
        git,
        traceContext: fc.record(
          { traceparent: anyText, tracestate: anyText },
          { requiredKeys: ["traceparent"], noNullPrototype: true },
        ),
        config: jsonByName,
        executionSource,
      },
    ),
  ),
  end: typed(
    eventOf("end", { counts: fc.dictionary(anyName, anyCount, { noNullPrototype: true }) }, {}),
  ),
  "client+": typed(eventOf("client+", { client: anyCount, name: anyText }, { address: anyText })),
  "client-": typed(eventOf("client-", { client: anyCount }, {})),
  "worker+": typed(
    eventOf(
      "worker+",
      { worker: anyCount, address: anyText },
      {
        name: anyText,
        host: anyText,
        pid: anyCount,
        threads: anyCount,
        memoryLimit: anyCount,
        cpuCount: anyCount,
        cpuModel: anyText,
        versions: texts,
      },
    ),
  ),
  "worker-": typed(eventOf("worker-", { worker: anyCount }, { reason: anyText })),
  fn: typed(
    eventOf(
      "fn",
      { function: anyCount, name: anyText },
      { module: anyText, kind: anyText, sourceHash: anyText },
    ),
  ),
  source: typed(eventOf("source", { hash: anyText, text: anyText }, {})),
  site: typed(
    eventOf(
      "site",
      { site: anyCount, span: anyCodeSpan, stack: fc.array(anyFrame, { maxLength: 3 }) },
      {
        ...{ file: anyText, cell: anyText, sourceHash: anyText },
        frames: fc.array(anyKernelFrame, { maxLength: 3 }),
        run: anyCount,
        match: fc.constantFrom("frame", "thread", "code", "cell", "last-used"),
      },
    ),
  ),
  cell: typed(
    eventOf(
      "cell",
      { cell: anyCount },
      {
        ...{ id: anyText, sourceHash: anyText, codeHash: anyText, language: anyText },
        ...{ kernel: anyText, notebook: anyText },
        ...{ count: anyCount, index: anyCount, within: anyCount },
      },
    ),
  ),
  "cell-end": typed(eventOf("cell-end", { cell: anyCount }, { status: anyText })),
  graph: typed(
    eventOf(
      "graph",
      { graph: anyCount, client: clientOrNone, tasks: fc.array(anyTask, { maxLength: 4 }) },
      { stimulus: anyText, parent: anyCount, annotations: jsonByName, site: anyCount },
    ),
  ),
  known: typed(
    eventOf(
      "known",
      { task: anyCount, key: anyKey },
      { nbytes: anyCount, typeName: anyText, richType: anyText },
    ),
  ),
  assign: typed(eventOf("assign", { task: anyCount, worker: anyCount }, { runId: anyCount })),
  done: typed(
    eventOf(
      "done",
      { task: anyCount, worker: anyCount, spans },
      {
        runId: anyCount,
        thread: anyCount,
        nbytes: anyCount,
        typeName: anyText,
        richType: anyText,
        digest: anyText,
        files: fc.array(anyFile, { maxLength: 3 }),
        about: anyDescription,
      },
    ),
  ),
  failed: typed(
    eventOf(
      "failed",
      { task: anyCount, worker: clientOrNone },
      {
        runId: anyCount,
        exceptionType: anyText,
        text: anyText,
        traceback: anyText,
        spans,
        retriesLeft: anyCount,
        blamed: anyCount,
        files: fc.array(anyFile, { maxLength: 3 }),
      },
    ),
  ),
  output: typed(
    eventOf(
      "output",
      { task: anyCount, stream: fc.constantFrom("stdout", "stderr"), text: anyText },
      { omitted: anyCount },
    ),
  ),
  messages: typed(
    eventOf(
      "messages",
      { task: anyCount, texts: fc.array(anyText, { maxLength: 3 }) },
      { omitted: anyCount },
    ),
  ),
  lost: typed(
    eventOf(
      "lost",
      {
        task: anyCount,
        reason: fc.oneof(fc.constantFrom("worker-died", "cancelled", "restart"), anyText),
      },
      { runId: anyCount, spans },
    ),
  ),
  release: typed(eventOf("release", { task: anyCount }, { reason: anyText })),
  forget: typed(eventOf("forget", { task: anyCount }, {})),
  scatter: typed(
    eventOf(
      "scatter",
      { task: anyCount, key: anyKey, client: clientOrNone },
      {
        nbytes: anyCount,
        workers: fc.array(anyCount, { maxLength: 3 }),
        typeName: anyText,
        richType: anyText,
        digest: anyText,
      },
    ),
  ),
  sample: typed(
    eventOf(
      "sample",
      { worker: clientOrNone },
      {
        ...{ cpu: anyNumber, received: anyNumber, sent: anyNumber, delay: anyNumber },
        busy: anyNumber,
        memory: fc.record(
          { process: anyCount, managed: anyCount, spilled: anyCount, unmanagedOld: anyCount },
          { requiredKeys: ["process"], noNullPrototype: true },
        ),
        tasks: fc.dictionary(anyName, anyCount, { maxKeys: 3, noNullPrototype: true }),
      },
    ),
  ),
  log: typed(
    eventOf(
      "log",
      {
        worker: clientOrNone,
        level: fc.constantFrom("debug", "info", "warning", "error", "critical"),
        logger: anyText,
        text: anyText,
      },
      { task: anyCount, omitted: anyCount },
    ),
  ),
  profile: typed(
    eventOf(
      "profile",
      {
        worker: clientOrNone,
        ...{ start: anyTime, stop: anyTime },
        of: fc.constantFrom("tasks", "event-loop"),
        frames: fc.array(
          fc.record(
            { function: anyText, file: anyText, line: anyCount },
            { requiredKeys: ["function"], noNullPrototype: true },
          ),
          { maxLength: 3 },
        ),
        nodes: fc.array(fc.tuple(clientOrNone, anyCount, anyCount), { maxLength: 3 }),
      },
      { interval: anyTime },
    ),
  ),
  bandwidth: typed(
    eventOf(
      "bandwidth",
      {
        worker: anyCount,
        from: fc.array(
          fc.record(
            { source: fc.oneof(anyCount, anyText), ...transferFigures },
            { noNullPrototype: true },
          ),
          { maxLength: 3 },
        ),
        types: fc.array(
          fc.record({ typeName: anyText, ...transferFigures }, { noNullPrototype: true }),
          { maxLength: 3 },
        ),
      },
      {},
    ),
  ),
  dropped: typed(eventOf("dropped", { count: anyCount }, { reason: anyText })),
  error: typed(eventOf("error", { text: anyText }, { code: anyText })),
  closing: typed(eventOf("closing", {}, {})),
  other: typed(
    eventOf(
      "other",
      {
        kind: fc.constantFrom("action", "newer"),
        fields: fc.array(anyJson, { maxLength: 4 }),
      },
      {},
    ),
  ),
};

/** The generic maker loses the union; the codec's tests would notice a wrong field. */
function typed(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<TaskEvent> {
  return arbitrary as fc.Arbitrary<TaskEvent>;
}

export const anyEvent: fc.Arbitrary<TaskEvent> = fc.oneof(...Object.values(eventsByType));

export const anyHeader: fc.Arbitrary<JournalHeader> = fc.record(
  { producer: anyText, versions: texts, runId: fc.uuid(), created: anyTime },
  { noNullPrototype: true },
);
