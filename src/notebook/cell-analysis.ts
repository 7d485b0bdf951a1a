import type { CallSite } from "./call-site.js";
import type { SourcePosition, SourceSpan } from "./source-span.js";

/** The languages whose cells can be analysed. */
export type CellLanguage = "python" | "typescript" | "javascript";

/**
 * How reading a cell went. `ok`: no syntax error. `recovered`: syntax errors, and the calls that
 * could still be found are listed. `error`: no call could be found because of errors, or the cell
 * could not be read at all. `not-code`: the cell is not in an analysed language (`%%bash`, R).
 */
export type ParseOutcome = "ok" | "recovered" | "error" | "not-code";

/** A place where a cell could not be understood. */
export interface CellErrorReport extends SourcePosition {
  readonly message: string;
}

/** The hints; `track-multiple`, of yProv4DASK 1.0, is `track` for a call with several batches. */
export type HintKind = "ignore" | "track" | "track-multiple";

/**
 * What became of a hint. `applied`: it decided a call. `redundant`: the call it speaks of has that
 * status anyway. `superseded`: another hint follows before its call. `no-target`: no call on the
 * next line to which it could apply.
 */
export type HintEffect = "applied" | "redundant" | "superseded" | "no-target";

/** A comment that is exactly a hint and stands alone on its line. */
export interface Hint {
  readonly kind: HintKind;
  readonly span: SourceSpan;
  readonly effect: HintEffect;
  /** The next line that holds code. */
  readonly targetLine?: number;
  /** {@link CallSite.id} of the call it applied to. */
  readonly site?: string;
}

/** Kinds of warning about a cell. */
export type CellWarningCode =
  | "hint-spelling"
  | "hint-after-code"
  | "hint-without-target"
  | "hint-superseded"
  | "hint-redundant"
  | "malformed-cell"
  | "too-large";

/** Something about a cell that its author should look at. */
export interface CellWarning extends SourcePosition {
  readonly code: CellWarningCode;
  readonly message: string;
}

/** What static analysis says about one cell. */
export interface CellAnalysis {
  /** Position among all cells of the notebook, from 0. */
  readonly index: number;
  /** The cell's own id (nbformat 4.5 and newer). */
  readonly id?: string;
  /** Execution count stored in the notebook; absent when the cell was not run. */
  readonly executionCount?: number;
  /** SHA-256 of the source's UTF-8 bytes, lower-case hexadecimal. */
  readonly sha256: string;
  /** Language of the cell: analysed ones as {@link CellLanguage}, others as the notebook names them. */
  readonly language: string;
  readonly parse: ParseOutcome;
  /** Why the cell is `not-code`, for example `cell magic %%bash`. */
  readonly notCode?: string;
  /** At most 20. */
  readonly errors: readonly CellErrorReport[];
  /** Every call with a name, and in semantic mode every implicit place, in reading order. */
  readonly sites: readonly CallSite[];
  readonly hints: readonly Hint[];
  readonly warnings: readonly CellWarning[];
}
