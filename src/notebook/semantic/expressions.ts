import { convertsToNumber, itemOf, iterationRuns } from "./builtins.js";
import { evaluateCall, readMember } from "./call-rules.js";
import type { Comprehension, Expression } from "./code-tree.js";
import { type Machine, noteTrigger } from "./machine.js";
import { generating } from "./rule-verdict.js";
import { bind, createScope, lookUp } from "./scope.js";
import {
  constant,
  join,
  joinAll,
  laziness,
  many,
  memory,
  type Scope,
  sequence,
  type TypedValue,
  truthOf,
  typed,
  unknown,
  type Value,
} from "./value.js";
import { wordsFor } from "./words.js";

/** Evaluates an expression, noting every call in it. */
export function evaluate(machine: Machine, node: Expression, scope: Scope): Value {
  const value = (each: Expression): Value => machine.value(each, scope);
  switch (node.kind) {
    case "constant":
      return constant(node.value);
    case "name":
      return nameValue(machine, node.name, scope);
    case "attribute":
      return attribute(machine, node, value(node.object));
    case "call":
      return evaluateCall(machine, node, scope);
    case "index":
      return indexed(value(node.object), node.indices, value);
    case "sequence":
      return evaluateSequence(node.items, value);
    case "mapping":
      return evaluateMapping(node.entries, value);
    case "star":
      return value(node.value);
    case "function":
      return { kind: "function", definition: node.definition, scope, cell: machine.state.cell };
    case "comprehension":
      return comprehension(machine, node, scope);
    case "binary":
      return binary(node.operator, value(node.left), value(node.right));
    case "logic": {
      const values = node.items.map((item, at) =>
        at < node.items.length - 1 ? tested(machine, item, scope) : value(item),
      );
      return logic(node.operator, values);
    }
    case "not": {
      const truth = truthOf(tested(machine, node.value, scope));
      return truth === undefined ? memory("truth") : constant(!truth);
    }
    case "choice": {
      const truth = truthOf(tested(machine, node.test, scope));
      if (truth === undefined) return join(value(node.yes), value(node.no));
      machine.apart(() => value(truth ? node.no : node.yes));
      return value(truth ? node.yes : node.no);
    }
    case "await": {
      const awaited = value(node.value);
      return awaited.kind === "typed" && awaited.type === "future" ? memory("future") : awaited;
    }
    case "assignment": {
      const assigned = value(node.value);
      machine.assign(node.target, assigned, scope);
      return assigned;
    }
    case "text":
      for (const part of node.parts) value(part.value);
      return memory("text");
    case "other":
      for (const part of node.parts) value(part);
      return unknown;
    default:
      return unknown;
  }
}

/** Evaluates what is tested for truth, which is work for some lazy objects. */
export function tested(machine: Machine, node: Expression, scope: Scope): Value {
  const value = machine.value(node, scope);
  if (machine.dialect.converts && convertsToNumber(value)) {
    const verdict = generating(`truth:${wordsFor(value)}`, 0.9 * value.sure);
    noteTrigger(machine, "truth", node, verdict);
    return memory("truth");
  }
  return value;
}

/** The element that iterating over a value yields, noting the work that may be. */
export function elementOf(machine: Machine, value: Value, source: Expression): Value {
  if (machine.dialect.converts && iterationRuns(value)) {
    const verdict = generating(`iteration:${wordsFor(value)}`, 0.9 * value.sure);
    noteTrigger(machine, "iteration", source, verdict);
    return memory("item");
  }
  switch (value.kind) {
    case "sequence":
      if (value.work !== undefined) {
        noteTrigger(
          machine,
          "iteration",
          source,
          generating("iteration:generator", value.work.sure),
        );
      }
      return value.common;
    case "typed":
      if (value.type === "xgroups") return sequence([memory("label"), typed("xarray", value.sure)]);
      if (value.type === "frame") return memory("names");
      return value.type === "client" ? unknown : value;
    case "mapping":
    case "constant":
      return memory("item");
    default:
      return unknown;
  }
}

function nameValue(machine: Machine, name: string, scope: Scope): Value {
  const bound = lookUp(scope, name);
  if (bound !== undefined) return bound;
  for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
    for (const path of each.everything.toReversed()) {
      const full = machine.dialect.canonical(`${path}.${name}`);
      if (isExported(path, name)) return { kind: "imported", path: full, sure: 0.9 };
    }
  }
  return machine.dialect.free(name);
}

/** What `from MODULE import *` brings, for the modules with which notebooks do so. */
function isExported(path: string, name: string): boolean {
  if (/^(?:dask\.)?distributed$/.test(path)) {
    return /^(?:Client|LocalCluster|wait|progress|as_completed|fire_and_forget|get_client|worker_client|Future|Variable|Queue|Lock)$/.test(
      name,
    );
  }
  if (path === "dask") return /^(?:delayed|compute|persist|visualize|optimize)$/.test(name);
  if (path === "taskprov")
    return /^(?:Client|LocalCluster|delayed|getClient|ProvTracker)$/.test(name);
  return false;
}

/** Names that coordinates of xarray objects have as a rule; those are never lazy. */
const coordinates =
  /^(?:time|lat|lon|latitude|longitude|x|y|z|level|lev|plev|depth|month|year|season|member|ensemble|member_id|band|station|step|height|dayofyear)$/;

function attribute(
  machine: Machine,
  node: Extract<Expression, { kind: "attribute" }>,
  self: Value,
): Value {
  const { name } = node;
  switch (self.kind) {
    case "imported": {
      const path = machine.dialect.canonical(`${self.path}.${name}`);
      return { kind: "imported", path, sure: self.sure };
    }
    case "instance":
    case "class":
      return readMember(self, name) ?? unknown;
    case "mapping":
      return self.entries.get(name) ?? unknown;
    case "typed":
      return typedAttribute(machine, node, self);
    case "sequence":
      return name === "length" ? memory("number") : unknown;
    default:
      return unknown;
  }
}

function typedAttribute(
  machine: Machine,
  node: Extract<Expression, { kind: "attribute" }>,
  self: TypedValue,
): Value {
  const { name } = node;
  const shaped = (self.type === "frame" || self.type === "series") && name === "shape";
  if (shaped) return sequence([typed("scalar", self.sure), memory("number")]);
  const rule = machine.dialect.attributeRule(self, name);
  if (rule !== undefined) {
    if (rule.effect === "runs") {
      const verdict = generating(`on:${wordsFor(self)}`, 0.95 * self.sure);
      const at = { start: node.end - name.length, end: node.end };
      noteTrigger(machine, name, { start: node.start, end: at.end }, verdict, node.object);
    }
    return rule.result === "memory" || rule.result === "unknown"
      ? memory(rule.effect === "runs" ? `computed ${wordsFor(self)}` : wordsFor(self), self.sure)
      : rule.result === "self"
        ? self
        : typed(rule.result, self.sure);
  }
  if (self.type === "frame") return typed("series", self.sure);
  if (self.type === "xarray" && coordinates.test(name)) return typed("opened", 0.9 * self.sure);
  const method = machine.dialect.methodRule(self, name);
  // A method that is taken but not called: `go = client.submit`.
  if (method !== undefined && (self.type === "client" || method.effect === "runs")) {
    return { kind: "method", self, name };
  }
  return laziness(self) > 0 || self.type === "opened" || self.type === "memory" ? self : unknown;
}

function indexed(
  self: Value,
  indices: readonly Expression[],
  value: (node: Expression) => Value,
): Value {
  const [index] = indices.map(value);
  const at = index?.kind === "constant" ? index.value : undefined;
  switch (self.kind) {
    case "sequence":
      return (typeof at === "number" ? self.items?.at(at) : undefined) ?? sliced(self, indices);
    case "mapping":
      return (at === undefined ? undefined : self.entries.get(String(at))) ?? self.common;
    case "typed":
      if (self.type === "frame" && typeof at === "string") return typed("series", self.sure);
      if (self.type === "xarray" && typeof at === "string" && coordinates.test(at)) {
        return typed("opened", 0.9 * self.sure);
      }
      return self;
    default:
      return unknown;
  }
}

/** A slice of a list is a list; anything else an item of it. */
function sliced(self: Extract<Value, { kind: "sequence" }>, [index]: readonly Expression[]): Value {
  return index?.kind === "other" ? many(self.common) : self.common;
}

function evaluateSequence(items: readonly Expression[], value: (node: Expression) => Value): Value {
  const values: Value[] = [];
  let open = false;
  for (const item of items) {
    const each = value(item);
    if (item.kind !== "star") values.push(each);
    else {
      if (each.kind === "sequence" && each.items !== undefined) values.push(...each.items);
      else values.push(each.kind === "sequence" ? each.common : each);
      open ||= each.kind !== "sequence" || each.items === undefined;
    }
  }
  return open ? many(joinAll(values)) : sequence(values);
}

function evaluateMapping(
  entries: Extract<Expression, { kind: "mapping" }>["entries"],
  value: (node: Expression) => Value,
): Value {
  const known = new Map<string, Value>();
  const others: Value[] = [];
  let open = false;
  for (const entry of entries) {
    const each = value(entry.value);
    if (entry.key === undefined) {
      if (each.kind === "mapping") {
        for (const [key, inner] of each.entries) known.set(key, inner);
        open ||= each.open;
      } else open = true;
      continue;
    }
    const key = value(entry.key);
    if (key.kind === "constant") known.set(String(key.value), each);
    else {
      others.push(each);
      open = true;
    }
  }
  const all = [...known.values(), ...others];
  return {
    kind: "mapping",
    entries: known,
    open,
    common: all.length === 0 ? unknown : joinAll(all),
  };
}

function comprehension(machine: Machine, node: Comprehension, outer: Scope): Value {
  const scope = createScope(outer);
  let values: Value[] = [];
  const follow = (): void => {
    for (const [at, clause] of node.clauses.entries()) {
      // The first source is evaluated where the comprehension stands, the rest for each item.
      const source = at === 0 ? first : machine.value(clause.source, scope);
      machine.assign(clause.target, elementOf(machine, source, clause.source), scope);
      for (const test of clause.tests) tested(machine, test, scope);
    }
    values = node.elements.map((element) => machine.value(element, scope));
  };
  const [clause] = node.clauses;
  const first = clause === undefined ? unknown : machine.value(clause.source, outer);
  if (node.of === "generator") {
    const work = machine.apart(follow);
    return { ...many(values[0] ?? unknown), work };
  }
  follow();
  if (node.of === "mapping") {
    return { kind: "mapping", entries: new Map(), open: true, common: values[1] ?? unknown };
  }
  return many(values[0] ?? unknown);
}

const byStrength: readonly TypedValue["type"][] = [
  "xarray",
  "xgroups",
  "frame",
  "series",
  "scalar",
  "array",
  "delayed",
  "item",
  "bag",
  "groups",
];

function binary(operator: string, left: Value, right: Value): Value {
  if (left.kind === "constant" && right.kind === "constant") {
    if (operator === "==" || operator === "is") return constant(left.value === right.value);
    if (operator === "!=" || operator === "is not") return constant(left.value !== right.value);
    return memory("number");
  }
  if (operator === "is" || operator === "is not") return unknown;
  if (left.kind === "mapping" && right.kind === "mapping" && operator === "|") {
    return {
      kind: "mapping",
      entries: new Map([...left.entries, ...right.entries]),
      open: left.open || right.open,
      common: join(left.common, right.common),
    };
  }
  if (left.kind === "sequence" && operator === "+" && right.kind === "sequence") {
    return many(join(left.common, right.common));
  }
  if (operator === "in" || operator === "not in") return memory("truth");
  const lazy = [left, right].filter(
    (each): each is TypedValue => each.kind === "typed" && laziness(each) > 0,
  );
  for (const type of byStrength) {
    const found = lazy.find((each) => each.type === type);
    if (found !== undefined) return type === "xgroups" ? typed("xarray", found.sure) : found;
  }
  const opened = [left, right].find((each) => each.kind === "typed" && each.type === "opened");
  if (opened !== undefined) return opened;
  return left.kind === "unknown" || right.kind === "unknown" ? unknown : memory("values", 0.9);
}

function logic(operator: "and" | "or", values: readonly Value[]): Value {
  const last = values.at(-1) ?? unknown;
  for (const value of values.slice(0, -1)) {
    const truth = truthOf(value);
    if (truth === undefined) return joinAll(values);
    if (truth === (operator === "or")) return value;
  }
  return last;
}

/** Binds the names of a target to the parts of a value. */
export function assignTo(machine: Machine, target: Expression, value: Value, scope: Scope): void {
  switch (target.kind) {
    case "name":
      bind(scope, target.name, value);
      return;
    case "sequence":
      target.items.forEach((item, at) => {
        assignTo(
          machine,
          item,
          item.kind === "star" ? many(partOf(value, at)) : partOf(value, at),
          scope,
        );
      });
      return;
    case "star":
      assignTo(machine, target.value, value, scope);
      return;
    case "mapping":
      for (const { key, value: inner } of target.entries) {
        const name = key?.kind === "constant" ? String(key.value) : undefined;
        const part =
          value.kind === "mapping" && name !== undefined ? value.entries.get(name) : undefined;
        assignTo(machine, inner, part ?? unknown, scope);
      }
      return;
    case "attribute": {
      const object = machine.value(target.object, scope);
      if (object.kind === "instance") object.fields.set(target.name, value);
      return;
    }
    case "index": {
      const object = machine.value(target.object, scope);
      const [index] = target.indices.map((each) => machine.value(each, scope));
      assignItem(machine, target, object, index, value, scope);
      return;
    }
    default:
  }
}

function assignItem(
  machine: Machine,
  target: Extract<Expression, { kind: "index" }>,
  object: Value,
  index: Value | undefined,
  value: Value,
  scope: Scope,
): void {
  if (object.kind === "mapping") {
    object.common = object.entries.size === 0 && !object.open ? value : join(object.common, value);
    if (index?.kind === "constant") object.entries.set(String(index.value), value);
    else object.open = true;
  } else if (object.kind === "sequence") {
    object.common = object.items?.length === 0 ? value : join(object.common, value);
    object.items = undefined;
  } else if (object.kind === "typed" && object.type === "memory" && object.what === "numpy") {
    if (value.kind === "typed" && (value.type === "array" || value.type === "xarray")) {
      const verdict = generating(`given:${wordsFor(value)}`, 0.9 * value.sure);
      noteTrigger(machine, "assignment", target, verdict, target.object);
    }
  } else if (object.kind === "typed" && object.type === "opened" && laziness(value) > 0) {
    // A lazy variable put into a dataset makes it one with something lazy in it.
    assignTo(machine, target.object, typed("xarray", 0.8 * laziness(value)), scope);
  }
}

function partOf(value: Value, at: number): Value {
  const item = itemOf(value, at);
  if (item !== undefined) return item;
  if (value.kind !== "typed") return unknown;
  if (value.type === "memory") return value;
  return value.type === "client" ? unknown : value;
}
