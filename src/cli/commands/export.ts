import { resolve } from "node:path";
import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomicallyFrom } from "../../base/files.js";
import { readJournal } from "../../events/read-journal.js";
import {
  checkTraceFormat,
  exportTrace,
  type TraceFormat,
  traceFormats,
} from "../../traces/export-trace.js";
import type { Command, Parsed } from "../command.js";
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
    "  otlp          OpenTelemetry spans, OTLP/JSON lines as the collector's file receiver reads them",
    "  chrome-trace  a timeline by worker with arrows; open it at ui.perfetto.dev",
    "  speedscope    a timeline by worker; open it at speedscope.app",
    "  prometheus    the final figures as text, for the textfile collector",
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
  },
  examples: [
    "taskprov export output/yprov4wfs.journal --to chrome-trace -o run.trace.json",
    "taskprov export output/yprov4wfs.journal --to otlp -o run.otlp.jsonl",
    "taskprov journal cat run.journal | taskprov export - --to prometheus",
  ],
  run: async (parsed, io) => {
    const to = formatOf(parsed);
    const file = fileArgument(parsed);
    const output = parsed.text("output") ?? "-";
    if (file !== "-" && output !== "-" && resolve(file) === resolve(output)) {
      throw new TaskprovError(
        "ERR_USAGE",
        `The export would replace the journal ${file}. Name another file with -o.`,
      );
    }
    const name = file === "-" ? "standard input" : file;
    const reading = readJournal(file === "-" ? io.input : file, name);
    const chunks = exportTrace(reading, to, io.interruptible());
    if (output === "-") for await (const chunk of chunks) await io.out(chunk);
    else await writeFileAtomicallyFrom(output, chunks);
    const { problems, problemCount } = reading.report;
    for (const problem of problems) io.note(`taskprov: ${name}: ${problem.text}`);
    return problemCount === 0 ? 0 : 1;
  },
};

function formatOf(parsed: Parsed): TraceFormat {
  const to = parsed.text("to");
  if (to !== undefined) return checkTraceFormat(to);
  throw new TaskprovError("ERR_USAGE", `Name the format with --to: ${traceFormats.join(", ")}.`);
}
