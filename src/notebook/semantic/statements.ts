import type { FunctionDefinition, Statement } from "./code-tree.js";
import { elementOf, tested } from "./expressions.js";
import type { Machine } from "./machine.js";
import { bind, branch, createScope, lookUp, tryOut, unbind } from "./scope.js";
import { join, type Scope, truthOf, typed, unknown, type Value } from "./value.js";

/** Runs statements in order. */
export function runStatements(
  machine: Machine,
  statements: readonly Statement[],
  scope: Scope,
): void {
  const { state } = machine;
  for (const [at, statement] of statements.entries()) {
    state.budget -= 1;
    if (state.budget < 0) return;
    if (state.frame.ended) {
      // Never reached as things are; looked at all the same.
      followUnreached(machine, statements.slice(at), scope);
      return;
    }
    runStatement(machine, statement, scope);
  }
}

/** Follows code that is not reached as long as the notebook's constants are what they are. */
function followUnreached(machine: Machine, body: readonly Statement[], scope: Scope): void {
  tryOut(scope, () => {
    machine.apart(() => machine.run(body, scope));
  });
}

function runStatement(machine: Machine, node: Statement, scope: Scope): void {
  switch (node.kind) {
    case "expression":
      machine.value(node.value, scope);
      return;
    case "assign": {
      const declared =
        node.type === undefined ? undefined : declaredType(machine, node.type, scope);
      const value = node.value === undefined ? undefined : machine.value(node.value, scope);
      if (value === undefined && declared === undefined) return;
      const known = value === undefined || value.kind === "unknown" ? (declared ?? unknown) : value;
      for (const target of node.targets) machine.assign(target, known, scope);
      return;
    }
    case "augment": {
      const left = machine.value(node.target, scope);
      const right = machine.value(node.value, scope);
      machine.assign(
        node.target,
        left.kind === "constant" && right.kind === "constant" ? unknown : join(left, right),
        scope,
      );
      return;
    }
    case "define":
      bind(scope, node.definition.name, decorated(machine, node.definition, scope));
      return;
    case "class": {
      const inner = createScope(scope);
      const bases = node.bases.map((base) => machine.value(base, scope));
      machine.run(node.body, inner);
      bind(scope, node.name, { kind: "class", name: node.name, members: inner.names, bases });
      return;
    }
    case "if":
      runIf(machine, node, scope);
      return;
    case "while":
      tested(machine, node.test, scope);
      branch(scope, [() => {}, () => machine.run(node.body, scope)]);
      return;
    case "for": {
      const source = machine.value(node.source, scope);
      const element = elementOf(machine, source, node.source);
      branch(scope, [
        () => {},
        () => {
          machine.assign(node.target, element, scope);
          machine.run(node.body, scope);
        },
      ]);
      return;
    }
    case "with":
      runWith(machine, node, scope);
      return;
    case "ways":
      branch(
        scope,
        node.ways.map((way) => () => machine.run(way, scope)),
      );
      return;
    case "block":
      machine.run(node.body, scope);
      return;
    case "return":
      machine.state.frame.returned.push(
        node.value === undefined
          ? { kind: "constant", value: null }
          : machine.value(node.value, scope),
      );
      return;
    case "import":
      for (const { local, path } of node.names) {
        const full = machine.dialect.canonical(path);
        bind(scope, local, { kind: "imported", path: full, sure: 1 });
      }
      return;
    case "import-all":
      scope.everything.push(node.path);
      return;
    case "delete":
      for (const target of node.targets) {
        if (target.kind === "name") unbind(scope, target.name);
      }
      return;
    case "global":
      for (const name of node.names) scope.global.add(name);
      return;
    default:
  }
}

function runIf(machine: Machine, node: Extract<Statement, { kind: "if" }>, scope: Scope): void {
  const truth = truthOf(tested(machine, node.test, scope));
  if (truth === undefined) {
    branch(scope, [() => machine.run(node.yes, scope), () => machine.run(node.no, scope)]);
    return;
  }
  // The other way is looked at as well, since a notebook's flags are there to be changed.
  followUnreached(machine, truth ? node.no : node.yes, scope);
  const { frame } = machine.state;
  const live = truth ? node.yes : node.no;
  machine.run(live, scope);
  if (live.at(-1)?.kind === "return") frame.ended = true;
}

function runWith(machine: Machine, node: Extract<Statement, { kind: "with" }>, scope: Scope): void {
  let backends = 0;
  for (const { value, target } of node.items) {
    const entered = machine.value(value, scope);
    if (value.kind === "call" && namesDaskBackend(machine, value, scope)) backends += 1;
    if (target !== undefined) machine.assign(target, entered, scope);
  }
  machine.state.backends += backends;
  machine.run(node.body, scope);
  machine.state.backends -= backends;
}

/** `joblib.parallel_backend("dask")` and `joblib.parallel_config(backend="dask")`. */
function namesDaskBackend(
  machine: Machine,
  call: Extract<Statement, { kind: "with" }>["items"][number]["value"],
  scope: Scope,
): boolean {
  if (call.kind !== "call") return false;
  const callee = machine.value(call.callee, scope);
  if (callee.kind !== "imported" || !/^joblib\.parallel_(?:backend|config)$/.test(callee.path)) {
    return false;
  }
  return call.args.some(({ value }) => value.kind === "constant" && value.value === "dask");
}

function decorated(machine: Machine, definition: FunctionDefinition, scope: Scope): Value {
  let value: Value = { kind: "function", definition, scope, cell: machine.state.cell };
  for (const parameter of definition.parameters) {
    if (parameter.fallback !== undefined) machine.value(parameter.fallback, scope);
  }
  for (const decorator of definition.decorators.toReversed()) {
    const decorating = machine.value(decorator, scope);
    if (decorating.kind === "imported" && /^dask\.delayed(?:\.delayed)?$/.test(decorating.path)) {
      machine.visit(value, "task");
      value = typed("delayer", decorating.sure);
    } else if (wraps(decorating)) {
      machine.visit(value, "callback");
      value = unknown;
    }
  }
  return value;
}

/** Whether what a decorator makes of a function may do something else than the function. */
function wraps(decorator: Value): boolean {
  if (decorator.kind === "typed")
    return decorator.type === "memory" && compilers.test(decorator.what ?? "");
  return decorator.kind === "imported" && compilers.test(decorator.path);
}

/** Libraries whose decorators compile a function or make a task of it. */
const compilers = /^(?:numba|jax|torch|tensorflow|prefect|coiled|cupy|parsl|ray|luigi|airflow)\b/;

/** The type an annotation names: `client: Client`, `ds: xr.Dataset`. */
export function declaredType(
  machine: Machine,
  node: Extract<Statement, { kind: "assign" }>["targets"][number],
  scope: Scope,
): Value | undefined {
  if (node.kind !== "name" && node.kind !== "attribute") return undefined;
  if (node.kind === "name" && lookUp(scope, node.name) === undefined) return undefined;
  const named = machine.value(node, scope);
  if (named.kind === "class") return { kind: "instance", class: named, fields: new Map() };
  if (named.kind !== "imported") return undefined;
  if (/^xarray\./.test(named.path)) return undefined;
  const dasks: Readonly<Record<string, Value>> = {
    "dask.array.Array": typed("array"),
    "dask.dataframe.DataFrame": typed("frame"),
    "dask.dataframe.Series": typed("series"),
    "dask.bag.Bag": typed("bag"),
    "dask.delayed.Delayed": typed("delayed"),
  };
  if (Object.hasOwn(dasks, named.path)) return dasks[named.path];
  const rule = machine.dialect.functionRule(named.path);
  return rule === undefined ||
    rule.result === "self" ||
    rule.result === "unknown" ||
    rule.result === "memory"
    ? undefined
    : typed(rule.result, 0.9 * named.sure);
}
