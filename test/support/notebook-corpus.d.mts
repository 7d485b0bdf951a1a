import type { NotebookJson } from "../../src/notebook/decode-notebook.js";
import type { NotebookAnalysis } from "../../src/notebook/notebook-analysis.js";

/** What a label says of a line: names of the calls (and implicit places) that start work. */
export interface LineLabels {
  readonly cell: number;
  readonly line: number;
  /** Starts work when it is run; found by running it, or for scripts by reading. */
  readonly works: readonly string[];
  /** Counts in strict mode, by the rules of yProv4DASK's README. */
  readonly strict: readonly string[];
}

/** A notebook of the corpus. */
export interface CorpusNotebook {
  /** File and title. */
  readonly name: string;
  readonly language: "python" | "typescript" | "javascript";
  /** A Python module that the notebook needs and the peer `daskdata` has not. */
  readonly needs?: string;
  readonly cells: readonly string[];
  /** Only lines with labels. */
  readonly labels: readonly LineLabels[];
}

/** How far an analysis agrees with what is so. */
export interface Agreement {
  readonly right: number;
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
}

/** What a run of a notebook started: `[cell, line, column, end line, end column]`. */
export interface Run {
  readonly started: readonly (readonly number[])[];
  readonly ran: readonly (readonly number[])[];
  readonly errors: readonly string[];
}

export declare function readCorpus(): readonly CorpusNotebook[];
export declare function asNotebook(notebook: CorpusNotebook): NotebookJson;
export declare function labelled(notebook: CorpusNotebook, by: "works" | "strict"): string[];
export declare function foundBy(analysis: NotebookAnalysis): string[];
export declare function compare(found: readonly string[], wanted: readonly string[]): Agreement;
export declare function totals(
  agreements: readonly Agreement[],
): Record<"right" | "wrong" | "missed" | "precision" | "recall", number>;
export declare function runNotebooks(
  python: string,
  sources: readonly (readonly string[])[],
): Promise<readonly Run[]>;
export declare function compareWithRun(
  analysis: NotebookAnalysis,
  run: Run,
): Agreement & { readonly names: readonly string[] };
