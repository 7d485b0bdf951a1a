import type { Command } from "../command.js";
import { fileHelp } from "../lineage-input.js";
import { sliceCommand } from "../slice-command.js";

/** `taskprov why KEY`. */
export const whyCommand: Command = sliceCommand({
  name: "why",
  summary: "show what a result came from: data, functions, parameters, places",
  about: [
    "Shows what a result came from: the tasks that made it and their inputs, back to the literal",
    "arguments and the data put in, with values, functions, workers and places in the code. Of a",
    "task that failed it shows what it was given. More than 60 tasks are shown by group.",
    "KEY is a key, an id, a label, a pattern or the beginning of one of these.",
    fileHelp,
  ].join("\n"),
  examples: [
    "taskprov why total-1-9",
    "taskprov why 'mean-*' output/yprov4wfs.json --depth 2",
    "taskprov why total-1-9 --dot | dot -Tsvg -o why.svg",
  ],
});
