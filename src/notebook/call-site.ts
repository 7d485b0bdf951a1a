import type { SourceSpan } from "./source-span.js";

/** How the called function is written; `implicit` is work without a call (semantic mode). */
export type CallForm = "attribute" | "bare" | "subscript" | "implicit";

/**
 * What is said about a call. `generating`: it starts tasks; `tracked`: a track hint says so;
 * `ignored`: an ignore hint says that it does not; `lazy`: it makes something whose work is done
 * later; `not-a-task`: it has nothing to do with tasks; `unknown` (semantic mode): what it is
 * called on, or given, is not known. Only the first two create tasks.
 */
export type CallStatus = "generating" | "tracked" | "ignored" | "lazy" | "not-a-task" | "unknown";

/** One function call in a cell: one per place in the text, however often it runs. */
export interface CallSite {
  /** `CELL:LINE:COLUMN` of the name (of the base of a subscripted callee), unique in the notebook. */
  readonly id: string;
  /** The function's name without its receiver; for a subscripted callee its text (`fs[0]`). */
  readonly name: string;
  /**
   * `attribute`: `a.f()`; `bare`: `f()`; `subscript`: `fs[0]()`, which only a track hint can make
   * a generating call; `implicit`: no call, but work starts here: `for x in bag` (`iteration`),
   * `if array.any()` (`truth`), `ds.t.values` (`values`). Calls of a call's result (`f()()`) have
   * no name and are not listed.
   */
  readonly form: CallForm;
  /** Text of what the function is taken from, on one line, at most 80 characters. */
  readonly receiver?: string;
  /** The whole call, receiver and arguments included. */
  readonly span: SourceSpan;
  /** The name alone: where an editor would put its cursor. */
  readonly nameSpan: SourceSpan;
  /** Dotted names of the functions and classes around the call, for example `Model.fit`. */
  readonly enclosing?: string;
  /** Whether it stands in a loop or comprehension of the same function. */
  readonly inLoop: boolean;
  /** Whether its result is awaited in place. */
  readonly awaited: boolean;
  readonly status: CallStatus;
  /** Why, as `KIND` or `KIND:DETAIL`; docs/notebooks.md lists them. */
  readonly reason: string;
  /** From 0 to 1: 1 when the source itself says so (a hint, a literal), 0.5 when a name does. */
  readonly confidence: number;
  /** Whether the call may start several batches of tasks (`# Jupyter:track-multiple`). */
  readonly batches?: "many";
  /** Line of the hint that decided. */
  readonly hintLine?: number;
}

/** Whether a call counts as one that creates tasks. */
export function isGenerating(site: CallSite): boolean {
  return site.status === "generating" || site.status === "tracked";
}
