import type { SourcePosition, SourceSpan } from "./source-span.js";

/**
 * The lines of a text. `\n`, `\r\n` and a lone `\r` end a line, in every language alike, so that
 * the parsers' own ideas of lines (U+2028, form feed) never reach a result.
 */
export interface LineTable {
  /** Offset of the first character of each line; line n is at index n - 1. */
  readonly starts: readonly number[];
  /** The line, from 1, that holds an offset. */
  lineAt(offset: number): number;
  /** Line and column, from 1, of an offset. */
  positionAt(offset: number): SourcePosition;
  /** The span between two offsets. */
  spanOf(start: number, end: number): SourceSpan;
}

/** Finds the lines of a text. Offsets are UTF-16 code units. */
export function createLineTable(text: string): LineTable {
  const starts = [0];
  const breaks = /\r\n?|\n/g;
  while (breaks.exec(text) !== null) starts.push(breaks.lastIndex);

  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const positionAt = (offset: number): SourcePosition => {
    const line = lineAt(offset);
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
  return {
    starts,
    lineAt,
    positionAt,
    spanOf(start, end) {
      const from = positionAt(start);
      const to = positionAt(end);
      return {
        startLine: from.line,
        startColumn: from.column,
        endLine: to.line,
        endColumn: to.column,
      };
    },
  };
}
