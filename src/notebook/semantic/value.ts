import type { ConstantValue, FunctionDefinition } from "./code-tree.js";

/**
 * What is known of an object by its type. Lazy ones hold work that is not done yet: `array`
 * (dask.array), `frame` (dask.dataframe), `series` (a column of one, and its index), `scalar` (a
 * reduction of one), `groups` (its groupby), `bag`, `item` (a reduction of a bag), `delayed`,
 * `xarray` (Dataset or DataArray on Dask), `xgroups` (its groupby), `xplot` (its plot accessor).
 * Not lazy: `client`, `executor` (of a client), `future`, `estimator` (of dask_ml), `learner`
 * (scikit-learn style, computes what it is given), `memory` (anything that is there already),
 * `opened` (an xarray object from a file, without Dask until it is chunked), `delayer` (what
 * `delayed(f)` returns: calling it is lazy), `parallel` (joblib's).
 */
export type TypeName =
  | "array"
  | "frame"
  | "series"
  | "scalar"
  | "groups"
  | "bag"
  | "item"
  | "delayed"
  | "xarray"
  | "xgroups"
  | "xplot"
  | "client"
  | "executor"
  | "future"
  | "estimator"
  | "learner"
  | "memory"
  | "opened"
  | "delayer"
  | "parallel";

/** What the analysis knows of a value. `sure` is how certain that is, from 0 to 1. */
export type Value =
  | { readonly kind: "unknown" }
  | { readonly kind: "constant"; readonly value: ConstantValue }
  /** Something imported, by its full path: a module, a function or a class. */
  | { readonly kind: "imported"; readonly path: string; readonly sure: number }
  | TypedValue
  | FunctionValue
  | { readonly kind: "method"; readonly self: Value; readonly name: string }
  | ClassValue
  | InstanceValue
  | SequenceValue
  | MappingValue;

/** The names of a module, function or class body, and the scope around it. */
export interface Scope {
  readonly names: Map<string, Value>;
  /** What names were before the code that is being tried out. */
  log?: Map<string, Value | undefined> | undefined;
  readonly outer?: Scope;
  /** Names that assignments write to a scope further out. */
  readonly global: Set<string>;
  /** Modules of which every name was imported. */
  readonly everything: string[];
}

/** A list, tuple, set or generator: its items while they are known, and what they have in common. */
export interface SequenceValue {
  readonly kind: "sequence";
  items: readonly Value[] | undefined;
  common: Value;
  /** Of a generator: the work that whoever takes its items starts. */
  readonly work?: Work | undefined;
}

/** Work that was started: why, and how sure that is. */
export interface Work {
  readonly reason: string;
  readonly sure: number;
}

/** An object of a known type; `what` says in words where a `memory` one comes from. */
export interface TypedValue {
  readonly kind: "typed";
  readonly type: TypeName;
  readonly sure: number;
  readonly what?: string;
}

/** A function of the notebook, with the scope and the cell it was written in. */
export interface FunctionValue {
  readonly kind: "function";
  readonly definition: FunctionDefinition;
  readonly scope: Scope;
  readonly cell: number;
  /** The object it was taken from, for a method. */
  readonly self?: Value;
}

/** A class of the notebook. */
export interface ClassValue {
  readonly kind: "class";
  readonly name: string;
  readonly members: ReadonlyMap<string, Value>;
  readonly bases: readonly Value[];
}

/** An object of a class of the notebook; fields are written in place. */
export interface InstanceValue {
  readonly kind: "instance";
  readonly class: ClassValue;
  readonly fields: Map<string, Value>;
}

/** A dictionary or object literal; `open` when it may hold more than is known. */
export interface MappingValue {
  readonly kind: "mapping";
  readonly entries: Map<string, Value>;
  open: boolean;
  common: Value;
}

/** Nothing is known. */
export const unknown: Value = { kind: "unknown" };

/** An object of a type. */
export function typed(type: TypeName, sure = 1, what?: string): TypedValue {
  return { kind: "typed", type, sure, ...(what === undefined ? {} : { what }) };
}

/** Something that is there already, and where it is from. */
export function memory(what: string, sure = 1): TypedValue {
  return typed("memory", sure, what);
}

/** A constant. */
export function constant(value: ConstantValue): Value {
  return { kind: "constant", value };
}

/** A list or the like. */
export function sequence(items: readonly Value[]): SequenceValue {
  const common = items.length === 0 ? unknown : joinAll(items);
  return { kind: "sequence", items: items.length <= 32 ? items : undefined, common };
}

/** A list or the like of unknown length. */
export function many(common: Value): SequenceValue {
  return { kind: "sequence", items: undefined, common };
}

const lazyTypes: ReadonlySet<TypeName> = new Set([
  "array",
  "frame",
  "series",
  "scalar",
  "groups",
  "bag",
  "item",
  "delayed",
  "xarray",
  "xgroups",
  "xplot",
]);

/** How certain it is that a value, or something directly in it, holds work not done; 0 for no. */
export function laziness(value: Value, depth = 0): number {
  switch (value.kind) {
    case "typed":
      return lazyTypes.has(value.type) ? value.sure : 0;
    case "sequence":
    case "mapping": {
      if (depth > 3) return 0;
      let most = laziness(value.common, depth + 1);
      const items = value.kind === "sequence" ? (value.items ?? []) : value.entries.values();
      for (const item of items) most = Math.max(most, laziness(item, depth + 1));
      return most;
    }
    default:
      return 0;
  }
}

/** Whether nothing lazy can be in a value, as far as can be seen. */
export function isConcrete(value: Value): boolean {
  switch (value.kind) {
    case "constant":
      return true;
    case "typed":
      return value.type === "memory" || value.type === "opened";
    case "sequence":
      return value.items === undefined ? isConcrete(value.common) : value.items.every(isConcrete);
    case "mapping":
      return !value.open && [...value.entries.values()].every(isConcrete);
    default:
      return false;
  }
}

/** Truth of a value where it is certain. */
export function truthOf(value: Value): boolean | undefined {
  if (value.kind === "constant") return Boolean(value.value);
  if (value.kind === "sequence" && value.items !== undefined) return value.items.length > 0;
  return undefined;
}

/** What two ways to a value have in common; laziness on one of them stays, less certain. */
export function join(a: Value, b: Value): Value {
  if (a === b) return a;
  if (a.kind === "typed" && b.kind === "typed") {
    if (a.type === b.type) return a.sure <= b.sure ? a : b;
    const lazyA = lazyTypes.has(a.type);
    const lazyB = lazyTypes.has(b.type);
    if (lazyA !== lazyB) return weakened(lazyA ? a : b);
    return lazyA ? weakened(a) : unknown;
  }
  if (a.kind === "constant" && b.kind === "constant") return a.value === b.value ? a : unknown;
  if (a.kind === "typed" && lazyTypes.has(a.type)) return weakened(a);
  if (b.kind === "typed" && lazyTypes.has(b.type)) return weakened(b);
  if (a.kind === "constant" && a.value === null) return b;
  if (b.kind === "constant" && b.value === null) return a;
  if (a.kind === "sequence" && b.kind === "sequence") {
    if (a.items?.length === 0) return b;
    if (b.items?.length === 0) return a;
    return many(join(a.common, b.common));
  }
  if (a.kind === "imported" && b.kind === "imported" && a.path === b.path) return a;
  if (isConcrete(a) && isConcrete(b)) return memory("values", 0.8);
  return unknown;
}

/** {@link join} of many. */
export function joinAll(values: readonly Value[]): Value {
  return values.slice(0, 64).reduce(join);
}

function weakened(value: TypedValue): TypedValue {
  return { ...value, sure: value.sure * 0.85 };
}

/** A short text that is equal for values the analysis cannot tell apart. */
export function shapeOf(value: Value, depth = 0): string {
  switch (value.kind) {
    case "unknown":
      return "?";
    case "constant":
      return `c${typeof value.value}${String(value.value)}`;
    case "imported":
      return `i${value.path}`;
    case "typed":
      return `t${value.type}`;
    case "function":
      return `f${value.cell}:${value.definition.start}`;
    case "method":
      return `m${value.name}(${shapeOf(value.self, depth + 1)})`;
    case "class":
      return `k${value.name}`;
    case "instance":
      return depth > 2
        ? "o"
        : `o${value.class.name}{${[...value.fields].map(([name, field]) => `${name}:${shapeOf(field, depth + 1)}`).join()}}`;
    case "sequence":
      return depth > 2 || value.items === undefined
        ? `s*${shapeOf(value.common, depth + 1)}`
        : `s[${value.items.map((item) => shapeOf(item, depth + 1)).join()}]`;
    case "mapping":
      return depth > 2
        ? "d"
        : `d{${[...value.entries].map(([name, item]) => `${name}:${shapeOf(item, depth + 1)}`).join()}}`;
    default:
      return "?";
  }
}
