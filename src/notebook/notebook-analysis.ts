import type { CellAnalysis } from "./cell-analysis.js";

/** How calls are judged: by what objects are, or by names alone. */
export type NotebookMode = "semantic" | "strict";

/** Kinds of warning about a whole notebook. */
export type NotebookWarningCode = "language-assumed" | "language-unknown" | "no-code";

/** Something about a notebook that its author should look at. */
export interface NotebookWarning {
  readonly code: NotebookWarningCode;
  readonly message: string;
}

/** How many there are of what. */
export interface NotebookSummary {
  /** All cells, text included. */
  readonly cells: number;
  readonly codeCells: number;
  /** Code cells by outcome: `ok`, `recovered`, `error`, `notCode`; together `codeCells`. */
  readonly ok: number;
  readonly recovered: number;
  readonly error: number;
  readonly notCode: number;
  /** All calls and implicit places; the next six add up to it. */
  readonly calls: number;
  readonly generating: number;
  readonly tracked: number;
  readonly ignored: number;
  readonly lazy: number;
  readonly notATask: number;
  readonly unknown: number;
  readonly hints: number;
  /** Of the notebook and of its cells. */
  readonly warnings: number;
}

/** What static analysis says about a notebook; `schemas/notebook-analysis.schema.json`. */
export interface NotebookAnalysis {
  /** Version of this structure. */
  readonly version: 1;
  readonly mode: NotebookMode;
  /** Version of the notebook format, for example `4.5`. */
  readonly nbformat: string;
  /** Name of the kernel, when the notebook says. */
  readonly kernel?: string;
  /** Language of the cells that do not name their own. */
  readonly language: string;
  /** The function names in force. */
  readonly names: {
    /** Names that always generate tasks. */
    readonly always: readonly string[];
    /** Names that do unless called with a literal `compute=False`. */
    readonly unlessComputeFalse: readonly string[];
  };
  readonly summary: NotebookSummary;
  /** About the notebook; those about a cell are in it. */
  readonly warnings: readonly NotebookWarning[];
  /** The code cells in order; `index` counts all cells. */
  readonly cells: readonly CellAnalysis[];
}
