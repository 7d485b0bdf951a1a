import { blameText } from "../../lineage/text/answer-text.js";
import type { Command } from "../command.js";
import { fileHelp, numberOption, outputStyle, sharedOptions } from "../lineage-input.js";
import { printAnswer } from "../slice-command.js";

/** `taskprov blame`. */
export const blameCommand: Command = {
  name: "blame",
  summary: "show what failed, why, in which attempts, and what it blocked",
  arguments: "[FILE]",
  count: [0, 1],
  about: [
    "Shows each task that failed by itself: exception, function and place in the code, inputs with",
    "values, every attempt, and the tasks that never ran because of it. Exit status 1 when",
    "anything failed.",
    fileHelp,
  ].join("\n"),
  options: {
    limit: { type: "string", value: "N", help: "at most N failures in full (default 20)" },
    ...sharedOptions,
  },
  examples: ["taskprov blame", "taskprov blame output/yprov4wfs.journal --json"],
  run: async (parsed, io) => {
    const limit = numberOption(parsed, "limit") ?? 20;
    const { failures, more } = await printAnswer(
      parsed,
      io,
      0,
      (lineage) => lineage.blame(limit),
      (answer) => blameText(answer, outputStyle()),
    );
    return failures.length + more > 0 ? 1 : 0;
  },
};
