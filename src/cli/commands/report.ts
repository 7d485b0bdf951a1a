import { once } from "node:events";
import { TaskprovError } from "../../base/errors.js";
import { countText } from "../../lineage/text/quantities.js";
import { serveReport } from "../../report/live-report.js";
import { writeReport } from "../../report/write-report.js";
import type { Command, Parsed } from "../command.js";
import { findJournal } from "../find-journal.js";
import type { Io } from "../io.js";
import { fileHelp, jsonText, newestDocument } from "../lineage-input.js";
import { reportFileOf } from "../report-file.js";

/** `taskprov report`. */
export const reportCommand: Command = {
  name: "report",
  summary: "write one HTML page that shows a run: graph, timeline, lineage, failures",
  arguments: "[FILE]",
  count: [0, 1],
  about: [
    "Writes one HTML file with overview, graph, timeline, lineage, failures, notebook cells and",
    "performance of a run. It needs no network and no server: open it in a browser, or send it.",
    fileHelp,
    "",
    "With --live the page is served to this machine while the journal of a run grows, and shows what",
    "is there each time; without FILE it is the newest journal of ./output. Ctrl-C ends it.",
  ].join("\n"),
  options: {
    output: {
      type: "string",
      short: "o",
      value: "PATH",
      help: "where to write (default: FILE with .html in place of its extension)",
    },
    index: {
      type: "boolean",
      negatable: true,
      help: "keep an index of a large file in the cache (default)",
    },
    json: { type: "boolean", help: "say what was written as JSON" },
    live: { type: "boolean", help: "serve the page of a run that goes on, on 127.0.0.1" },
    port: { type: "string", value: "PORT", help: "with --live: where (default: a free one)" },
  },
  examples: [
    "taskprov report",
    "taskprov report output/yprov4wfs.json -o report.html",
    "taskprov report --live",
  ],
  run: async (parsed, io) => {
    if (parsed.flag("live") === true) return await serve(parsed, io);
    if (parsed.text("port") !== undefined) {
      throw new TaskprovError("ERR_USAGE", "--port goes with --live.");
    }
    const file = parsed.positionals[0] ?? newestDocument("output");
    const output = parsed.text("output") ?? reportFileOf(file);
    io.progress(`reading ${file}`);
    try {
      const index = parsed.flag("index") === false ? "none" : "auto";
      const onStep = (what: string): void => io.progress(`${file}: ${what}`);
      const summary = await writeReport(file === "-" ? io.input : file, output, { index, onStep });
      io.progress("");
      if (parsed.flag("json") === true) await io.out(jsonText(summary));
      else await io.out(`${output}: ${countText(summary.attempts)} attempts\n`);
    } finally {
      io.progress("");
    }
    return 0;
  },
};

async function serve(parsed: Parsed, io: Io): Promise<number> {
  const journal = findJournal(parsed.positionals[0]);
  if (journal === "-" || parsed.text("output") !== undefined) {
    throw new TaskprovError(
      "ERR_USAGE",
      "--live needs the path of a journal, and goes without -o.",
    );
  }
  const report = await serveReport(journal, { port: portOf(parsed.text("port")) });
  const interrupted = io.interruptible();
  await io.out(`${report.url}\n`);
  if (!interrupted.aborted) await once(interrupted, "abort");
  await report.close();
  return 0;
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected --port to be a number up to 65535, got "${text}".`,
  );
}
