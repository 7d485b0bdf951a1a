import type { TypeName } from "./value.js";

/**
 * What a call does. `runs`: starts work at once. `unless`: does unless `compute=False`.
 * `consumes`: starts work when it is given something lazy, unless `compute=False`. `none`: starts
 * nothing.
 */
export type Effect = "runs" | "unless" | "consumes" | "none";

/** What a call returns: a type, or `self` (what it was called on, or given). */
export type Result = TypeName | "self" | "unknown";

/** What is known of a function or method. */
export interface Rule {
  readonly effect: Effect;
  readonly result: Result;
  /** An argument without which nothing runs, or, with `!` before it, with which nothing does. */
  readonly when?: string;
  /** Something lazy must be among the arguments, too. */
  readonly given?: boolean;
  /** The call turns its receiver into something that is there already (`ds.load()`). */
  readonly inPlace?: boolean;
}

type Row = readonly [names: string, effect: Effect, result: Result, more?: Partial<Rule>];

/** Makes a table of rules by name; a row may be for several names. */
export function rules(rows: readonly Row[]): ReadonlyMap<string, Rule> {
  return new Map(
    rows.flatMap(([names, effect, result, more]) =>
      names.split(" ").map((name): [string, Rule] => [name, { effect, result, ...more }]),
    ),
  );
}
