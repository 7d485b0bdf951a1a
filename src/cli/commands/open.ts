import { statSync } from "node:fs";
import { TaskprovError } from "../../base/errors.js";
import { listRuns } from "../../lineage/run-list.js";
import { openText } from "../../lineage/text/runs-text.js";
import { writeReport } from "../../report/write-report.js";
import type { Command } from "../command.js";
import { jsonText, outputStyle } from "../lineage-input.js";
import { openInBrowser } from "../open-browser.js";
import { reportFileOf } from "../report-file.js";

/** `taskprov open`. */
export const openCommand: Command = {
  name: "open",
  summary: "name the newest run of a folder and sum it up, or open its report",
  arguments: "[FOLDER]",
  count: [0, 1],
  about: [
    "Prints the path of the newest document or journal of a folder (default ./output) and what it",
    "holds: when, who, versions, tasks by status, problems. With --browser its report is opened in",
    "the browser (or what BROWSER names), made first when there is none or the run is newer.",
  ].join("\n"),
  options: {
    browser: { type: "boolean", help: "open its report in the browser" },
    path: { type: "boolean", help: "only the path, for use in other commands" },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: ["taskprov open", "taskprov open --browser", "taskprov check $(taskprov open --path)"],
  run: async (parsed, io) => {
    const folder = parsed.positionals[0] ?? "output";
    const newest = (await listRuns(folder)).find(({ status }) => status !== "unreadable");
    if (newest === undefined) {
      throw new TaskprovError("ERR_FILE", `There is no readable document or journal in ${folder}.`);
    }
    if (parsed.flag("browser") === true) {
      const report = await freshReport(newest.file);
      await openInBrowser(report);
      await io.out(`${report}\n`);
    } else if (parsed.flag("path") === true) await io.out(`${newest.file}\n`);
    else if (parsed.flag("json") === true) await io.out(jsonText(newest));
    else await io.out(openText(newest, outputStyle()));
    return 0;
  },
};

/** The report beside a run's file, written when it is missing or older. */
async function freshReport(file: string): Promise<string> {
  const report = reportFileOf(file);
  const made = statSync(report, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made < statSync(file).mtimeMs) await writeReport(file, report);
  return report;
}
