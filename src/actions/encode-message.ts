import { types } from "node:util";
import { typeNameOf } from "../describe/type-name.js";
import { describeFailure } from "./exception-fields.js";

/** Turns a value that JSON has no form for into one that it has; undefined: the usual way. */
export type JsonDefault = (value: unknown) => unknown;

/** Elements of an array of numbers that are written; Eliot's limit for numpy. */
const mostElements = 10_000;
const deepest = 32;
/** Characters of one message, roughly: what is beyond is left out and said. */
const mostChars = 1 << 20;

interface Encoding {
  readonly jsonDefault: JsonDefault | undefined;
  /** Objects around the one that is being written. */
  readonly open: unknown[];
  chars: number;
}

/**
 * A message as one line of JSON. Every value has a form: big integers are written exactly, numbers
 * that are none as null; Map, Set, Date, Error, typed arrays, URL and class instances by what they
 * hold; long arrays of numbers by their start and length; cycles and what is too deep or too long by
 * a word. Never throws.
 *
 * @param jsonDefault - asked first for what is no plain data.
 */
export function encodeMessage(message: object, jsonDefault?: JsonDefault): string {
  const encoding: Encoding = { jsonDefault, open: [], chars: 0 };
  return encodeObject(message, encoding);
}

function encodeValue(value: unknown, encoding: Encoding): string {
  switch (typeof value) {
    case "string":
      encoding.chars += value.length;
      return JSON.stringify(encoding.chars > mostChars ? cutString(value, encoding) : value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return String(value);
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : encodeSafely(value, encoding);
    default:
      return encodeOther(value, encoding);
  }
}

function cutString(value: string, encoding: Encoding): string {
  const left = Math.max(0, mostChars - (encoding.chars - value.length));
  return `${value.slice(0, left).replace(/[\uD800-\uDBFF]$/, "")}… (${value.length} characters)`;
}

/** Functions and symbols. */
function encodeOther(value: unknown, encoding: Encoding): string {
  const replaced = replacement(value, encoding);
  if (replaced !== undefined) return encodeValue(replaced, { ...encoding, jsonDefault: undefined });
  if (typeof value === "symbol") return JSON.stringify(value.toString());
  return JSON.stringify(`[${typeNameOf(value)}]`);
}

function encodeSafely(value: object, encoding: Encoding): string {
  if (encoding.open.length >= deepest || encoding.chars > mostChars) return '"…"';
  if (encoding.open.includes(value)) return '"[circular]"';
  encoding.open.push(value);
  encoding.chars += 2;
  try {
    return encodeObjectOf(value, encoding);
  } catch {
    // Code of the value's ran, a getter or `toJSON`, and threw.
    return JSON.stringify(`[${typeNameOf(value)}]`);
  } finally {
    encoding.open.pop();
  }
}

function encodeObjectOf(value: object, encoding: Encoding): string {
  if (Array.isArray(value)) return encodeList(value, encoding);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return encodeObject(value, encoding);
  const replaced = replacement(value, encoding);
  if (replaced !== undefined && replaced !== value) return encodeValue(replaced, encoding);
  return encodeBuiltin(value, encoding) ?? encodeInstance(value, encoding);
}

function replacement(value: unknown, { jsonDefault }: Encoding): unknown {
  try {
    return jsonDefault?.(value);
  } catch {
    // It does not know this one: the usual way is left.
    return undefined;
  }
}

function encodeBuiltin(value: object, encoding: Encoding): string | undefined {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "null" : `"${value.toISOString()}"`;
  }
  if (value instanceof Map) return encodeMap(value, encoding);
  if (value instanceof Set) return encodeList([...value], encoding);
  if (types.isTypedArray(value)) return encodeNumbers(value, encoding);
  if (value instanceof Error) {
    return encodeObject({ ...describeFailure(value), ...value }, encoding);
  }
  if (types.isAnyArrayBuffer(value)) return `{"byteLength":${value.byteLength}}`;
  if (value instanceof RegExp || value instanceof URL) return JSON.stringify(String(value));
  if (types.isBoxedPrimitive(value)) return encodeValue(value.valueOf(), encoding);
  return undefined;
}

function encodeInstance(value: object, encoding: Encoding): string {
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const plain: unknown = value.toJSON();
    if (plain !== value) return encodeValue(plain, encoding);
  }
  return encodeObject(value, encoding);
}

function encodeObject(value: object, encoding: Encoding): string {
  let text = "{";
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(members)) {
    encoding.chars += name.length + 3;
    text += `${text.length === 1 ? "" : ","}${nameText(name)}:${encodeValue(members[name], encoding)}`;
    if (encoding.chars > mostChars) return `${text},"…":"the rest was left out"}`;
  }
  return `${text}}`;
}

/** The names of fields are few and come again and again. */
const knownNames = new Map<string, string>();
const mostNames = 1000;

function nameText(name: string): string {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const text = JSON.stringify(name);
  if (knownNames.size < mostNames && name.length < 100) knownNames.set(name, text);
  return text;
}

function encodeMap(map: ReadonlyMap<unknown, unknown>, encoding: Encoding): string {
  const named = [...map.keys()].every((key) => typeof key === "string");
  if (named) return encodeObject(Object.fromEntries(map), encoding);
  return encodeList([...map], encoding);
}

function encodeList(list: readonly unknown[], encoding: Encoding): string {
  let text = "[";
  for (let i = 0; i < list.length; i++) {
    encoding.chars += 2;
    if (encoding.chars > mostChars)
      return `${text}${i === 0 ? "" : ","}"… ${list.length - i} more"]`;
    text += `${i === 0 ? "" : ","}${encodeValue(list[i], encoding)}`;
  }
  return `${text}]`;
}

type Numbers = ArrayLike<number | bigint> & { slice(from: number, to: number): Numbers };

function encodeNumbers(numbers: Numbers, encoding: Encoding): string {
  const isLong = numbers.length > mostElements;
  const start = encodeList(Array.from(isLong ? numbers.slice(0, mostElements) : numbers), encoding);
  return isLong ? `{"array_start":${start},"original_shape":[${numbers.length}]}` : start;
}
