import { types } from "node:util";
import { wellFormed } from "../base/well-formed.js";
import { className, isObject } from "./inspect.js";

/** Names longer than this are cut. */
const maxNameChars = 200;

/** What an object is when its class has no name that can be read without running its code. */
const brands: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ["Array", Array.isArray],
  ["Map", types.isMap],
  ["Set", types.isSet],
  ["Date", types.isDate],
  ["RegExp", types.isRegExp],
  ["Promise", types.isPromise],
  ["Error", types.isNativeError],
  ["TypedArray", types.isTypedArray],
  ["ArrayBuffer", types.isAnyArrayBuffer],
];

/**
 * The short name of a value's type: `number`, `string`, `null`, `bigint`; `Array`, `Map`,
 * `Float64Array`, `Function`; of other objects the name of their class; `Proxy` for proxies, which
 * are not looked into. Runs no code of the value's.
 */
export function typeNameOf(value: unknown): string {
  if (!isObject(value)) return value === null ? "null" : typeof value;
  if (types.isProxy(value)) return "Proxy";
  const name = className(value);
  if (name !== undefined) return safeName(name);
  if (typeof value === "function") return "Function";
  return brands.find(([, isBrand]) => isBrand(value))?.[0] ?? "Object";
}

/** A name out of user code, fit for a document: no lone surrogates, no endless length. */
export function safeName(name: string): string {
  const text = name.length > maxNameChars ? `${name.slice(0, maxNameChars)}…` : name;
  return wellFormed(text);
}
