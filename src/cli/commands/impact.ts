import type { Command } from "../command.js";
import { fileHelp } from "../lineage-input.js";
import { sliceCommand } from "../slice-command.js";

/** `taskprov impact KEY`. */
export const impactCommand: Command = sliceCommand({
  name: "impact",
  summary: "show everything that came from a piece of data or a task",
  about: [
    "Shows everything that came from a piece of data or a task: what used it, and what used that,",
    "also tasks that never ran because it failed. More than 60 tasks are shown by group.",
    "KEY is a key, an id, a label, a pattern or the beginning of one of these.",
    fileHelp,
  ].join("\n"),
  examples: [
    "taskprov impact load-1-1",
    "taskprov impact data:raw --json | jq '.groups'",
    "taskprov impact load-1-1 --stop-at 'plot*'",
  ],
});
