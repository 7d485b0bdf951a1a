import type {
  Change,
  DataDifference,
  DiffAnswer,
  GroupComparison,
  TaskPair,
} from "../diff/diff-answer.js";
import { runTitle } from "../run-facts.js";
import { table } from "./answer-text.js";
import { shortText } from "./item-text.js";
import { countText, durationText, plural } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** The answer to `diff`. */
export function diffText(answer: DiffAnswer, style: Style): string {
  const { a, b, aligned, changes, failures } = answer;
  const lines = [
    `A  ${printable(runTitle(a))}  ${style.dim(runLine(answer, "a"))}`,
    `B  ${printable(runTitle(b))}  ${style.dim(runLine(answer, "b"))}`,
    style.dim(alignedText(aligned)),
    "",
  ];
  const unrelated = unrelatedText(answer);
  if (unrelated !== undefined) lines.push(style.warn(unrelated), "");
  if (!answer.different) lines.push("No difference.");
  if (changes.length > 0) lines.push(style.strong("Changed"));
  for (const change of changes.slice(0, 100)) lines.push(...changeLines(change, style));
  if (changes.length > 100) lines.push(`  … and ${plural(changes.length - 100, "more change")}`);
  lines.push(...dataLines(answer, style));
  if (failures.length > 0) lines.push("", style.strong("Failures"));
  for (const { what, a: before, b: after, status } of failures.slice(0, 30)) {
    const key = printable(after ?? before ?? "");
    lines.push(`  ${what === "new" ? style.bad("new ") : style.good("gone")}  ${key}  ${status}`);
  }
  if (failures.length > 30) lines.push(`  … and ${failures.length - 30} more`);
  lines.push("", ...groupTable(answer.groups, style));
  return `${lines.join("\n")}\n`;
}

function runLine({ a, b, figures }: DiffAnswer, side: "a" | "b"): string {
  const run = side === "a" ? a : b;
  const { seconds, workers, cost } = figures[side];
  const parts = [
    run.start,
    plural(run.tasks, "task"),
    workers > 0 ? plural(workers, "worker") : undefined,
    durationText(seconds),
    cost === undefined ? undefined : `cost ${cost.toFixed(4)}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

/** How many tasks correspond. */
export function alignedText({ pairs, onlyA, onlyB }: DiffAnswer["aligned"]): string {
  const only = [
    onlyA > 0 ? `${countText(onlyA)} only in A` : "",
    onlyB > 0 ? `${countText(onlyB)} only in B` : "",
  ].filter((part) => part !== "");
  return `${plural(pairs, "task")} correspond${pairs === 1 ? "s" : ""}${only.length > 0 ? `; ${only.join(", ")}` : ""}`;
}

/** What to say of two runs that have little to do with each other. */
export function unrelatedText({ aligned }: DiffAnswer): string | undefined {
  const { pairs, onlyA, onlyB } = aligned;
  const smaller = pairs + Math.min(onlyA, onlyB);
  if (smaller === 0 || pairs * 4 >= smaller) return undefined;
  return `These runs have little in common: ${plural(pairs, "task")} of ${countText(smaller)} correspond. Are they runs of the same program?`;
}

function changeLines(change: Change, style: Style): string[] {
  const { kind, subject, what, count, tasks } = change;
  const number = count > 1 ? style.dim(`  (${plural(count, "task")})`) : "";
  const lines = [
    `  ${style.warn(kind.padEnd(11))}  ${style.strong(printable(subject))}: ${what}${number}`,
  ];
  const { before, after } = change;
  if (before !== undefined || after !== undefined) {
    lines.push(`               ${changedText(before)} → ${changedText(after)}`);
  }
  if (tasks.length > 0)
    lines.push(
      style.dim(
        `               ${tasks.slice(0, 3).map(pairText).join(", ")}${count > 3 ? ", …" : ""}`,
      ),
    );
  return lines;
}

function changedText(text: string | undefined): string {
  return text === undefined ? "(none)" : shortText(text, 120);
}

/** The keys of a pair: one where they are the same. */
export function pairText({ a, b }: TaskPair): string {
  if (a === undefined || b === undefined || a === b) return printable(a ?? b ?? "");
  return `${printable(a)} / ${printable(b)}`;
}

function dataLines({ firstData, dataCount }: DiffAnswer, style: Style): string[] {
  if (dataCount === 0) return [];
  return [
    "",
    style.strong(`First data that differs (of ${countText(dataCount)})`),
    ...firstData.map(
      (each) => `  ${dataText(each)}${each.explained ? "" : style.warn("  no change explains it")}`,
    ),
  ];
}

/** Which data, and what it was and is. */
export function dataText(each: DataDifference): string {
  return `${pairText(each)}: ${printable(each.before)} → ${printable(each.after)}`;
}

function groupTable(groups: readonly GroupComparison[], style: Style): string[] {
  const rows = groups
    .slice(0, 30)
    .map(({ group, a, b, regression }) => [
      printable(group),
      `${countText(a.count)} → ${countText(b.count)}`,
      `${durationText(a.computeSeconds)} → ${durationText(b.computeSeconds)}`,
      a.transferSeconds + b.transferSeconds === 0
        ? ""
        : `${durationText(a.transferSeconds)} → ${durationText(b.transferSeconds)}`,
      `${durationText(a.waitSeconds)} → ${durationText(b.waitSeconds)}`,
      regression ? "slower" : "",
    ]);
  return table(["group", "tasks", "computing", "transfer", "waiting", ""], rows, style);
}
