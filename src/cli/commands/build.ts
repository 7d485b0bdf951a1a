import { TaskprovError } from "../../base/errors.js";
import { buildDocument, type RunSummary } from "../../track/build-document.js";
import type { Command } from "../command.js";
import { countsText, otherTexts } from "../counts-text.js";
import { contentOptions, contentOptionsOf, fileArgument } from "../tracker-options.js";

/** `taskprov build JOURNAL`. */
export const buildCommand: Command = {
  name: "build",
  summary: "write the document of a journal, also after a crash",
  arguments: "JOURNAL",
  count: [1, 1],
  about: [
    "Writes the PROV document of a journal, byte for byte as closing the run would have. A journal",
    "that a crash cut short gives a document marked as incomplete, and exit status 1.",
    "JOURNAL is a journal or its NDJSON, or - for standard input. Options recorded in it apply",
    "unless one is given here. An older document of that name is renamed, not replaced.",
  ].join("\n"),
  options: {
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "where to write (default: beside the journal)",
    },
    overwrite: { type: "boolean", help: "replace an older document instead of renaming it" },
    json: { type: "boolean", help: "print what was built as JSON" },
    ...contentOptions,
  },
  examples: [
    "taskprov build output/yprov4wfs.journal",
    "taskprov build output/yprov4wfs.journal --dialect portable -o portable.json",
    "taskprov journal cat run.journal | taskprov build - -o run.json",
  ],
  run: async (parsed, io) => {
    const file = fileArgument(parsed);
    const output = parsed.text("output");
    if (file === "-" && output === undefined) {
      throw new TaskprovError(
        "ERR_USAGE",
        "Name the document with -o FILE: standard input has no folder.",
      );
    }
    const summary = await buildDocument(file === "-" ? io.input : file, {
      options: {
        ...contentOptionsOf(parsed),
        ...(parsed.flag("overwrite") === true && { overwrite: true }),
      },
      ...(output !== undefined && { output }),
      ...(file === "-" && { name: "standard input" }),
      signal: io.interruptible(),
      onProgress: (events) => {
        io.progress(`${events.toLocaleString("en")} events`);
      },
    }).finally(() => {
      io.progress("");
    });
    await io.out(
      parsed.flag("json") === true ? `${JSON.stringify(summary, null, 2)}\n` : told(summary),
    );
    return summary.incomplete ? 1 : 0;
  },
};

function told(summary: RunSummary): string {
  const lines = [`Wrote ${summary.document ?? "no document"}: ${countsText(summary)}.`];
  for (const text of otherTexts(summary)) lines.push(`Also: ${text}.`);
  if (summary.older !== undefined) lines.push(`The older document is now ${summary.older}.`);
  if (summary.incomplete) lines.push("It is incomplete:");
  for (const problem of summary.problems) lines.push(`  ${problem}`);
  return `${lines.join("\n")}\n`;
}
