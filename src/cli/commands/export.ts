import { resolve } from "node:path";
import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomicallyFrom } from "../../base/files.js";
import { type JournalReading, readJournal } from "../../events/read-journal.js";
import {
  checkTraceFormat,
  exportTrace,
  type TraceFormat,
  traceFormats,
} from "../../traces/export-trace.js";
import { sendTrace } from "../../traces/send-trace.js";
import { followJournal } from "../../track/follow-journal.js";
import type { Command, Parsed } from "../command.js";
import { headersOf } from "../header-options.js";
import type { Io } from "../io.js";
import { fileArgument } from "../tracker-options.js";

/** `taskprov export JOURNAL`. */
export const exportCommand: Command = {
  name: "export",
  summary: "write a run for other tools: OpenTelemetry, Perfetto, speedscope, Prometheus",
  arguments: "JOURNAL",
  count: [1, 1],
  about: [
    "Writes the run of a journal, of either engine, as a file of another tool:",
    "",
    "  otlp           OpenTelemetry spans, OTLP/JSON lines as the collector's file receiver reads them",
    "  otlp-protobuf  the same as protobuf: one TracesData message",
    "  chrome-trace   a timeline by worker with arrows; open it at ui.perfetto.dev",
    "  speedscope     a timeline by worker; open it at speedscope.app",
    "  eliot          an action log: runs, graphs, tasks and attempts as eliot-tree reads them",
    "  prometheus     the final figures as text, for the textfile collector",
    "",
    "With --endpoint the spans go to an OpenTelemetry collector instead, OTLP over HTTP, as protobuf",
    "unless --to otlp is given. What it does not take after some tries is counted, told, and the exit",
    "status is 1. The variable OTEL_EXPORTER_OTLP_HEADERS gives headers too, as for other exporters.",
    "",
    "JOURNAL is a journal or its NDJSON, or - for standard input. FILE is written whole or not at all.",
    "What cannot be read is told on standard error, and the exit status is 1.",
  ].join("\n"),
  options: {
    to: { type: "string", value: "FORMAT", help: `one of ${traceFormats.join(", ")}` },
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "where to write (default: standard output)",
    },
    endpoint: {
      type: "string",
      value: "URL",
      help: "send to the collector there; /v1/traces is added where it is missing",
    },
    header: {
      type: "string",
      multiple: true,
      value: "NAME=VALUE",
      help: "a header for the collector; may be given several times",
    },
    follow: {
      type: "boolean",
      help: "with --endpoint: send a run while it goes on, until it ends",
    },
  },
  examples: [
    "taskprov export output/yprov4wfs.journal --to chrome-trace -o run.trace.json",
    "taskprov export output/yprov4wfs.journal --to otlp -o run.otlp.jsonl",
    "taskprov export output/yprov4wfs.journal --endpoint http://127.0.0.1:4318",
    "taskprov journal cat run.journal | taskprov export - --to prometheus",
  ],
  run: async (parsed, io) => {
    const file = fileArgument(parsed);
    const endpoint = parsed.text("endpoint");
    return endpoint === undefined
      ? await write(parsed, io, file)
      : await send(parsed, io, file, endpoint);
  },
};

async function write(parsed: Parsed, io: Io, file: string): Promise<number> {
  for (const option of ["header", "follow"]) {
    if (parsed.text(option) === undefined && parsed.flag(option) === undefined) continue;
    throw new TaskprovError("ERR_USAGE", `--${option} goes with --endpoint.`);
  }
  const to = formatOf(parsed);
  const output = parsed.text("output") ?? "-";
  if (file !== "-" && output !== "-" && resolve(file) === resolve(output)) {
    throw new TaskprovError(
      "ERR_USAGE",
      `The export would replace the journal ${file}. Name another file with -o.`,
    );
  }
  const reading = readingOf(file, io);
  const chunks = exportTrace(reading, to, io.interruptible());
  if (output === "-") for await (const chunk of chunks) await io.out(chunk);
  else await writeFileAtomicallyFrom(output, chunks);
  return tellProblems(reading, file, io);
}

async function send(parsed: Parsed, io: Io, file: string, endpoint: string): Promise<number> {
  const to = parsed.text("to") ?? "otlp-protobuf";
  if ((to !== "otlp" && to !== "otlp-protobuf") || parsed.text("output") !== undefined) {
    throw new TaskprovError(
      "ERR_USAGE",
      "--endpoint sends OTLP to a collector: it goes with --to otlp or otlp-protobuf, and not with -o.",
    );
  }
  const follow = parsed.flag("follow") === true;
  if (follow && file === "-") {
    throw new TaskprovError("ERR_USAGE", "--follow needs the path of a journal.");
  }
  const interrupted = io.interruptible();
  const reading = follow ? followJournal(file, interrupted) : readingOf(file, io);
  const { url, spans, dropped, problem } = await sendTrace(reading, {
    endpoint,
    encoding: to === "otlp" ? "json" : "protobuf",
    headers: headersOf(parsed.texts("header"), process.env["OTEL_EXPORTER_OTLP_HEADERS"]),
    // Whoever stops following wants what is there to be sent.
    ...(!follow && { signal: interrupted }),
  });
  io.note(`taskprov: ${spans} spans sent to ${url}${dropped > 0 ? `, ${dropped} dropped` : ""}.`);
  if (problem !== undefined) io.note(`taskprov: the collector: ${problem}`);
  return Math.max(tellProblems(reading, file, io), dropped > 0 ? 1 : 0);
}

function readingOf(file: string, io: Io): JournalReading {
  return readJournal(file === "-" ? io.input : file, nameOf(file));
}

function tellProblems(reading: JournalReading, file: string, io: Io): number {
  const { problems, problemCount } = reading.report;
  for (const problem of problems) io.note(`taskprov: ${nameOf(file)}: ${problem.text}`);
  return problemCount === 0 ? 0 : 1;
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}

function formatOf(parsed: Parsed): TraceFormat {
  const to = parsed.text("to");
  if (to !== undefined) return checkTraceFormat(to);
  throw new TaskprovError("ERR_USAGE", `Name the format with --to: ${traceFormats.join(", ")}.`);
}
