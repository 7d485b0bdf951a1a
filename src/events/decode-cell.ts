import type { Fields } from "./fields.js";
import type { CellEndEvent, CellEvent, FrameText, KernelFrame, SiteMatch } from "./place-event.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const texts: readonly FrameText[] = ["cell", "exec", "eval", "timeit"];
const matches: readonly SiteMatch[] = ["frame", "thread", "code", "cell", "last-used"];

/** Decodes a notebook cell that was executed. */
export function decodeCell(event: Fields, time: number): CellEvent {
  const fields = event.record(3);
  const cell: Mutable<CellEvent> = { type: "cell", time, cell: event.count(2) };
  for (const name of ["id", "sourceHash", "codeHash", "language", "kernel", "notebook"] as const) {
    const value = fields.optionalText(name);
    if (value !== undefined) cell[name] = value;
  }
  for (const name of ["count", "index", "within"] as const) {
    const value = fields.optionalCount(name);
    if (value !== undefined) cell[name] = value;
  }
  return cell;
}

/** Decodes the end of a cell's execution. */
export function decodeCellEnd(event: Fields, time: number): CellEndEvent {
  const status = event.optionalText(3);
  return {
    type: "cell-end",
    time,
    cell: event.count(2),
    ...(status !== undefined && { status }),
  };
}

/** Decodes `[cell, text, line, endLine, column, endColumn, function]`. */
export function decodeKernelFrame(items: Fields, index: number): KernelFrame {
  const fields = items.list(index);
  const name = fields.text(1);
  const text = texts.find((known) => known === name);
  if (text === undefined) return fields.fail(1, texts.map((known) => `"${known}"`).join(", "));
  const frame: Mutable<KernelFrame> = { cell: fields.count(0), text, line: fields.count(2) };
  const [endLine, column, endColumn] = [3, 4, 5].map((at) => fields.optionalCount(at));
  const fn = fields.optionalText(6);
  if (endLine !== undefined) frame.endLine = endLine;
  if (column !== undefined) frame.column = column;
  if (endColumn !== undefined) frame.endColumn = endColumn;
  if (fn !== undefined) frame.function = fn;
  return frame;
}

/** How a site was found out; a way that a newer version knows is left out. */
export function decodeMatch(fields: Fields): SiteMatch | undefined {
  const name = fields.optionalText("match");
  return matches.find((known) => known === name);
}
