import type { Change } from "../diff/diff-answer.js";
import type { RunFacts } from "../run-facts.js";
import type { ListedRun, OutputVersion } from "../run-list.js";
import { table } from "./answer-text.js";
import { shortText, valueText } from "./item-text.js";
import { countText, durationText, plural } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** The runs of a folder as a table. */
export function runsText(runs: readonly ListedRun[], style: Style): string {
  if (runs.length === 0) return "There is no document or journal here.\n";
  const rows = runs.map(({ file, run, status, failures, problem }) => [
    printable(file),
    run?.start?.slice(0, 19).replace("T", " ") ?? "",
    status,
    run === undefined ? "" : countText(run.tasks),
    failures === 0 ? "" : countText(failures),
    run?.seconds === undefined ? "" : durationText(run.seconds),
    printable(problem === undefined ? (run?.name ?? "") : shortText(problem, 60)),
  ]);
  return `${table(["file", "start (UTC)", "status", "tasks", "failed", "took", "name"], rows, style).join("\n")}\n`;
}

/** One run in a few lines. */
export function openText(
  { file, run, status, failures, problem }: ListedRun,
  style: Style,
): string {
  const lines = [style.strong(printable(file))];
  if (run === undefined) return `${[...lines, `  ${status}: ${problem ?? ""}`].join("\n")}\n`;
  const fact = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== "")
      lines.push(`  ${style.dim(name.padEnd(9))} ${printable(value)}`);
  };
  fact("run", `${run.name ?? ""} ${run.runId ?? ""}`.trim());
  fact(
    "status",
    failures > 0 ? `${status}, ${plural(failures, "task")} failed: taskprov blame` : status,
  );
  fact(
    "when",
    `${run.start ?? "?"} to ${run.end ?? "…"}${run.seconds === undefined ? "" : ` (${durationText(run.seconds)})`}`,
  );
  fact("who", [run.user, run.host].filter((part) => part !== undefined).join(" on "));
  fact("versions", run.versions.join(", "));
  fact("holds", sizeLine(run));
  for (const each of run.problems.slice(0, 5)) fact("problem", each);
  return `${lines.join("\n")}\n`;
}

function sizeLine({ tasks, attempts, data, statuses }: RunFacts): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${countText(count)} ${status}`);
  return `${plural(tasks, "task")}, ${plural(attempts, "attempt")} (${counts.join(", ")}), ${countText(data)} data`;
}

/** How a result came about, run by run. */
export function historyText(versions: readonly OutputVersion[], style: Style): string {
  if (versions.length === 0) return "No run here has exactly one item of that name.\n";
  const lines: string[] = [];
  versions.forEach(({ file, run, key, data, changes }, i) => {
    const when = run.start?.slice(0, 19).replace("T", " ") ?? "";
    const value = data === undefined ? "made no data" : valueText(data);
    lines.push(`${when}  ${style.strong(printable(file))}  ${printable(key)}: ${value}`);
    if (i === 0) lines.push(style.dim("  the first run that has it"));
    else if (changes.length === 0)
      lines.push(style.dim("  from the same code, parameters and inputs"));
    for (const change of changes.slice(0, 10)) lines.push(`  ${changeLine(change, style)}`);
    if (changes.length > 10) lines.push(`  … and ${changes.length - 10} more`);
  });
  return `${lines.join("\n")}\n`;
}

function changeLine({ kind, subject, what, before, after }: Change, style: Style): string {
  const values =
    before === undefined && after === undefined
      ? ""
      : `: ${shortText(before ?? "(none)", 60)} → ${shortText(after ?? "(none)", 60)}`;
  return `${style.warn(kind)} ${printable(subject)}, ${what}${values}`;
}
