import { countText } from "../../lineage/text/quantities.js";
import { writeReport } from "../../report/write-report.js";
import type { Command } from "../command.js";
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
  },
  examples: ["taskprov report", "taskprov report output/yprov4wfs.json -o report.html"],
  run: async (parsed, io) => {
    const file = parsed.positionals[0] ?? newestDocument("output");
    const output = parsed.text("output") ?? reportFileOf(file);
    io.progress(`reading ${file}`);
    try {
      const index = parsed.flag("index") === false ? "none" : "auto";
      const summary = await writeReport(file === "-" ? io.input : file, output, { index });
      io.progress("");
      if (parsed.flag("json") === true) await io.out(jsonText(summary));
      else await io.out(`${output}: ${countText(summary.attempts)} attempts\n`);
    } finally {
      io.progress("");
    }
    return 0;
  },
};
