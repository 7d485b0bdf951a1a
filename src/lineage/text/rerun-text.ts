import type { RerunAnswer, RerunTask } from "../rerun.js";
import { plural } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** What became of tasks that were run again. */
export function rerunText({ about, tasks }: RerunAnswer, style: Style): string {
  const lines = tasks.map((task) => taskLine(task, style));
  const count = (result: RerunTask["result"]): number =>
    tasks.filter((task) => task.result === result).length;
  lines.push(
    "",
    `${printable(about)}: ${plural(tasks.length, "task")} run again, ${count("same")} the same, ${count("different")} different, ${count("failed")} failed, ${count("unknown")} without two digests.`,
  );
  return `${lines.join("\n")}\n`;
}

function taskLine(
  { key, function: name, result, before, after, problem }: RerunTask,
  style: Style,
): string {
  const mark = result === "same" ? style.good : result === "unknown" ? style.dim : style.bad;
  const digests = result === "different" ? `${before?.slice(0, 16)} → ${after?.slice(0, 16)}` : "";
  return [
    mark(result.padEnd(9)),
    printable(key),
    printable(name),
    digests,
    printable(problem ?? ""),
  ]
    .filter((part) => part !== "")
    .join("  ");
}
