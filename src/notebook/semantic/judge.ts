import type { CellLanguage } from "../cell-analysis.js";
import type { GeneratingNames } from "../generating-names.js";
import type { Expression, FunctionDefinition, Statement } from "./code-tree.js";
import { pythonDialect, scriptDialect } from "./dialects.js";
import { assignTo, elementOf, evaluate } from "./expressions.js";
import type { CellJudgement } from "./judgement.js";
import type { Arguments, Dialect, Frame, Machine, MachineState } from "./machine.js";
import { createScope } from "./scope.js";
import { declaredType, runStatements } from "./statements.js";
import {
  constant,
  type FunctionValue,
  joinAll,
  many,
  memory,
  type Scope,
  shapeOf,
  unknown,
  type Value,
  type Work,
} from "./value.js";

/** Follows the cells of a notebook in order and says of each call whether it starts work. */
export interface Judge {
  /** Follows one cell; `index` names it in the judgements. */
  readonly follow: (index: number, statements: readonly Statement[], text: string) => void;
  /** Looks into the functions that no cell called. */
  readonly finish: () => void;
  /** What is known of a cell; later cells may add to it by calling its functions. */
  readonly judgementOf: (index: number) => CellJudgement | undefined;
}

/** Statements evaluated for one cell at most, functions called included. */
const budgetPerCell = 20_000;
/** How deep calls of the notebook's own functions are followed. */
const maxCalls = 8;
/** How deep expressions are followed. */
const maxDepth = 400;

/** Makes a judge for the cells of one language. */
export function createJudge(language: CellLanguage, names: GeneratingNames): Judge {
  const dialect = language === "python" ? pythonDialect(names) : scriptDialect(names);
  return createMachine(dialect);
}

function createMachine(dialect: Dialect): Judge {
  const module = createScope();
  const texts = new Map<number, string>();
  const seen = new Set<FunctionDefinition>();
  const defined = new Map<FunctionDefinition, FunctionValue>();
  const active = new Set<FunctionDefinition>();
  const known = new Map<string, { value: Value; started: Frame["started"] }>();
  const state: MachineState = {
    cell: 0,
    frame: newFrame(),
    depth: 0,
    budget: budgetPerCell,
    backends: 0,
    judgements: new Map(),
  };

  const machine: Machine = {
    dialect,
    state,
    text: () => texts.get(state.cell) ?? "",
    value: (node: Expression, scope: Scope): Value => {
      if (state.depth > maxDepth) return unknown;
      state.depth += 1;
      try {
        const value = evaluate(machine, node, scope);
        if (value.kind === "function" && !seen.has(value.definition)) remember(value);
        return value;
      } finally {
        state.depth -= 1;
      }
    },
    run: (statements, scope) => {
      if (state.depth > maxDepth) return;
      state.depth += 1;
      for (const each of statements) {
        if (each.kind === "define") {
          remember({ kind: "function", definition: each.definition, scope, cell: state.cell });
        }
      }
      runStatements(machine, statements, scope);
      state.depth -= 1;
    },
    assign: (target, value, scope) => assignTo(machine, target, value, scope),
    iterate: (value, source) => elementOf(machine, value, source),
    call: (fn, args) => callFunction(fn, args),
    apart,
    visit: (fn, as) => {
      if (fn.kind !== "function") return;
      const given = as === "task" ? memory("task argument") : unknown;
      inBackground(() => callFunction(fn, allArguments(fn, given)));
    },
  };

  function remember(fn: FunctionValue): void {
    if (!defined.has(fn.definition)) defined.set(fn.definition, fn);
  }

  function apart(follow: () => void): Work | undefined {
    const { frame } = state;
    const own = newFrame();
    state.frame = own;
    follow();
    state.frame = frame;
    return own.started;
  }

  /** What runs elsewhere has no part in the backends that are in force here. */
  function inBackground(follow: () => void): void {
    const { backends } = state;
    state.backends = 0;
    apart(follow);
    state.backends = backends;
  }

  function callFunction(
    fn: FunctionValue,
    args: Arguments,
  ): { value: Value; started: Frame["started"] } {
    const { definition } = fn;
    const nothing = { value: unknown, started: undefined };
    if (active.has(definition) || active.size >= maxCalls || state.budget < 0) return nothing;
    seen.add(definition);
    const key = keyOf(fn, args);
    const before = known.get(key);
    if (before !== undefined) return before;
    const { cell, frame } = state;
    const own = newFrame();
    state.cell = fn.cell;
    state.frame = own;
    active.add(definition);
    try {
      const scope = createScope(fn.scope);
      bindParameters(fn, args, scope);
      machine.run(definition.body, scope);
    } finally {
      active.delete(definition);
      state.cell = cell;
      state.frame = frame;
    }
    const value = own.returned.length === 0 ? constant(null) : joinAll(own.returned);
    const result = { value, started: own.started };
    known.set(key, result);
    return result;
  }

  function bindParameters(fn: FunctionValue, args: Arguments, scope: Scope): void {
    const positional = fn.self === undefined ? [...args.positional] : [fn.self, ...args.positional];
    if (fn.self !== undefined && !dialect.converts) {
      positional.shift();
      scope.names.set("this", fn.self);
    }
    const left = new Map(args.named);
    for (const parameter of fn.definition.parameters) {
      const { name, spread } = parameter;
      if (spread === "sequence") {
        scope.names.set(
          name,
          args.open
            ? many(joinAll([unknown, ...positional]))
            : many(positional.length === 0 ? unknown : joinAll(positional)),
        );
        positional.length = 0;
      } else if (spread === "mapping") {
        scope.names.set(name, { kind: "mapping", entries: left, open: args.open, common: unknown });
      } else {
        const value = positional.shift() ?? left.get(name) ?? fallbackOf(fn, parameter, args);
        left.delete(name);
        const declared =
          parameter.type === undefined || value.kind !== "unknown"
            ? undefined
            : declaredType(machine, parameter.type, fn.scope);
        if (parameter.pattern === undefined) scope.names.set(name, declared ?? value);
        else assignTo(machine, parameter.pattern, value, scope);
      }
    }
  }

  function fallbackOf(
    fn: FunctionValue,
    { fallback }: FunctionDefinition["parameters"][number],
    args: Arguments,
  ): Value {
    // Whoever calls with what is not known may give it or not.
    if (fallback === undefined || args.open) return unknown;
    return machine.value(fallback, fn.scope);
  }

  return {
    follow: (index, statements, text) => {
      texts.set(index, text);
      Object.assign(state, {
        cell: index,
        frame: newFrame(),
        depth: 0,
        budget: budgetPerCell,
        backends: 0,
      });
      state.judgements.set(index, { calls: new Map(), triggers: new Map() });
      known.clear();
      machine.run(statements, module);
    },
    finish: () => {
      state.budget = budgetPerCell;
      known.clear();
      // Looking into one may find more: the map is read while it grows.
      for (const fn of defined.values()) {
        if (seen.has(fn.definition)) continue;
        inBackground(() => callFunction(fn, allArguments(fn, unknown)));
      }
    },
    judgementOf: (index) => state.judgements.get(index),
  };

  function keyOf(fn: FunctionValue, { positional, named, open }: Arguments): string {
    const self = fn.self === undefined ? "" : shapeOf(fn.self);
    const given = positional.map((value) => shapeOf(value)).join();
    const names = [...named].map(([name, value]) => `${name}=${shapeOf(value)}`).join();
    return `${fn.cell}:${fn.definition.start}(${self};${given};${names};${open ? "*" : ""}${state.backends})`;
  }
}

function newFrame(): Frame {
  return { started: undefined, returned: [], ended: false };
}

/** The same value for every parameter. */
function allArguments(fn: FunctionValue, value: Value): Arguments {
  const plain = fn.definition.parameters.filter(({ spread }) => spread === undefined);
  const given = fn.self === undefined ? plain : plain.slice(1);
  const positional = given.map(({ fallback }) => (fallback === undefined ? value : unknown));
  return { positional, named: new Map(), open: true, written: [] };
}
