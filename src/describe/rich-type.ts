import { types } from "node:util";
import { duckShapeOf } from "./duck-shape.js";
import {
  bytesOfBuffer,
  isObject,
  isPlainObject,
  lengthOfTypedArray,
  mapEntriesOf,
  ownData,
  setValuesOf,
  sizeOfCollection,
} from "./inspect.js";
import { safeName, typeNameOf } from "./type-name.js";

/** Items looked at in one container. */
const maxItems = 100;
/** Values looked at in all. */
const maxVisits = 1000;
const maxDepth = 4;
/** Longer arrays of mixed types are not tuples. */
const maxTuple = 8;
const maxUnion = 5;
const maxFields = 8;
const maxColumns = 10;
/** The whole name at most, in characters. */
const maxChars = 500;

const functionSource = Function.prototype.toString;

/**
 * The type of a value with what can be seen inside it:
 *
 * - `array[number]` when all items have one type, `tuple[number, string]` when up to 8 items have
 *   several, `array[number | string]` when more have; `array[]` when empty. Of a longer array the
 *   first 100 items count, and `, ...` says so: `array[number, ...]`;
 * - `Map[string, number]`, `Set[string]`, `object{a: number, b: string}`;
 * - `Float64Array(3)`, `Buffer(12)`, `ArrayBuffer(8)`;
 * - `NdArray[float64](3, 4)` and `Table{city, temp}(100, 2)` for objects that have `shape`, `dtype`
 *   or `columns` as own data;
 * - `function inc`, `async function load`, `class Foo`; otherwise the name of the class.
 *
 * Runs no code of the value's, looks at 1,000 values and 4 levels at most.
 */
export function richTypeOf(value: unknown): string {
  const text = typeOf(value, { visits: maxVisits }, 0);
  return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
}

interface Budget {
  visits: number;
}

function typeOf(value: unknown, budget: Budget, depth: number): string {
  budget.visits--;
  if (!isObject(value)) return typeNameOf(value);
  if (types.isProxy(value)) return "Proxy";
  if (typeof value === "function") return functionType(value);
  if (depth >= maxDepth || budget.visits <= 0) return typeNameOf(value);
  if (Array.isArray(value)) return arrayType(value, budget, depth);
  if (types.isMap(value)) return mapType(value, budget, depth);
  if (types.isSet(value)) return setType(value, budget, depth);
  return bufferType(value) ?? shapedType(value) ?? objectType(value, budget, depth);
}

function arrayType(value: readonly unknown[], budget: Budget, depth: number): string {
  const name = typeNameOf(value);
  const label = name === "Array" ? "array" : name;
  const items = itemTypes(budget, value.length, (i) => ownData(value, i), depth);
  const isShort = value.length <= maxTuple && items.length === value.length;
  if (isShort && new Set(items).size > 1) {
    return `${name === "Array" ? "tuple" : name}[${items.join(", ")}]`;
  }
  return `${label}[${union(items, value.length)}]`;
}

function mapType(value: object, budget: Budget, depth: number): string {
  const entries = mapEntriesOf(value, maxItems);
  const total = sizeOfCollection(value);
  const keys = itemTypes(budget, entries.length, (i) => entries[i]?.[0], depth);
  const values = itemTypes(budget, entries.length, (i) => entries[i]?.[1], depth);
  const name = typeNameOf(value);
  if (total === 0) return `${name}[]`;
  const more = entries.length < total || values.length < entries.length ? ", ..." : "";
  return `${name}[${union(keys, keys.length)}, ${union(values, values.length)}${more}]`;
}

function setType(value: object, budget: Budget, depth: number): string {
  const items = setValuesOf(value, maxItems);
  const names = itemTypes(budget, items.length, (i) => items[i], depth);
  return `${typeNameOf(value)}[${union(names, sizeOfCollection(value))}]`;
}

function itemTypes(
  budget: Budget,
  length: number,
  itemAt: (i: number) => unknown,
  depth: number,
): string[] {
  const names: string[] = [];
  for (let i = 0; i < Math.min(length, maxItems) && budget.visits > 0; i++) {
    names.push(typeOf(itemAt(i), budget, depth + 1));
  }
  return names;
}

/** The different types in order of appearance, five at most; `...` when not all items count. */
function union(names: readonly string[], total: number): string {
  const different = [...new Set(names)];
  const text =
    different.slice(0, maxUnion).join(" | ") + (different.length > maxUnion ? " | ..." : "");
  return names.length < total ? `${text}, ...` : text;
}

function bufferType(value: object): string | undefined {
  if (types.isTypedArray(value)) return `${typeNameOf(value)}(${lengthOfTypedArray(value)})`;
  const bytes = bytesOfBuffer(value);
  return bytes === undefined ? undefined : `${typeNameOf(value)}(${bytes})`;
}

function shapedType(value: object): string | undefined {
  const duck = duckShapeOf(value);
  if (duck === undefined) return undefined;
  const name = typeNameOf(value);
  const dtype = duck.dtype === undefined ? "" : `[${duck.dtype}]`;
  const columns = duck.columns === undefined ? "" : `{${listText(duck.columns, maxColumns)}}`;
  const shape = duck.shape === undefined ? "" : `(${duck.shape.join(", ")})`;
  return `${name}${dtype}${columns}${shape}`;
}

function listText(items: readonly string[], limit: number): string {
  return items.slice(0, limit).join(", ") + (items.length > limit ? ", ..." : "");
}

function objectType(value: object, budget: Budget, depth: number): string {
  if (!isPlainObject(value)) return typeNameOf(value);
  const names = Object.keys(value);
  const fields: string[] = [];
  for (const name of names.slice(0, maxFields)) {
    if (budget.visits <= 0) break;
    fields.push(`${safeName(name)}: ${fieldType(value, name, budget, depth)}`);
  }
  const more = fields.length < names.length ? ", ..." : "";
  return `object{${fields.join(", ")}${more}}`;
}

function fieldType(target: object, name: string, budget: Budget, depth: number): string {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  const isData = descriptor !== undefined && "value" in descriptor;
  return isData ? typeOf(descriptor.value, budget, depth + 1) : "getter";
}

function functionType(value: object): string {
  const name = ownData(value, "name");
  const label = typeof name === "string" && name !== "" ? ` ${safeName(name)}` : "";
  const source: unknown = Reflect.apply(functionSource, value, []);
  if (typeof source === "string" && /^class\b/.test(source)) return `class${label}`;
  const isAsync = types.isAsyncFunction(value);
  return `${isAsync ? "async " : ""}function${types.isGeneratorFunction(value) ? "*" : ""}${label}`;
}
