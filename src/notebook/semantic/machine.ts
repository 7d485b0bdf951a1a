import type { NameRule } from "../generating-names.js";
import type { Argument, Call, Expression, Statement } from "./code-tree.js";
import { type CellJudgement, stronger, type Verdict } from "./judgement.js";
import type { Rule } from "./rule.js";
import type { FunctionValue, Scope, TypedValue, Value, Work } from "./value.js";

/** What differs between Python and script cells. */
export interface Dialect {
  /** The value of a name that is bound nowhere. */
  readonly free: (name: string) => Value;
  /** What calling an imported function or class does. */
  readonly functionRule: (path: string) => Rule | undefined;
  readonly methodRule: (type: TypedValue, name: string) => Rule | undefined;
  readonly attributeRule: (type: TypedValue, name: string) => Rule | undefined;
  /** The path by which the rules know a module or what is in one. */
  readonly canonical: (path: string) => string;
  /** The name rule of strict mode. */
  readonly nameRule: (name: string) => NameRule | undefined;
  /** Names of the user's: they count wherever the receiver is not known better. */
  readonly isAdded: (name: string) => boolean;
  readonly isRemoved: (name: string) => boolean;
  /** Whether conversions and iteration of lazy objects start work (`float(x)`, `if x`). */
  readonly converts: boolean;
  /** Name under which a method knows its object. */
  readonly constructorName: string;
}

/** The arguments of a call with their values. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Whether there may be more than is known. */
  readonly open: boolean;
  readonly written: readonly Argument[];
}

/** An activation: what runs, and whether work was started in it. */
export interface Frame {
  started: Work | undefined;
  readonly returned: Value[];
  /** Whether a `return` that is certain to be reached was passed. */
  ended: boolean;
}

/** What one analysis shares between its parts. */
export interface Machine {
  readonly dialect: Dialect;
  readonly text: () => string;
  readonly value: (expression: Expression, scope: Scope) => Value;
  readonly run: (statements: readonly Statement[], scope: Scope) => void;
  readonly assign: (target: Expression, value: Value, scope: Scope) => void;
  readonly iterate: (value: Value, source: Expression) => Value;
  readonly call: (
    fn: FunctionValue,
    args: Arguments,
  ) => { value: Value; started: Frame["started"] };
  /** Looks into a function that runs elsewhere: in a task, or as a callback. */
  readonly visit: (fn: Value, as: "task" | "callback") => void;
  /** Follows code whose work is not that of the code around it; says what it started. */
  readonly apart: (follow: () => void) => Work | undefined;
  readonly state: MachineState;
}

/** What changes while an analysis goes on. */
export interface MachineState {
  cell: number;
  frame: Frame;
  depth: number;
  /** Statements and calls that may still be evaluated in this cell. */
  budget: number;
  /** How many joblib backends of Dask are in force. */
  backends: number;
  readonly judgements: Map<number, CellJudgement>;
}

/** The judgement of the cell whose code is being evaluated. */
function current(state: MachineState): CellJudgement {
  let judgement = state.judgements.get(state.cell);
  if (judgement === undefined) {
    judgement = { calls: new Map(), triggers: new Map() };
    state.judgements.set(state.cell, judgement);
  }
  return judgement;
}

/** Notes what a call does, and that work starts here if it does. */
export function note({ state }: Machine, call: Call, verdict: Verdict): void {
  const { calls } = current(state);
  if (call.calleeEnd >= 0) {
    calls.set(call.calleeEnd, stronger(calls.get(call.calleeEnd), verdict));
  }
  if (verdict.status === "generating") start(state, verdict.reason, verdict.confidence);
}

/** Notes that work starts at a place without a call. */
export function noteTrigger(
  { state }: Machine,
  name: string,
  at: { readonly start: number; readonly end: number },
  verdict: Verdict,
  receiver?: { readonly start: number; readonly end: number },
): void {
  const key = `${at.start}:${at.end}:${name}`;
  const { triggers } = current(state);
  const before = triggers.get(key);
  triggers.set(key, {
    name,
    start: at.start,
    end: at.end,
    ...(receiver === undefined ? {} : { receiver: { start: receiver.start, end: receiver.end } }),
    verdict: stronger(before?.verdict, verdict),
  });
  start(state, verdict.reason, verdict.confidence);
}

function start(state: MachineState, reason: string, sure: number): void {
  const { frame } = state;
  if (frame.started === undefined || frame.started.sure < sure) frame.started = { reason, sure };
}
