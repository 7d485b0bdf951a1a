import { TaskprovError } from "../base/errors.js";
import { nearestName } from "../base/nearest-name.js";
import type { JournalReading } from "../events/read-journal.js";
import { createChromeTraceWriter } from "./chrome-trace.js";
import { createEliotWriter } from "./eliot.js";
import { createOtlpWriter } from "./otlp.js";
import { otlpBatches } from "./otlp-batches.js";
import { createPrometheusWriter } from "./prometheus.js";
import { createSpeedscopeWriter } from "./speedscope.js";
import type { TraceWriter } from "./trace-writer.js";

/** What {@link exportTrace} writes as text. */
export type TextTraceFormat = "otlp" | "chrome-trace" | "speedscope" | "prometheus" | "eliot";

/** What {@link exportTrace} writes. */
export type TraceFormat = TextTraceFormat | "otlp-protobuf";

const writers: Readonly<Record<TextTraceFormat, () => TraceWriter>> = {
  otlp: createOtlpWriter,
  "chrome-trace": createChromeTraceWriter,
  speedscope: createSpeedscopeWriter,
  prometheus: createPrometheusWriter,
  eliot: createEliotWriter,
};

/** The names of {@link TraceFormat}. */
export const traceFormats: readonly TraceFormat[] = [
  "otlp",
  "otlp-protobuf",
  "chrome-trace",
  "speedscope",
  "prometheus",
  "eliot",
];

function isTextFormat(name: string): name is TextTraceFormat {
  return Object.hasOwn(writers, name);
}

/**
 * Turns a journal into a file of another tool: OTLP as JSON lines or as protobuf, a Chrome trace
 * (Perfetto), a speedscope file, Prometheus text, or an action log as Eliot writes it. The same
 * journal gives the same bytes. What is kept in memory is bounded by the tasks that are alive;
 * `speedscope` keeps three numbers an attempt as well.
 *
 * @param journal - of either engine; its `report` says afterwards what was missing in it.
 * @param to - the format; `otlp-protobuf` gives bytes, the others text.
 * @param signal - ends the work early: the iteration throws its reason.
 * @throws {@link TaskprovError} `ERR_OPTION` for an unknown format; while iterating as
 *   {@link readJournal} does, and `ERR_JOURNAL` when no `run` event comes first.
 * @example
 * ```ts
 * for await (const text of exportTrace(readJournal("output/yprov4wfs.journal"), "otlp")) {
 *   process.stdout.write(text);
 * }
 * ```
 */
export function exportTrace(
  journal: JournalReading,
  to: TextTraceFormat,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined>;
export function exportTrace(
  journal: JournalReading,
  to: TraceFormat,
  signal?: AbortSignal,
): AsyncGenerator<string | Uint8Array, void, undefined>;
export function exportTrace(
  journal: JournalReading,
  to: TraceFormat,
  signal?: AbortSignal,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  const format = checkTraceFormat(to);
  return isTextFormat(format)
    ? chunksOf(journal, writers[format](), signal)
    : protobufOf(journal, signal);
}

/**
 * Checks the name of a format.
 *
 * @throws {@link TaskprovError} `ERR_OPTION`, with the nearest name.
 */
export function checkTraceFormat(name: string): TraceFormat {
  const found = traceFormats.find((format) => format === name);
  if (found !== undefined) return found;
  const nearest = nearestName(name, traceFormats);
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected one of ${traceFormats.join(", ")} as the format to export to, got ${JSON.stringify(name)}.${hint}`,
  );
}

/**
 * Characters in a chunk. Joined, not added up: the collector of garbage copies what hangs together
 * in thousands of pieces again and again, which took half of the time.
 */
const chunkChars = 1 << 16;

async function* chunksOf(
  journal: JournalReading,
  writer: TraceWriter,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  let problems = 0;
  let pieces: string[] = [];
  let length = 0;
  for await (const events of journal.batches()) {
    signal?.throwIfAborted();
    for (const event of events) {
      const text = writer.push(event);
      if (text === "") continue;
      pieces.push(text);
      length += text.length;
      if (length < chunkChars) continue;
      yield pieces.join("");
      pieces = [];
      length = 0;
    }
    const { problemCount } = journal.report;
    // Somewhere among these events, or before them, some are missing.
    if (problemCount !== problems) writer.noteGap();
    problems = problemCount;
  }
  if (length > 0) yield pieces.join("");
  yield* writer.finish();
}

/** The protobuf package is loaded by those who write it. */
async function* protobufOf(
  journal: JournalReading,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { otlpProtobuf } = await import("./otlp-protobuf.js");
  for await (const batch of otlpBatches(journal, signal)) yield otlpProtobuf(batch);
}
