import type { SourceSpan } from "./source-span.js";

/** How the called function is written. */
export type CallForm = "attribute" | "bare" | "subscript";

/**
 * What strict mode says about a call:
 * `generating`: its name is in the list; `tracked`: a track hint says that it creates tasks;
 * `ignored`: an ignore hint says that it does not; `lazy`: in the list, but called with a literal
 * `compute=False`; `not-a-task`: its name is not in the list.
 */
export type CallStatus = "generating" | "tracked" | "ignored" | "lazy" | "not-a-task";

/** One function call in a cell: one per place in the text, however often it runs. */
export interface CallSite {
  /** `CELL:LINE:COLUMN` of the name (of the base of a subscripted callee), unique in the notebook. */
  readonly id: string;
  /** The function's name without its receiver; for a subscripted callee its text (`fs[0]`). */
  readonly name: string;
  /**
   * `attribute`: `a.f()`; `bare`: `f()`; `subscript`: `fs[0]()`, which only a track hint can make
   * a generating call. Calls of a call's result (`f()()`) have no name and are not listed.
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
  /**
   * Why: `name-list`, `compute=False`, `compute=EXPRESSION` (counted, since its value is not
   * known), `hint:ignore`, `hint:track`, `hint:track-multiple` or `not-in-list`.
   */
  readonly reason: string;
  /** 1 when the source itself says so (a hint, a literal), 0.5 when only the name does. */
  readonly confidence: number;
  /** Line of the hint that decided. */
  readonly hintLine?: number;
}

/** Whether a call counts as one that creates tasks. */
export function isGenerating(site: CallSite): boolean {
  return site.status === "generating" || site.status === "tracked";
}
