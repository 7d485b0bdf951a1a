import { criticalText } from "../../lineage/text/answer-text.js";
import type { Command } from "../command.js";
import { fileHelp, outputStyle, sharedOptions } from "../lineage-input.js";
import { printAnswer } from "../slice-command.js";

/** `taskprov critical`. */
export const criticalCommand: Command = {
  name: "critical",
  summary: "show which chain of tasks decided how long the run took",
  arguments: "[FILE]",
  count: [0, 1],
  about: [
    "Shows the chain of attempts that the end of the run waited for, split into computing, transfer",
    "and waiting; how short the run could have been with any number of workers; how much of the",
    "workers' time was lost; and how much slack each group had.",
    fileHelp,
  ].join("\n"),
  options: sharedOptions,
  examples: ["taskprov critical", "taskprov critical --json | jq .parallelism"],
  run: async (parsed, io) => {
    await printAnswer(
      parsed,
      io,
      0,
      (lineage) => lineage.critical() ?? null,
      (answer) =>
        answer === null
          ? "No activity here has both a start and an end.\n"
          : criticalText(answer, outputStyle()),
    );
    return 0;
  },
};
