import type { LogEntry } from "../../actions/log-entry.js";
import { formatEpochSeconds } from "../../base/clock.js";
import { durationText } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** How a log is shown. */
export interface ActionLogTextOptions {
  readonly style: Style;
  /** Characters of a field's value; 0: all. */
  readonly fieldLimit: number;
}

interface Row {
  readonly entry: LogEntry;
  /** What stands before the branch, and before what follows it. */
  readonly before: string;
  readonly branch: string;
  readonly below: string;
}

/** Trees, an entry a line, each tree under its UUID. */
export function* actionTreeLines(
  roots: readonly LogEntry[],
  options: ActionLogTextOptions,
): Generator<string> {
  const { style } = options;
  for (const root of roots) {
    yield `${style.dim(printable(root.taskUuid))}\n`;
    // A message that stands by itself has a tree without an action.
    const isEmpty = root.type === undefined && root.children.length === 1;
    const top = isEmpty ? root.children : [root];
    const open = top.map((entry): Row => ({ entry, before: "", branch: "", below: "" }));
    // A list instead of recursion: a log may be nested deeper than the stack.
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      yield `${style.dim(row.before + row.branch)}${entryText(row.entry, options)}\n`;
      open.push(...rowsBelow(row).reverse());
    }
    yield "\n";
  }
}

function rowsBelow({ entry, before, below }: Row): Row[] {
  return entry.children.map((child, i): Row => {
    const isLast = i === entry.children.length - 1;
    return {
      entry: child,
      before: before + below,
      branch: isLast ? "└─ " : "├─ ",
      below: isLast ? "   " : "│  ",
    };
  });
}

function entryText(entry: LogEntry, options: ActionLogTextOptions): string {
  const { style } = options;
  const parts = [style.strong(printable(entry.type ?? "(not logged)"))];
  if (entry.key !== undefined) parts.push(keyText(entry, style));
  if (entry.status !== "message") parts.push(statusText(entry, style));
  if (entry.repeated > 0) parts.push(style.warn(`(${entry.repeated} more at the same place)`));
  parts.push(...outcomeParts(entry, options));
  return parts.join(" ");
}

function keyText({ key = "", dependencies }: LogEntry, style: Style): string {
  if (dependencies.length === 0) return printable(key);
  const shown = dependencies.slice(0, 8).map(printable);
  const more = dependencies.length > 8 ? `, … ${dependencies.length - 8} more` : "";
  return `${printable(key)} ${style.dim(`after ${shown.join(", ")}${more}`)}`;
}

function statusText({ status, seconds, start, end }: LogEntry, style: Style): string {
  const isBack = start !== undefined && end !== undefined && seconds === undefined;
  const took = isBack ? style.warn("clock set back") : durationOf(seconds);
  const words = { succeeded: style.good("ok"), failed: style.bad("FAILED"), message: "" };
  const word = status === "unfinished" ? style.warn("unfinished") : words[status];
  return took === "" ? word : `${word} ${took}`;
}

function durationOf(seconds: number | undefined): string {
  return seconds === undefined ? "" : durationText(seconds);
}

/** Inputs, then what came of it. */
function outcomeParts(entry: LogEntry, options: ActionLogTextOptions): string[] {
  const { exception, reason, ...others } = entry.endFields;
  const parts = fieldTexts(entry.fields, options);
  const end = fieldTexts(others, options);
  if (entry.status === "failed") {
    end.unshift(
      options.style.bad(`${valueText(exception, options)}: ${valueText(reason, options)}`),
    );
  }
  return end.length === 0 ? parts : [...parts, options.style.dim("→"), ...end];
}

function fieldTexts(fields: LogEntry["fields"], options: ActionLogTextOptions): string[] {
  return Object.entries(fields).map(
    ([name, value]) => `${options.style.dim(`${printable(name)}=`)}${valueText(value, options)}`,
  );
}

function valueText(value: unknown, { fieldLimit }: ActionLogTextOptions): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const isCut = fieldLimit > 0 && text.length > fieldLimit;
  return printable(isCut ? `${text.slice(0, fieldLimit)}…` : text);
}

/** Actions a line each, for grep and sort: time, duration, status, id, path of types, fields. */
export function* actionOneLines(
  entries: Iterable<{ readonly entry: LogEntry; readonly path: readonly string[] }>,
  options: ActionLogTextOptions,
): Generator<string> {
  const { style } = options;
  for (const { entry, path } of entries) {
    const parts = [
      style.dim(timeText(entry.start ?? entry.end)),
      durationOf(entry.seconds) || "-",
      statusWord(entry, style),
      style.dim(printable(entry.id)),
      style.strong(printable(path.join(" > "))),
      ...(entry.key === undefined ? [] : [keyText(entry, style)]),
      ...outcomeParts(entry, options),
    ];
    yield `${parts.join("  ")}\n`;
  }
}

function statusWord({ status }: LogEntry, style: Style): string {
  if (status === "failed") return style.bad(status);
  return status === "unfinished" ? style.warn(status) : status;
}

/** What `Date` can hold less a day, in seconds. */
const longestTime = 8.64e12 - 86_400;

function timeText(seconds: number | undefined): string {
  if (seconds === undefined || Math.abs(seconds) > longestTime) return "-";
  return formatEpochSeconds(seconds);
}
