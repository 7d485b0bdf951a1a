import type { KernelFrame } from "../../events/place-event.js";
import type { CellRun } from "./cell-run.js";
import { type CodeLine, codeLines } from "./code-lines.js";

/** Where in the text of a cell a frame was. */
export interface FramePlace {
  readonly run: CellRun;
  /** Lines of the cell, from 1. */
  readonly line: number;
  readonly endLine: number;
  /** Offsets in the cell's text, in UTF-16 units; undefined when only the line is known. */
  readonly range: readonly [start: number, end: number] | undefined;
  readonly function: string | undefined;
  /** The line is a magic that IPython has rewritten. */
  readonly isMagic: boolean;
}

/**
 * Finds where frames were in the cells as they were written, innermost first. The frame of a magic
 * gives way to the one of the code that the magic ran.
 */
export function framePlaces(
  frames: readonly KernelFrame[],
  runOf: (cell: number) => CellRun | undefined,
): readonly FramePlace[] {
  const places: FramePlace[] = [];
  frames.forEach((frame, at) => {
    const run = runOf(frame.cell);
    if (run === undefined || run.source === "") return;
    const place =
      frame.text === "cell"
        ? placeInCell(run, frame)
        : placeInMagic(run, frame, frames.slice(at + 1));
    const outer = outermost(place);
    const inner = places.at(-1);
    if (outer.isMagic && inner !== undefined && inner.run === outer.run && isOfMagic(frames, at)) {
      return;
    }
    // A comprehension, or a function written in the call's own brackets: the inner one says it.
    if (inner !== undefined && encloses(outer, inner)) return;
    places.push(outer);
  });
  return places;
}

/** Whether the one range has the other within it. */
export function encloses(outer: FramePlace, inner: FramePlace): boolean {
  if (outer.run !== inner.run || outer.range === undefined || inner.range === undefined)
    return false;
  return outer.range[0] <= inner.range[0] && outer.range[1] >= inner.range[1];
}

/** Whether the frame before belongs to what this one's magic executes. */
function isOfMagic(frames: readonly KernelFrame[], at: number): boolean {
  const before = frames[at - 1];
  const own = frames[at];
  return before !== undefined && (before.text !== "cell" || before.cell !== own?.cell);
}

function placeInCell(run: CellRun, frame: KernelFrame): FramePlace {
  const lines = codeLines(run);
  const first = lineOf(lines, frame.line);
  const last = lineOf(lines, frame.endLine ?? frame.line);
  return {
    run,
    line: first.line,
    endLine: Math.max(first.line, last.line),
    range: rangeOf(run, frame, first, last),
    function: frame.function,
    isMagic: first.shift === undefined,
  };
}

function lineOf(lines: readonly CodeLine[], line: number): CodeLine {
  return lines[line - 1] ?? lines.at(-1) ?? { line: 1, shift: undefined, text: "" };
}

function rangeOf(
  run: CellRun,
  { column, endColumn }: KernelFrame,
  first: CodeLine,
  last: CodeLine,
): FramePlace["range"] {
  if (column === undefined || endColumn === undefined) return undefined;
  if (first.shift === undefined || last.shift === undefined) return undefined;
  const start = startOf(run, first.line) + first.shift + unitsOf(first.text, column);
  const end = startOf(run, last.line) + last.shift + unitsOf(last.text, endColumn);
  return start < end && end <= run.source.length ? [start, end] : undefined;
}

function startOf(run: CellRun, line: number): number {
  return run.lines.starts[line - 1] ?? run.source.length;
}

/** UTF-16 units of so many bytes of UTF-8. */
function unitsOf(text: string, bytes: number): number {
  return Buffer.from(text, "utf8").subarray(0, bytes).toString("utf8").length;
}

/** Of `%%time` and the like: lines count in the body; of `%time`: in its statement. */
function placeInMagic(
  run: CellRun,
  frame: KernelFrame,
  around: readonly KernelFrame[],
): FramePlace {
  const cellMagic = /^(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*%%/.test(run.source);
  const place = cellMagic ? placeInBody(run, frame) : placeInStatement(run, frame, around);
  return { ...place, function: frame.function === "inner" ? "<module>" : frame.function };
}

function placeInBody(run: CellRun, frame: KernelFrame): FramePlace {
  const source = run.source.split(/\r\n|\r|\n/);
  let skipped = source.findIndex((line) => line.trim() !== "") + 1;
  while (skipped < source.length && source[skipped]?.trim() === "") skipped++;
  // A margin is removed from the body as from a cell.
  const margin = /^[ \t]*/.exec(source[skipped] ?? "")?.[0].length ?? 0;
  const lines = source.map((text, at) => ({
    line: at + 1,
    shift: margin,
    text: text.slice(margin),
  }));
  const first = lineOf(lines, skipped + frame.line);
  const last = lineOf(lines, skipped + (frame.endLine ?? frame.line));
  const range = rangeOf(run, frame, first, last);
  return {
    run,
    line: first.line,
    endLine: last.line,
    range,
    function: frame.function,
    isMagic: false,
  };
}

const statementMagic = /%(?:timeit|time|prun)(?:[ \t]+-{1,2}[\w-]+(?:[ \t]*\d+)?)*[ \t]+/;

function placeInStatement(
  run: CellRun,
  frame: KernelFrame,
  around: readonly KernelFrame[],
): FramePlace {
  const cell = around.find((one) => one.cell === frame.cell && one.text === "cell");
  const line = cell === undefined ? 1 : lineOf(codeLines(run), cell.line).line;
  const start = startOf(run, line);
  const text = run.source.slice(start, startOf(run, line + 1)).replace(/[\r\n]+$/, "");
  const magic = statementMagic.exec(text);
  const shift = magic === null ? undefined : magic.index + magic[0].length;
  const statement = { line, shift, text: text.slice(shift ?? 0) };
  const isOneLine = frame.line === 1 && (frame.endLine ?? 1) === 1;
  return {
    run,
    line,
    endLine: line,
    range: isOneLine ? rangeOf(run, frame, statement, statement) : undefined,
    function: frame.function,
    isMagic: false,
  };
}

/** The same place in the cell that the user sees. */
function outermost(place: FramePlace): FramePlace {
  const { within } = place.run;
  if (within === undefined) return place;
  const { run, offset } = within;
  const first = run.lines.lineAt(offset) - 1;
  const [start, end] = place.range ?? [];
  return outermost({
    ...place,
    run,
    line: first + place.line,
    endLine: first + place.endLine,
    range: start === undefined || end === undefined ? undefined : [start + offset, end + offset],
  });
}
