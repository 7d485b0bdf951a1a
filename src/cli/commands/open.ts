import { TaskprovError } from "../../base/errors.js";
import { listRuns } from "../../lineage/run-list.js";
import { openText } from "../../lineage/text/runs-text.js";
import type { Command } from "../command.js";
import { jsonText, outputStyle } from "../lineage-input.js";

/** `taskprov open`. */
export const openCommand: Command = {
  name: "open",
  summary: "name the newest run of a folder and sum it up",
  arguments: "[FOLDER]",
  count: [0, 1],
  about: [
    "Prints the path of the newest document or journal of a folder (default ./output) and what it",
    "holds: when, who, versions, tasks by status, problems.",
  ].join("\n"),
  options: {
    path: { type: "boolean", help: "only the path, for use in other commands" },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: ["taskprov open", "taskprov check $(taskprov open --path)"],
  run: async (parsed, io) => {
    const folder = parsed.positionals[0] ?? "output";
    const newest = (await listRuns(folder)).find(({ status }) => status !== "unreadable");
    if (newest === undefined) {
      throw new TaskprovError("ERR_FILE", `There is no readable document or journal in ${folder}.`);
    }
    if (parsed.flag("path") === true) await io.out(`${newest.file}\n`);
    else if (parsed.flag("json") === true) await io.out(jsonText(newest));
    else await io.out(openText(newest, outputStyle()));
    return 0;
  },
};
