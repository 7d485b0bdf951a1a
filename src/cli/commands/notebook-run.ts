import { runNotebook } from "../../track/run-notebook.js";
import type { Command } from "../command.js";
import { countsText } from "../counts-text.js";
import { fileArgument, runOptions, runOptionsOf } from "../tracker-options.js";

/** `taskprov notebook run FILE`. */
export const notebookRunCommand: Command = {
  name: "notebook run",
  summary: "execute a TypeScript or JavaScript notebook with its work tracked",
  arguments: "FILE",
  count: [1, 1],
  about: [
    "Executes the cells of a TypeScript or JavaScript notebook from top to bottom in Node, until one",
    "throws, and records every cluster of the embedded engine that they make. Types are erased in",
    "place, so that every activity names the exact line and column. `npm:taskprov` is this package.",
    "The exit status is 1 when a cell throws. FILE is an .ipynb.",
  ].join("\n"),
  options: {
    write: { type: "boolean", help: "put outputs and execution counts into the notebook" },
    ...runOptions,
  },
  examples: [
    "taskprov notebook run pipeline.ipynb",
    "taskprov notebook run pipeline.ipynb --write --destination results",
  ],
  run: async (parsed, io) => {
    const texts: Promise<void>[] = [];
    const { cells, runs } = await runNotebook(fileArgument(parsed), runOptionsOf(parsed), {
      write: parsed.flag("write") === true,
      onText: (stream, text) => {
        if (stream === "stdout") texts.push(io.out(text));
        else io.note(text.replace(/\n$/, ""));
      },
    });
    await Promise.all(texts);
    for (const run of runs) {
      io.note(`taskprov: wrote ${run.document ?? "no document"}: ${countsText(run)}.`);
    }
    const failed = cells.find((cell) => cell.failed);
    if (failed === undefined) return 0;
    const { error } = failed;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.note(`taskprov: cell ${failed.cell.index} failed: ${text}`);
    return 1;
  },
};
