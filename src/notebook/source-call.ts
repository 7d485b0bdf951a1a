import type { CallForm } from "./call-site.js";
import type { CellErrorReport } from "./cell-analysis.js";
import type { Statement } from "./semantic/code-tree.js";

/** What a call says about its `compute` argument; `text` is the expression as written. */
export type ComputeArgument =
  | { readonly kind: "absent" }
  | { readonly kind: "false" }
  | { readonly kind: "unknown"; readonly text: string };

/**
 * One call as a language front end found it, before any rule is applied. Offsets are UTF-16 code
 * units into the raw source.
 */
export interface SourceCall {
  /** The function's own name; for a subscripted callee its text, for example `fs[0]`. */
  readonly name: string;
  readonly form: CallForm;
  /** Text of what the function is taken from (`ds.mean()` in `ds.mean().compute()`). */
  readonly receiver?: string;
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Where the call stands in reading order: its name, or the base of a subscripted callee. */
  readonly anchor: number;
  /** Line on which the statement, or the header of the block statement, begins. */
  readonly statementLine: number;
  /** Dotted names of the functions and classes around it. */
  readonly enclosing?: string;
  readonly inLoop: boolean;
  readonly awaited: boolean;
  readonly compute: ComputeArgument;
}

/** A comment with its markers. */
export interface SourceComment {
  readonly start: number;
  readonly end: number;
}

/** What a language front end made of one cell. */
export interface SourceCell {
  /** The source with everything that is not the language blanked; same lines, same lengths. */
  readonly text: string;
  /** In reading order. */
  readonly calls: readonly SourceCall[];
  /** In source order. */
  readonly comments: readonly SourceComment[];
  /** Lines on which a statement begins. */
  readonly statementLines: ReadonlySet<number>;
  readonly errors: readonly CellErrorReport[];
  /** What semantic mode follows, where it was asked for. */
  readonly statements?: readonly Statement[];
  /** False when the front end could not look at the cell at all. */
  readonly searched: boolean;
}
