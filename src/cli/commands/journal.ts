import type { JournalReport } from "../../events/journal-report.js";
import { type JournalSource, readJournal, verifyJournal } from "../../events/read-journal.js";
import type { Command, Parsed } from "../command.js";
import type { Io } from "../io.js";
import { fileArgument } from "../tracker-options.js";

/** Lines are gathered to about this many characters, so that each costs no system call. */
const outChars = 1 << 16;

/** `taskprov journal cat JOURNAL`. */
export const journalCatCommand: Command = {
  name: "journal cat",
  summary: "print a journal as NDJSON",
  arguments: "JOURNAL",
  count: [1, 1],
  about: [
    "Prints a journal as NDJSON: a header, then one event a line, [kind, time, …]. What cannot be",
    "read is told on standard error, and the exit status is 1.",
    "JOURNAL is a file, or - for standard input.",
  ].join("\n"),
  options: {},
  examples: [
    "taskprov journal cat output/yprov4wfs.journal | head",
    `taskprov journal cat output/yprov4wfs.journal | grep '^\\["failed"'`,
  ],
  run: async (parsed, io) => {
    const { source, name } = sourceOf(parsed, io);
    const reading = readJournal(source, name);
    let text = "";
    for await (const line of reading.lines()) {
      text += line;
      if (text.length < outChars) continue;
      await io.out(text);
      text = "";
    }
    await io.out(text);
    const { problems, problemCount } = reading.report;
    for (const problem of problems) io.note(`taskprov: ${name}: ${problem.text}`);
    return problemCount === 0 ? 0 : 1;
  },
};

/** `taskprov journal verify JOURNAL`. */
export const journalVerifyCommand: Command = {
  name: "journal verify",
  summary: "check a journal: checksums, gaps, torn tail, events",
  arguments: "JOURNAL",
  count: [1, 1],
  about: [
    "Reads a whole journal: every checksum, every sequence number, every event. Prints what it",
    "found; exit status 1 when anything is missing or damaged.",
    "JOURNAL is a file, or - for standard input.",
  ].join("\n"),
  options: { json: { type: "boolean", help: "the report as JSON" } },
  examples: ["taskprov journal verify output/yprov4wfs.journal"],
  run: async (parsed, io) => {
    const { source, name } = sourceOf(parsed, io);
    const report = await verifyJournal(source, name);
    if (parsed.flag("json") === true) await io.out(`${JSON.stringify(report, null, 2)}\n`);
    else await io.out(verdict(report, name));
    return report.problemCount === 0 ? 0 : 1;
  },
};

function sourceOf(parsed: Parsed, io: Io): { source: JournalSource; name: string } {
  const file = fileArgument(parsed);
  return file === "-" ? { source: io.input, name: "standard input" } : { source: file, name: file };
}

function verdict(report: JournalReport, name: string): string {
  const { header } = report;
  const lines = [
    `${name}: ${report.events} events in ${report.frames} ${report.format === "ndjson" ? "lines" : "frames"}, ${report.bytes} bytes`,
    ...(header === undefined ? [] : [`run ${header.runId}, written by ${header.producer}`]),
    ...report.problems.map(({ kind, text }) => `${kind}: ${text}`),
    report.problemCount === 0 ? "No problems." : `${report.problemCount} problems.`,
  ];
  return `${lines.join("\n")}\n`;
}
