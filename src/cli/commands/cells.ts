import { cellsText } from "../../lineage/text/answer-text.js";
import type { Command } from "../command.js";
import { fileHelp, outputStyle, sharedOptions } from "../lineage-input.js";
import { printAnswer } from "../slice-command.js";

/** `taskprov cells`. */
export const cellsCommand: Command = {
  name: "cells",
  summary: "show which tasks and data each notebook cell caused",
  arguments: "[FILE]",
  count: [0, 1],
  about: [
    "Shows for each notebook cell the tasks it caused, where in the cell they were submitted, and",
    "the data they made. The way back is `taskprov show KEY`.",
    fileHelp,
  ].join("\n"),
  options: sharedOptions,
  examples: ["taskprov cells", "taskprov list --cell 3"],
  run: async (parsed, io) => {
    await printAnswer(
      parsed,
      io,
      0,
      (lineage) => lineage.cells(),
      (answer) => cellsText(answer, outputStyle()),
    );
    return 0;
  },
};
