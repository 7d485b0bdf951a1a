/**
 * A stretch of a cell's source, in raw source coordinates: what the notebook file holds, before any
 * masking of magics. Lines and columns count from 1, columns in UTF-16 code units (as editors,
 * V8 and TypeScript count; CPython counts UTF-8 bytes from 0). The end is exclusive.
 */
export interface SourceSpan {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A place in a cell's source; see {@link SourceSpan} for the units. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}
