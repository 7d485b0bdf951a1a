import type { CellRun } from "./cell-run.js";

/** Where a line of what IPython executed stands in the cell. */
export interface CodeLine {
  /** Line of the cell, from 1. */
  readonly line: number;
  /** UTF-16 units that IPython took away at its begin; undefined for a line it has rewritten. */
  readonly shift: number | undefined;
  /** The line as it was executed. */
  readonly text: string;
}

const breaks = /\r\n|\r|\n/;
const prompt = /^(?:>>> ?|\.\.\. ?|In \[\d+\]: |\s*\.{3,}: ?)/;

/**
 * Finds the lines of what IPython executed in the cell as it was written. IPython drops leading
 * blank lines, the margin and prompts, rewrites magics in place, and joins a magic with the lines
 * that a backslash continues it on.
 */
export function codeLines(run: Pick<CellRun, "source" | "code">): readonly CodeLine[] {
  const source = run.source.split(breaks);
  if (run.code === undefined) {
    return source.map((text, at) => ({ line: at + 1, shift: 0, text }));
  }
  const found: CodeLine[] = [];
  let at = 0;
  while (at < source.length - 1 && source[at]?.trim() === "") at++;
  for (const text of run.code.split(breaks)) {
    const given = source[at] ?? "";
    const shift = removedBegin(given, text);
    found.push({ line: Math.min(at + 1, source.length), shift, text });
    // A rewritten line takes its continuation lines with it.
    if (shift === undefined) while (/\\\s*$/.test(source[at] ?? "") && at < source.length) at++;
    at++;
  }
  return found;
}

function removedBegin(given: string, executed: string): number | undefined {
  if (!given.trimEnd().endsWith(executed.trimEnd())) return undefined;
  const removed = given.trimEnd().length - executed.trimEnd().length;
  const begin = given.slice(0, removed);
  if (begin.trim() === "" || prompt.test(given.trimStart())) return removed;
  return undefined;
}
