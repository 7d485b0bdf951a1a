import { listRuns, outputHistory } from "../../lineage/run-list.js";
import { historyText, runsText } from "../../lineage/text/runs-text.js";
import type { Command } from "../command.js";
import { jsonText, outputStyle } from "../lineage-input.js";

/** `taskprov runs DIR`. */
export const runsCommand: Command = {
  name: "runs",
  summary: "list the runs recorded in a folder, or how one result changed over them",
  arguments: "[FOLDER]",
  count: [0, 1],
  about: [
    "Lists the documents in a folder (default ./output), the newest first: when, status, tasks,",
    "failures, duration. Journals without a document (a run that goes on, or that was cut off) are",
    "listed too. With --output KEY it tells for one result, run by run, what changed of what it",
    "came from: code, parameters, inputs, environment.",
  ].join("\n"),
  options: {
    output: {
      type: "string",
      value: "KEY",
      help: "the history of this result; a pattern where keys are random",
    },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: ["taskprov runs", "taskprov runs archive --output 'total-*'"],
  run: async (parsed, io) => {
    const folder = parsed.positionals[0] ?? "output";
    const key = parsed.text("output");
    const isJson = parsed.flag("json") === true;
    if (key === undefined) {
      const runs = await listRuns(folder);
      await io.out(isJson ? jsonText(runs) : runsText(runs, outputStyle()));
      return 0;
    }
    const versions = await outputHistory(folder, key);
    await io.out(isJson ? jsonText(versions) : historyText(versions, outputStyle()));
    return versions.length === 0 ? 1 : 0;
  },
};
