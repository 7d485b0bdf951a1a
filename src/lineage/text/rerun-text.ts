import type { RerunAnswer, RerunTask } from "../rerun.js";
import { plural } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** What became of tasks that were run again. */
export function rerunText(answer: RerunAnswer, style: Style): string {
  const lines = answer.tasks.map((task) => rerunLine(task, style));
  return `${lines.join("\n")}\n\n${rerunSum(answer)}\n`;
}

/** How many tasks were run again, and how they came out. */
export function rerunSum({ about, tasks }: RerunAnswer): string {
  const count = (result: RerunTask["result"]): number =>
    tasks.filter((task) => task.result === result).length;
  const planned = count("planned");
  if (planned > 0) return `${printable(about)}: ${plural(planned, "task")} would run again.`;
  return `${printable(about)}: ${plural(tasks.length, "task")} run again, ${count("same")} the same, ${count("different")} different, ${count("failed")} failed, ${count("unknown")} without two digests.`;
}

const quiet: ReadonlySet<RerunTask["result"]> = new Set(["unknown", "planned"]);

/** One task that was run again. */
export function rerunLine(
  { key, function: name, result, before, after, problem }: RerunTask,
  style: Style,
): string {
  const mark = result === "same" ? style.good : quiet.has(result) ? style.dim : style.bad;
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
