import type { CellAnalysis } from "../cell-analysis.js";
import { createLineTable, type LineTable } from "../line-table.js";

/** One execution of a cell, as far as it is known by now. */
export interface CellRun {
  readonly number: number;
  readonly id: string | undefined;
  readonly count: number | undefined;
  readonly index: number | undefined;
  readonly sourceHash: string | undefined;
  /** The cell's text; empty when it is not known. */
  readonly source: string;
  /** What IPython made of it, when that is another text. */
  readonly code: string | undefined;
  readonly lines: LineTable;
  /** Where its text stands in that of the execution around it (`%%capture`). */
  readonly within: { readonly run: CellRun; readonly offset: number } | undefined;
  readonly language: string;
  readonly kernel: string | undefined;
  readonly notebook: string | undefined;
  /** Seconds since the epoch. */
  readonly start: number;
  end: number | undefined;
  status: string | undefined;
  /** Dropped for executions long past. */
  analysis: CellAnalysis | undefined;
}

/** What a {@link CellRun} begins with; the rest comes later or is worked out. */
export type NewCellRun = Omit<
  CellRun,
  "lines" | "within" | "end" | "status" | "analysis" | "language"
> & {
  readonly language: string | undefined;
  /** The execution inside which it took place. */
  readonly around: CellRun | undefined;
};

/** Makes the record of an execution. */
export function createCellRun({ around, language, ...facts }: NewCellRun): CellRun {
  return {
    ...facts,
    language: language ?? "python",
    lines: createLineTable(facts.source),
    within: around === undefined ? undefined : placeWithin(around, facts.source),
    end: undefined,
    status: undefined,
    analysis: undefined,
  };
}

/** The body of a cell magic is executed as a cell of its own; what `%run` executes is elsewhere. */
function placeWithin(run: CellRun, source: string): CellRun["within"] {
  const magic = /^\s*%%.*(?:\r\n|\r|\n|$)/.exec(run.source);
  if (magic === null || source === "") return undefined;
  const from = magic[0].length;
  const at = run.source.indexOf(source, from);
  // IPython ends what it executes with a line break that the cell need not have.
  const offset = at < 0 ? run.source.indexOf(source.replace(/\n$/, ""), from) : at;
  return offset < 0 ? undefined : { run, offset };
}
