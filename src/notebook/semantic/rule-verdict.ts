import { shortText } from "../short-text.js";
import type { Argument, Expression } from "./code-tree.js";
import type { Verdict } from "./judgement.js";
import type { Arguments, Machine } from "./machine.js";
import type { Result, Rule } from "./rule.js";
import {
  isConcrete,
  laziness,
  memory,
  type TypedValue,
  truthOf,
  typed,
  unknown,
  type Value,
} from "./value.js";
import { wordsFor } from "./words.js";

/** What a rule makes of a call: what is said of it, and what it returns. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly value: Value;
}

/** A call that starts nothing and is none of Dask's. */
export function notATask(reason: string, confidence: number): Verdict {
  return { status: "not-a-task", reason, confidence };
}

/** Applies the rule of a method to a call of it on a receiver. */
export function applyMethodRule(
  machine: Machine,
  self: TypedValue,
  rule: Rule,
  args: Arguments,
): Outcome {
  const words = wordsFor(self);
  const { effect } = rule;
  const from = laziness(self) > 0 ? `computed ${words}` : words;
  const value = resultOf(rule.result, self, from, self.sure);
  if (effect === "consumes") {
    const outcome = applyConsumer(machine, rule, args, words, value);
    const dasks = self.type === "estimator" && outcome.verdict.status === "not-a-task";
    // An estimator of dask_ml given what is not known is given something lazy more often than not.
    return dasks && !allConcrete(args)
      ? { verdict: generating(`on:${words}`, 0.7 * self.sure), value }
      : outcome;
  }
  const started = effect === "none" ? "no" : condition(rule, args);
  if (started === "no") {
    const lazy = laziness(value) > 0;
    return {
      verdict: lazy
        ? { status: "lazy", reason: `builds:${wordsFor(value)}`, confidence: 0.9 * self.sure }
        : notATask(`receiver:${words}`, 0.9 * self.sure),
      value,
    };
  }
  const flag = effect === "unless" ? computeFlag(machine, args) : undefined;
  if (flag?.truth === false) {
    const kept = self.type === "bag" || self.type === "frame" ? self : typed("delayed", self.sure);
    return { verdict: { status: "lazy", reason: flag.reason, confidence: flag.sure }, value: kept };
  }
  const sure = self.sure * (started === "maybe" ? 0.6 : 0.98);
  if (flag !== undefined && flag.truth === undefined) {
    return { verdict: generating(flag.reason, 0.6 * self.sure), value };
  }
  return { verdict: generating(`on:${words}`, sure), value };
}

/** Applies the rule of a library's function to a call of it. */
export function applyFunctionRule(
  machine: Machine,
  path: string,
  sure: number,
  rule: Rule,
  args: Arguments,
): Outcome {
  const root = path.replace(/^(?:builtins|globals)\./, "").split(".", 1)[0] ?? path;
  const given = laziest(args);
  let value = resultOf(rule.result, given ?? unknown, root, sure);
  if (rule.result === "self" && given === undefined) value = fromNothingLazy(root, args);
  if (root === "xarray" && value.kind === "typed" && value.type === "array") {
    value = typed("xarray", value.sure);
  }
  if (rule.effect === "consumes") return applyConsumer(machine, rule, args, path, value);
  const started = rule.effect === "none" ? "no" : condition(rule, args);
  if (started === "no") {
    const lazy = laziness(value) > 0 || isDelayer(value);
    return {
      verdict: lazy
        ? { status: "lazy", reason: `builds:${wordsFor(value)}`, confidence: 0.9 * sure }
        : notATask(`callee:${path}`, 0.9 * sure),
      value,
    };
  }
  const flag = rule.effect === "unless" ? computeFlag(machine, args) : undefined;
  if (flag?.truth === false) {
    const verdict = { status: "lazy", reason: flag.reason, confidence: flag.sure } as const;
    return { verdict, value: typed("delayed", sure) };
  }
  if (flag !== undefined && flag.truth === undefined) {
    return { verdict: generating(flag.reason, 0.6 * sure), value };
  }
  return {
    verdict: generating(`callee:${path}`, sure * (started === "maybe" ? 0.6 : 0.95)),
    value,
  };
}

function applyConsumer(
  machine: Machine,
  rule: Rule,
  args: Arguments,
  words: string,
  value: Value,
): Outcome {
  const lazy = laziest(args);
  if (lazy !== undefined) {
    const flag = computeFlag(machine, args);
    if (flag?.truth === false) {
      return {
        verdict: { status: "lazy", reason: flag.reason, confidence: flag.sure },
        value: lazy,
      };
    }
    return { verdict: generating(`given:${wordsFor(lazy)}`, 0.95 * laziness(lazy)), value };
  }
  if (/^dask\./.test(words) && !allConcrete(args)) {
    return {
      verdict: generating(`callee:${words}`, 0.7),
      value: rule.result === "self" ? unknown : value,
    };
  }
  return { verdict: notATask("given:nothing-lazy", allConcrete(args) ? 0.95 : 0.6), value };
}

/** A call that starts work. */
export function generating(reason: string, confidence: number): Verdict {
  return { status: "generating", reason, confidence };
}

/** The laziest argument, looking into lists and dictionaries. */
export function laziest(args: Arguments): TypedValue | undefined {
  let found: TypedValue | undefined;
  const look = (value: Value, depth: number): void => {
    if (value.kind === "typed") {
      if (laziness(value) > (found === undefined ? 0 : found.sure)) found = value;
    } else if (depth < 3 && (value.kind === "sequence" || value.kind === "mapping")) {
      const items = value.kind === "sequence" ? (value.items ?? []) : value.entries.values();
      for (const item of items) look(item, depth + 1);
      look(value.common, depth + 1);
    }
  };
  for (const value of args.positional) look(value, 0);
  for (const value of args.named.values()) look(value, 0);
  return found;
}

function allConcrete(args: Arguments): boolean {
  return (
    !args.open && args.positional.every(isConcrete) && [...args.named.values()].every(isConcrete)
  );
}

function fromNothingLazy(root: string, args: Arguments): Value {
  if (root === "xarray") return typed("opened");
  return allConcrete(args) ? memory(root) : unknown;
}

function isDelayer(value: Value): boolean {
  return value.kind === "typed" && value.type === "delayer";
}

function resultOf(result: Result, self: Value, from: string, sure: number): Value {
  switch (result) {
    case "self":
      return self;
    case "unknown":
      return unknown;
    case "memory":
      // What comes out of an xarray object without Dask can be chunked.
      return self.kind === "typed" && self.type === "xarray"
        ? typed("opened", sure)
        : memory(from, sure);
    default:
      return typed(result, sure);
  }
}

/** Whether the argument that a rule depends on is such that the call starts work. */
function condition({ when, given }: Rule, args: Arguments): "yes" | "no" | "maybe" {
  if (given === true && laziest(args) === undefined) return "no";
  if (when === undefined) return "yes";
  const without = when.startsWith("!");
  const value = args.named.get(without ? when.slice(1) : when);
  if (value === undefined) return args.open ? "maybe" : without ? "yes" : "no";
  const truth = truthOf(value);
  if (without) return truth === false ? "yes" : "no";
  return truth === undefined ? "maybe" : truth ? "yes" : "no";
}

/** What a call says about its `compute` argument, after constants are followed. */
export function computeFlag(
  machine: Machine,
  args: Arguments,
):
  | { readonly truth: boolean | undefined; readonly reason: string; readonly sure: number }
  | undefined {
  const value = args.named.get("compute");
  if (value === undefined) {
    return args.open ? { truth: undefined, reason: "compute=**", sure: 0.5 } : undefined;
  }
  const source = writtenFlag(args.written);
  const text = machine.text();
  const written = source === undefined ? "" : shortText(text.slice(source.start, source.end), 40);
  const literal = source?.kind === "constant";
  const truth = truthOf(value);
  if (truth === undefined) return { truth, reason: `compute=${written}`, sure: 0.5 };
  const word = truth ? "True" : "False";
  return {
    truth,
    reason: literal ? `compute=${word}` : `compute=${written}→${word}`,
    sure: literal ? 1 : 0.9,
  };
}

/** The expression that gives `compute`: the argument, or what a mapping with it was spread from. */
function writtenFlag(written: readonly Argument[]): Expression | undefined {
  for (const { name, value, spread } of written.toReversed()) {
    if (name === "compute" || spread === "mapping") return value;
    if (value.kind !== "mapping" || name !== undefined) continue;
    const entry = value.entries.find(
      ({ key }) => key?.kind === "constant" && key.value === "compute",
    );
    if (entry !== undefined) return entry.value;
  }
  // In a script the options may be a name.
  return written.at(-1)?.value;
}
