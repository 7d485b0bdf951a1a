import type { Call } from "./code-tree.js";
import type { Arguments, Machine } from "./machine.js";
import { generating, laziest, notATask, type Outcome } from "./rule-verdict.js";
import {
  constant,
  laziness,
  many,
  memory,
  sequence,
  type TypeName,
  truthOf,
  typed,
  unknown,
  type Value,
} from "./value.js";
import { wordsFor } from "./words.js";

type Special = (machine: Machine, args: Arguments, call: Call) => Outcome | undefined;

/** Types whose conversion to a number or truth value starts work. */
const numeric: ReadonlySet<TypeName> = new Set(["array", "xarray", "item"]);
/** Types whose iteration starts work. */
const iterated: ReadonlySet<TypeName> = new Set(["bag", "series"]);

/** Whether `bool(value)` starts work. */
export function convertsToNumber(value: Value): value is Value & { kind: "typed" } {
  return value.kind === "typed" && numeric.has(value.type);
}

/** Whether iterating over a value starts work. */
export function iterationRuns(value: Value): value is Value & { kind: "typed" } {
  return value.kind === "typed" && iterated.has(value.type);
}

const specials: ReadonlyMap<string, Special> = new Map<string, Special>([
  ...["float", "int", "bool", "complex"].map((name): [string, Special] => [
    `builtins.${name}`,
    (_, { positional: [first] }) =>
      first !== undefined && convertsToNumber(first)
        ? runs(first, memory("number"))
        : still(
            name,
            name === "bool" && first?.kind === "constant" ? truth(first) : memory("number"),
          ),
  ]),
  ["builtins.len", (_, { positional: [first] }) => sized(first, "len")],
  ...["list", "tuple", "set", "frozenset", "sorted"].map((name): [string, Special] => [
    `builtins.${name}`,
    (_, { positional: [first] }) => {
      if (first === undefined) return still(name, sequence([]));
      if (iterationRuns(first) || isType(first, "frame")) return runs(first, memory("list"));
      if (name === "sorted" && convertsToNumber(first)) return runs(first, memory("list"));
      if (first.kind === "sequence") {
        if (first.work !== undefined) {
          return {
            verdict: generating("iteration:generator", first.work.sure),
            value: many(first.common),
          };
        }
        return still(name, {
          kind: "sequence",
          items: name === "set" ? undefined : first.items,
          common: first.common,
        });
      }
      if (first.kind === "typed" && laziness(first) > 0) return still(name, many(first));
      return still(name, many(first.kind === "typed" ? first : unknown));
    },
  ]),
  ...["max", "min", "any", "all"].map((name): [string, Special] => [
    `builtins.${name}`,
    (_, { positional: [first] }) =>
      first?.kind === "sequence" && first.work !== undefined
        ? { verdict: generating("iteration:generator", first.work.sure), value: first.common }
        : first !== undefined && (iterationRuns(first) || convertsToNumber(first))
          ? runs(first, first.type === "bag" ? memory("number") : first)
          : still(name, memory("number", 0.7)),
  ]),
  [
    "builtins.sum",
    (_, args) => {
      const [first] = args.positional;
      if (first !== undefined && iterationRuns(first)) return runs(first, memory("number"));
      if (first?.kind === "sequence" && first.work !== undefined) {
        return { verdict: generating("iteration:generator", first.work.sure), value: first.common };
      }
      const lazy = laziest(args);
      return still("sum", lazy ?? memory("number", 0.7));
    },
  ],
  [
    "builtins.dict",
    (_, { positional: [first], named, open }) => {
      if (first !== undefined && iterationRuns(first)) return runs(first, memory("dict"));
      const entries = new Map(first?.kind === "mapping" ? first.entries : []);
      for (const [key, value] of named) entries.set(key, value);
      const rest = first !== undefined && first.kind !== "mapping";
      const common =
        first?.kind === "mapping"
          ? first.common
          : first?.kind === "sequence"
            ? (itemOf(first.common, 1) ?? unknown)
            : unknown;
      return still("dict", { kind: "mapping", entries, open: open || rest, common });
    },
  ],
  [
    "builtins.enumerate",
    (machine, { positional: [first] }, call) =>
      pairs(machine, "enumerate", call, [memory("number"), first]),
  ],
  ["builtins.zip", (machine, { positional }, call) => pairs(machine, "zip", call, positional)],
  [
    "builtins.map",
    (machine, { positional: [fn, first] }, call) => {
      const element = first === undefined ? unknown : elementOf(machine, first, call);
      if (fn?.kind !== "function") return still("map", many(unknown));
      const called = machine.call(fn, simple([element]));
      return still("map", { ...many(called.value), work: called.started });
    },
  ],
  ["builtins.reversed", (_, { positional: [first] }) => still("reversed", first ?? unknown)],
  [
    "builtins.next",
    (_, { positional: [first] }) =>
      still("next", first?.kind === "sequence" ? first.common : unknown),
  ],
  [
    "builtins.iter",
    (_, { positional: [first] }) =>
      first !== undefined && isType(first, "bag")
        ? runs(first, many(memory("list")))
        : still("iter", first ?? unknown),
  ],
  [
    "builtins.getattr",
    (_, { positional: [object, name] }) =>
      object !== undefined && name?.kind === "constant" && typeof name.value === "string"
        ? still("getattr", { kind: "method", self: object, name: name.value })
        : still("getattr", unknown),
  ],
  ["functools.partial", (_, { positional: [fn] }) => still("functools.partial", fn ?? unknown)],
  ["dask.delayed", (machine, args) => delayed(machine, args)],
  ["dask.delayed.delayed", (machine, args) => delayed(machine, args)],
  ["taskprov.delayed", (machine, args) => delayed(machine, args)],
  ["dask.compute", (_, args) => computed(args)],
  [
    "dask.distributed.fire_and_forget",
    () => ({
      verdict: notATask("callee:dask.distributed.fire_and_forget", 0.95),
      value: constant(null),
    }),
  ],
  ...[
    "open_dataset",
    "open_dataarray",
    "open_datatree",
    "tutorial.open_dataset",
    "open_zarr",
    "open_mfdataset",
  ].map((name): [string, Special] => [`xarray.${name}`, (_, args) => opened(name, args)]),
  ["rioxarray.open_rasterio", (_, args) => opened("open_rasterio", args)],
]);

/** Calls a function whose effect or result depends on more than a rule can say. */
export function evaluateBuiltin(
  machine: Machine,
  path: string,
  args: Arguments,
  call: Call,
): Outcome | undefined {
  return specials.get(path)?.(machine, args, call);
}

function runs(value: Value & { kind: "typed" }, result: Value): Outcome {
  return { verdict: generating(`given:${wordsFor(value)}`, 0.95 * value.sure), value: result };
}

function still(name: string, value: Value): Outcome {
  return { verdict: notATask(`callee:${name}`, 0.9), value };
}

function sized(first: Value | undefined, name: string): Outcome {
  return first !== undefined && (isType(first, "frame") || isType(first, "series"))
    ? runs(first, memory("number"))
    : still(name, memory("number"));
}

function isType(value: Value, type: TypeName): value is Value & { kind: "typed" } {
  return value.kind === "typed" && value.type === type;
}

function truth(value: Value): Value {
  const known = truthOf(value);
  return known === undefined ? unknown : constant(known);
}

function elementOf(machine: Machine, value: Value, call: Call): Value {
  return machine.iterate(value, call);
}

function pairs(
  machine: Machine,
  name: string,
  call: Call,
  values: readonly (Value | undefined)[],
): Outcome {
  const bag = values.find((value) => value !== undefined && isType(value, "bag"));
  const elements = values.map((value, at) => {
    if (value === undefined) return unknown;
    if (name === "enumerate" && at === 0) return value;
    return value.kind === "typed" && iterationRuns(value)
      ? memory("item")
      : elementOf(machine, value, call);
  });
  const result = many(sequence(elements));
  if (bag?.kind === "typed") return runs(bag, result);
  return still(name, result);
}

function simple(positional: readonly Value[]): Arguments {
  return { positional, named: new Map(), open: false, written: [] };
}

/** The item of a sequence at a position. */
export function itemOf(value: Value, at: number): Value | undefined {
  return value.kind === "sequence" ? (value.items?.[at] ?? value.common) : undefined;
}

/** `delayed(f)`, `delayed(value)`, or `delayed(pure=True)` as a decorator with options. */
function delayed(machine: Machine, { positional: [first] }: Arguments): Outcome {
  const verdict = { status: "lazy", reason: "builds:delayed", confidence: 0.95 } as const;
  if (first === undefined)
    return { verdict, value: { kind: "imported", path: "dask.delayed", sure: 1 } };
  if (first.kind === "function") machine.visit(first, "task");
  const isFunction = ["function", "imported", "method", "class", "unknown"].includes(first.kind);
  return { verdict, value: typed(isFunction ? "delayer" : "delayed") };
}

/** `dask.compute(a, b)` returns a tuple, and starts work when one of them is lazy. */
function computed(args: Arguments): Outcome | undefined {
  const lazy = laziest(args);
  if (lazy === undefined) return undefined;
  return {
    verdict: generating(`given:${wordsFor(lazy)}`, 0.98 * lazy.sure),
    value: many(memory("dask")),
  };
}

function opened(name: string, { named, open }: Arguments): Outcome {
  const chunks = named.get("chunks");
  const byDefault = name === "open_zarr" || name === "open_mfdataset";
  const none = chunks?.kind === "constant" && chunks.value === null;
  const lazy = byDefault ? !none : chunks !== undefined && !none;
  const parallel = named.get("parallel");
  const result = lazy ? typed("xarray") : typed("opened", open ? 0.6 : 0.95);
  if (name === "open_mfdataset" && parallel !== undefined && truthOf(parallel) !== false) {
    const verdict = generating("parallel=True", truthOf(parallel) === true ? 0.95 : 0.6);
    return { verdict, value: result };
  }
  return lazy
    ? {
        verdict: { status: "lazy", reason: "builds:xarray on dask", confidence: 0.95 },
        value: result,
      }
    : { verdict: notATask(`callee:xarray.${name}`, open ? 0.6 : 0.9), value: result };
}
