import { showText } from "../../lineage/text/answer-text.js";
import type { Command } from "../command.js";
import { fileHelp, outputStyle, sharedOptions } from "../lineage-input.js";
import { printAnswer } from "../slice-command.js";

/** `taskprov show KEY`. */
export const showCommand: Command = {
  name: "show",
  summary: "show everything recorded of one task, piece of data or agent",
  arguments: "KEY [FILE]",
  count: [1, 2],
  about: [
    "Shows everything the document says of one thing: attempts, data, arguments, what it came from,",
    "what came directly from it, and every attribute.",
    "KEY is a key, an id, a label, a pattern or the beginning of one of these.",
    fileHelp,
  ].join("\n"),
  options: sharedOptions,
  examples: ["taskprov show mean-1-4", "taskprov show task:mean-1-4.2 --json"],
  run: async (parsed, io) => {
    await printAnswer(
      parsed,
      io,
      1,
      (lineage) => lineage.show(parsed.positionals[0] ?? ""),
      (answer) => showText(answer, outputStyle()),
    );
    return 0;
  },
};
