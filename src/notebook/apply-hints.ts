import type { CellWarning, Hint, HintEffect } from "./cell-analysis.js";
import type { FoundHint } from "./find-hints.js";
import type { NameRule } from "./generating-names.js";
import type { LineTable } from "./line-table.js";
import type { SourceCall, SourceCell } from "./source-call.js";

/** What a hint says about a call. */
export interface HintDecision {
  readonly kind: FoundHint["kind"];
  readonly line: number;
}

/** What hints need to know of calls. */
export interface HintJudge {
  /** The name rule. */
  readonly ruleOf: (call: SourceCall) => NameRule | undefined;
  /** Whether the call counts as generating by itself, in the mode in force. */
  readonly counts: (call: SourceCall) => boolean;
  readonly idOf: (call: SourceCall) => string;
  /** Whether a hint that is not needed is worth a warning: it may be there for the other mode. */
  readonly warnsOfNeedless: boolean;
}

/** What became of the hints of a cell. */
export interface AppliedHints {
  readonly hints: readonly Hint[];
  readonly warnings: readonly CellWarning[];
  /** The calls that a hint decides. */
  readonly decisions: ReadonlyMap<SourceCall, HintDecision>;
}

/**
 * Applies the hints of a cell to its calls.
 *
 * The README of yProv4DASK speaks of "the first function call in that line". Which one that is:
 * - The line is the next one with code, and with it the whole statement that begins there (the
 *   header only, for `def`, `for`, `if` and the like). A hint inside the brackets of a longer
 *   statement speaks of its own next line, and of the calls that begin there.
 * - `ignore` takes the first call that counts as generating in the mode in force; when there is
 *   none, the first whose name is in the list, though it creates no task anyway.
 * - `track` takes the first call whose name does not make it generating. Only `track` sees
 *   subscripted callees (`fs[0](x)`).
 * - First means: whose name comes first in the text. With two hints before a call the last wins.
 */
export function applyHints(
  found: readonly FoundHint[],
  cell: SourceCell,
  lines: LineTable,
  judge: HintJudge,
): AppliedHints {
  const hints: Hint[] = [];
  const warnings: CellWarning[] = [];
  const decisions = new Map<SourceCall, HintDecision>();
  if (found.length === 0) return { hints, warnings, decisions };
  const nextLine = createNextLine(cell, lines);
  const reachOf = createReach(cell, lines);

  found.forEach((hint, at) => {
    const line = lines.lineAt(hint.start);
    const targetLine = nextLine(line);
    const reach = targetLine === undefined ? [] : reachOf(targetLine);
    const { call, redundant } = choose(hint, reach, judge);
    const next = found[at + 1];
    const overtaken = next !== undefined && (call === undefined || next.start < call.anchor);
    const stacked =
      overtaken && (call !== undefined || nextLine(lines.lineAt(next.start)) === targetLine);

    let effect: HintEffect = "applied";
    if (stacked) effect = "superseded";
    else if (call === undefined) effect = "no-target";
    else if (redundant) effect = "redundant";

    if (call !== undefined && effect !== "superseded") {
      // A call that generates anyway keeps its own reason; a lazy one is decided by the hint.
      if (effect === "applied" || hint.kind === "ignore") {
        decisions.set(call, { kind: hint.kind, line });
      }
    }
    hints.push({
      kind: hint.kind,
      span: lines.spanOf(hint.start, hint.end),
      effect,
      ...(targetLine === undefined ? {} : { targetLine }),
      ...(call === undefined || effect === "superseded" ? {} : { site: judge.idOf(call) }),
    });
    warnings.push(
      ...warningsFor(hint, effect, targetLine, call)
        .filter(({ code }) => judge.warnsOfNeedless || code !== "hint-redundant")
        .map((warning) => ({
          ...lines.positionAt(hint.start),
          ...warning,
        })),
    );
  });
  return { hints, warnings, decisions };
}

/** The call a hint speaks of; redundant when its status is the same without the hint. */
function choose(
  hint: FoundHint,
  calls: readonly SourceCall[],
  { ruleOf, counts }: HintJudge,
): { readonly call: SourceCall | undefined; readonly redundant: boolean } {
  const named = (call: SourceCall): boolean => {
    const rule = ruleOf(call);
    return rule === "always" || (rule !== undefined && call.compute.kind !== "false");
  };
  if (hint.kind === "ignore") {
    const call = calls.find(counts) ?? calls.find(named);
    return call === undefined
      ? { call: calls.find((each) => ruleOf(each) !== undefined), redundant: true }
      : { call, redundant: !counts(call) };
  }
  // By name in both modes, so that a hint means the same call in both.
  const call = calls.find((each) => each.form !== "implicit" && !named(each));
  return call === undefined ? { call: calls[0], redundant: true } : { call, redundant: false };
}

/** Finds the calls that a hint before a line can mean, in reading order. */
function createReach(cell: SourceCell, lines: LineTable): (line: number) => readonly SourceCall[] {
  const byLine = groupBy(cell.calls, (call) => lines.lineAt(call.anchor));
  const byStatement = groupBy(cell.calls, (call) => call.statementLine);
  const byStart = groupBy(cell.calls, (call) => lines.lineAt(call.start));
  return (line) => {
    const onLine = byLine.get(line) ?? [];
    if (cell.statementLines.has(line)) {
      const calls = new Set([...onLine, ...(byStatement.get(line) ?? [])]);
      return [...calls].sort((a, b) => a.anchor - b.anchor);
    }
    const end = (byStart.get(line) ?? []).reduce((last, call) => Math.max(last, call.end), 0);
    const from = lines.starts[line - 1] ?? 0;
    const first = firstFrom(cell.calls, from);
    const beyond = firstFrom(cell.calls, end);
    return beyond - first > onLine.length ? cell.calls.slice(first, beyond) : onLine;
  };
}

/** Index of the first call that stands at an offset or behind it. */
function firstFrom(calls: readonly SourceCall[], offset: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((calls[middle]?.anchor ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function groupBy(
  calls: readonly SourceCall[],
  lineOf: (call: SourceCall) => number,
): ReadonlyMap<number, readonly SourceCall[]> {
  const groups = new Map<number, SourceCall[]>();
  for (const call of calls) {
    const line = lineOf(call);
    const group = groups.get(line);
    if (group === undefined) groups.set(line, [call]);
    else group.push(call);
  }
  return groups;
}

function warningsFor(
  hint: FoundHint,
  effect: HintEffect,
  targetLine: number | undefined,
  call: SourceCall | undefined,
): Pick<CellWarning, "code" | "message">[] {
  const where = targetLine === undefined ? "No code follows" : `Line ${targetLine} has no call`;
  switch (effect) {
    case "no-target":
      return [
        {
          code: "hint-without-target",
          message:
            hint.kind === "ignore"
              ? `${where}${targetLine === undefined ? "" : " of a generating function"}: there is nothing to ignore. Put the hint right before the line of the call.`
              : `${where}: there is nothing to track. Put the hint right before the line of the call.`,
        },
      ];
    case "superseded":
      return [
        {
          code: "hint-superseded",
          message: "Another hint follows before the call this one speaks of; the last one counts.",
        },
      ];
    case "redundant":
      return [
        {
          code: "hint-redundant",
          message:
            hint.kind === "ignore"
              ? `\`${call?.name}\` creates no task anyway; the hint is not needed.`
              : `\`${call?.name}\` counts as a generating function anyway; the hint is not needed.`,
        },
      ];
    default:
      return [];
  }
}

/** For each line the first line behind it that holds more than blanks and comments. */
function createNextLine(cell: SourceCell, lines: LineTable): (line: number) => number | undefined {
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end } of cell.comments) {
    pieces.push(cell.text.slice(done, start), cell.text.slice(start, end).replace(/[^\r\n]/g, " "));
    done = end;
  }
  const text = pieces.join("") + cell.text.slice(done);
  const next: (number | undefined)[] = [];
  let following: number | undefined;
  for (let line = lines.starts.length; line > 0; line -= 1) {
    next[line] = following;
    if (/\S/.test(text.slice(lines.starts[line - 1], lines.starts[line]))) following = line;
  }
  return (line) => next[line];
}
