import { evaluateBuiltin } from "./builtins.js";
import type { Call, Expression } from "./code-tree.js";
import { callContainer } from "./containers.js";
import type { Verdict } from "./judgement.js";
import { type Arguments, type Machine, note, noteTrigger } from "./machine.js";
import {
  applyFunctionRule,
  applyMethodRule,
  computeFlag,
  generating,
  laziest,
  notATask,
  type Outcome,
} from "./rule-verdict.js";
import {
  type ClassValue,
  laziness,
  many,
  memory,
  type Scope,
  typed,
  unknown,
  type Value,
} from "./value.js";
import { wordsFor } from "./words.js";

/** Evaluates a call: says whether it starts work, and what it returns. */
export function evaluateCall(machine: Machine, call: Call, scope: Scope): Value {
  const { callee } = call;
  const self = callee.kind === "attribute" ? machine.value(callee.object, scope) : undefined;
  const args = evaluateArguments(machine, call, scope);
  if (callee.kind === "attribute" && self !== undefined) {
    return callMethod(machine, call, self, callee.name, args, scope, callee.object);
  }
  const value = machine.value(callee, scope);
  return callValue(machine, call, value, args, callee.kind === "name" ? callee.name : "");
}

function evaluateArguments(machine: Machine, call: Call, scope: Scope): Arguments {
  const positional: Value[] = [];
  const named = new Map<string, Value>();
  let open = false;
  for (const argument of call.args) {
    const value = machine.value(argument.value, scope);
    if (argument.spread === "sequence") {
      if (value.kind === "sequence" && value.items !== undefined) positional.push(...value.items);
      else {
        positional.push(value.kind === "sequence" ? value.common : value);
        open = true;
      }
    } else if (argument.spread === "mapping") {
      if (value.kind === "mapping") {
        for (const [name, entry] of value.entries) named.set(name, entry);
        open ||= value.open;
      } else open = true;
    } else if (argument.name !== undefined) named.set(argument.name, value);
    else positional.push(value);
  }
  // In a script options are an object: the last argument.
  const last = positional.at(-1);
  if (!machine.dialect.converts && last?.kind === "mapping") {
    for (const [name, entry] of last.entries) named.set(name, entry);
    open ||= last.open;
  }
  return { positional, named, open, written: call.args };
}

function callMethod(
  machine: Machine,
  call: Call,
  self: Value,
  name: string,
  args: Arguments,
  scope: Scope,
  object: Expression,
): Value {
  const { dialect } = machine;
  if (dialect.isRemoved(name)) {
    note(machine, call, notATask("name-removed", 1));
    return unknown;
  }
  if (dialect.isAdded(name) && !(self.kind === "typed" && self.type === "memory")) {
    note(machine, call, generating("name-added", 0.9));
    return unknown;
  }
  switch (self.kind) {
    case "typed": {
      if (self.type === "delayer" && dialect.methodRule(self, name) === undefined) break;
      if (name === "pipe" && args.positional[0] !== undefined) {
        const [fn, ...rest] = args.positional;
        return callValue(machine, call, fn, { ...args, positional: [self, ...rest] }, name);
      }
      if (name === "get_client") {
        note(machine, call, notATask(`receiver:${wordsFor(self)}`, 0.9));
        return typed("client", self.sure);
      }
      const rule = dialect.methodRule(self, name);
      if (rule === undefined) break;
      const consumes = self.type === "memory" && !consumesIn(self.what ?? "", name);
      const applied = consumes ? { ...rule, effect: "none" as const } : rule;
      const outcome = learns(machine, self, name)
        ? { verdict: generating("joblib:dask", 0.85), value: self }
        : applyMethodRule(machine, self, applied, args);
      visitFunctions(
        machine,
        args,
        laziness(self) > 0 || self.type === "client" || self.type === "executor",
      );
      if (rule.inPlace === true) machine.assign(object, outcome.value, scope);
      note(machine, call, outcome.verdict);
      if (name === "get" && self.type === "client") return outcome.value;
      return refine(self, name, args, outcome);
    }
    case "imported": {
      const path = dialect.canonical(`${self.path}.${name}`);
      return callValue(machine, call, { kind: "imported", path, sure: self.sure }, args, name);
    }
    case "instance":
    case "class": {
      const member = memberOf(self, name);
      if (member === undefined) break;
      return callValue(machine, call, member, args, name);
    }
    case "sequence":
    case "mapping":
    case "constant": {
      const value = callContainer(machine, self, name, args);
      note(machine, call, notATask(`receiver:${wordsFor(self)}`, 0.95));
      return value;
    }
    default:
  }
  return callUnknown(machine, call, name, args, self);
}

/** Whether a method of something that is there already looks at what it is given. */
function consumesIn(what: string, name: string): boolean {
  if (
    /^(?:append|add|extend|insert|update|put|push|setdefault|join|index|count|remove)$/.test(name)
  ) {
    return false;
  }
  return /^(?:matplotlib|seaborn|sklearn|scipy|numpy|torch|tensorflow)/.test(what);
}

function learns(machine: Machine, self: Value, name: string): boolean {
  return (
    machine.state.backends > 0 &&
    self.kind === "typed" &&
    self.type === "learner" &&
    /^(?:fit|fit_predict|fit_transform|predict|score)$/.test(name)
  );
}

/** Results of methods that depend on more than the type. */
function refine(self: Value, name: string, args: Arguments, outcome: Outcome): Value {
  if (self.kind !== "typed") return outcome.value;
  if (self.type === "client") {
    if (name === "map") return many(typed("future"));
    if ((name === "compute" || name === "persist") && args.positional[0]?.kind === "sequence") {
      const item = name === "compute" ? typed("future") : args.positional[0].common;
      return many(item);
    }
    if (name === "persist") return args.positional[0] ?? unknown;
  }
  if (name === "to_delayed") return many(typed("delayed", self.sure));
  if (self.type === "xarray" && name === "to_dict") return memory("xarray");
  return outcome.value;
}

function memberOf(self: Value, name: string): Value | undefined {
  if (self.kind === "instance") {
    const own = self.fields.get(name) ?? memberOf(self.class, name);
    return own?.kind === "function" ? { ...own, self } : own;
  }
  if (self.kind !== "class") return undefined;
  const member = self.members.get(name);
  if (member !== undefined) return member;
  for (const base of self.bases) {
    const inherited = memberOf(base, name);
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}

/** Reads a member of an object of a class of the notebook. */
export const readMember: (self: Value, name: string) => Value | undefined = memberOf;

/** Calls a value that is not looked up on an object. */
function callValue(
  machine: Machine,
  call: Call,
  value: Value | undefined,
  args: Arguments,
  name: string,
): Value {
  const { dialect } = machine;
  if (dialect.isRemoved(name)) {
    note(machine, call, notATask("name-removed", 1));
    return unknown;
  }
  if (dialect.isAdded(name) && value?.kind !== "typed") {
    note(machine, call, generating("name-added", 0.9));
    return unknown;
  }
  switch (value?.kind) {
    case "function": {
      const { value: result, started } = machine.call(value, args);
      const own = value.definition.name;
      const called = own.startsWith("<") && name !== "" ? name : own;
      const verdict: Verdict =
        started === undefined
          ? laziness(result) > 0
            ? { status: "lazy", reason: `builds:${wordsFor(result)}`, confidence: 0.85 }
            : notATask(`calls:${called}`, 0.85)
          : generating(`calls:${called}`, 0.95 * started.sure);
      note(machine, call, verdict);
      return result;
    }
    case "class":
      return instantiate(machine, call, value, args);
    case "imported":
      return callImported(machine, call, value.path, value.sure, args, name);
    case "method": {
      if (value.self.kind === "typed") {
        const rule = dialect.methodRule(value.self, value.name);
        if (rule !== undefined) {
          const outcome = applyMethodRule(machine, value.self, rule, args);
          visitFunctions(machine, args, true);
          note(machine, call, outcome.verdict);
          return refine(value.self, value.name, args, outcome);
        }
      }
      return callUnknown(machine, call, name, args, unknown);
    }
    case "typed":
      return callTyped(machine, call, value, args);
    case "constant":
    case "sequence":
    case "mapping":
      note(machine, call, notATask(`callee:${wordsFor(value)}`, 0.8));
      return unknown;
    default:
      return callUnknown(machine, call, name, args, undefined);
  }
}

function callTyped(
  machine: Machine,
  call: Call,
  value: Extract<Value, { kind: "typed" }>,
  args: Arguments,
): Value {
  if (value.type === "delayer" || value.type === "delayed") {
    const sure = 0.95 * value.sure;
    visitFunctions(machine, args, true);
    note(machine, call, { status: "lazy", reason: "builds:delayed", confidence: sure });
    return typed("delayed", value.sure);
  }
  if (value.type === "xplot") {
    note(machine, call, generating("on:xarray on dask", 0.95 * value.sure));
    return memory("matplotlib");
  }
  if (value.type === "parallel") {
    if (machine.state.backends > 0) {
      const verdict = generating("joblib:dask", 0.8);
      noteTrigger(machine, "Parallel", call, verdict);
    }
    return memory("joblib");
  }
  note(machine, call, notATask(`callee:${wordsFor(value)}`, 0.6));
  return value.type === "memory" ? memory(value.what ?? "values") : unknown;
}

function callImported(
  machine: Machine,
  call: Call,
  path: string,
  sure: number,
  args: Arguments,
  name: string,
): Value {
  const { dialect } = machine;
  const special = evaluateBuiltin(machine, path, args, call);
  if (special !== undefined) {
    note(machine, call, special.verdict);
    return special.value;
  }
  const rule = dialect.functionRule(path);
  if (rule === undefined) return callUnknown(machine, call, name, args, undefined, path);
  const outcome = applyFunctionRule(machine, path, sure, rule, args);
  visitFunctions(machine, args, /^dask\b|^taskprov\b/.test(path));
  note(machine, call, outcome.verdict);
  return outcome.value;
}

function instantiate(machine: Machine, call: Call, type: ClassValue, args: Arguments): Value {
  const instance: Value = { kind: "instance", class: type, fields: new Map() };
  const maker = memberOf(instance, machine.dialect.constructorName);
  const started = maker?.kind === "function" ? machine.call(maker, args).started : undefined;
  note(
    machine,
    call,
    started === undefined
      ? notATask(`callee:${type.name}`, 0.85)
      : generating(`calls:${type.name}`, 0.95 * started.sure),
  );
  return instance;
}

/** Names of which nothing can be said where the receiver is not known. */
const ambiguous: ReadonlySet<string> = new Set(["get", "load", "plot", "hvplot", "store"]);
/** Names that start work on some lazy types, and mean nothing on others. */
const suspicious: ReadonlySet<string> = new Set(["head", "tail", "take", "to_parquet", "to_csv"]);

/** A call of something of which nothing is known: by its name, as strict mode does. */
function callUnknown(
  machine: Machine,
  call: Call,
  name: string,
  args: Arguments,
  self: Value | undefined,
  path?: string,
): Value {
  visitFunctions(machine, args, false);
  note(machine, call, verdictByName(machine, name, args, self, path));
  return unknown;
}

function verdictByName(
  machine: Machine,
  name: string,
  args: Arguments,
  self: Value | undefined,
  path: string | undefined,
): Verdict {
  const rule = machine.dialect.nameRule(name);
  if (rule === undefined) {
    const lazy = laziest(args);
    if (lazy !== undefined)
      return { status: "unknown", reason: `given:${wordsFor(lazy)}`, confidence: 0.4 };
    if (suspicious.has(name))
      return { status: "unknown", reason: "unknown-receiver", confidence: 0.3 };
    return notATask("not-in-list", 0.6);
  }
  if (path !== undefined) return { status: "unknown", reason: `callee:${path}`, confidence: 0.4 };
  if (rule === "unless-compute-false") {
    const flag = computeFlag(machine, args);
    if (flag?.truth === false)
      return { status: "lazy", reason: flag.reason, confidence: flag.sure };
    if (flag !== undefined) return generating(flag.reason, 0.6);
    return generating("name-list", 0.6);
  }
  if (name === "load" && self !== undefined && args.positional.length === 0) {
    return generating("name-list", 0.5);
  }
  if (name === "apply_ufunc")
    return { status: "lazy", reason: "builds:xarray on dask", confidence: 0.7 };
  if (name === "fire_and_forget" || name === "fireAndForget")
    return notATask("callee:fire_and_forget", 0.9);
  if (ambiguous.has(name))
    return { status: "unknown", reason: "unknown-receiver", confidence: 0.35 };
  return generating("name-list", 0.6);
}

/** Functions given to a call run elsewhere: in a task, or when the library likes. */
function visitFunctions(machine: Machine, args: Arguments, asTask: boolean): void {
  for (const value of [...args.positional, ...args.named.values()]) {
    if (value.kind === "function") machine.visit(value, asTask ? "task" : "callback");
  }
}
