import { types } from "node:util";
import {
  bytesOfBuffer,
  isObject,
  mapEntriesOf,
  ownData,
  setValuesOf,
  sizeOfCollection,
} from "./inspect.js";

/** Values looked at in all. */
const maxVisits = 500;
/** Items looked at in one container; the others count as these on average. */
const maxItems = 100;
const maxDepth = 8;
/** Strings are measured exactly up to this length; beyond it, this much of them. */
const maxExactChars = 1 << 20;

/**
 * Estimates how many bytes the data in a value takes: exact for buffers and for strings (in UTF-8,
 * up to a million characters), 8 for a number, and for containers the sum of what is in them, from
 * the first 100 items where there are more. What an object is made of, not what the VM needs for
 * it. Shared parts count each time. Runs no code of the value's.
 */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return 8;
    case "boolean":
      return 4;
    case "string":
      return sizeOfText(value);
    default:
      return Math.round(sizeWithin(value, { visits: maxVisits }, 0));
  }
}

interface Budget {
  visits: number;
}

function sizeOfText(text: string): number {
  if (text.length <= maxExactChars) return Buffer.byteLength(text);
  const known = Buffer.byteLength(text.slice(0, maxExactChars));
  return Math.round((known / maxExactChars) * text.length);
}

function sizeWithin(value: unknown, budget: Budget, depth: number): number {
  budget.visits--;
  if (!isObject(value)) return sizeOfPrimitive(value);
  if (types.isProxy(value) || typeof value === "function") return 8;
  const bytes = bytesOfBuffer(value);
  if (bytes !== undefined) return bytes;
  if (depth >= maxDepth || budget.visits <= 0) return 8;
  if (Array.isArray(value)) {
    return sizeOfItems(value.length, budget, (i) =>
      sizeWithin(ownData(value, i), budget, depth + 1),
    );
  }
  if (types.isMap(value)) {
    const entries = mapEntriesOf(value, maxItems);
    return sizeOfItems(sizeOfCollection(value), budget, (i) => {
      const key = sizeWithin(entries[i]?.[0], budget, depth + 1);
      return key + sizeWithin(entries[i]?.[1], budget, depth + 1);
    });
  }
  if (types.isSet(value)) {
    const items = setValuesOf(value, maxItems);
    return sizeOfItems(sizeOfCollection(value), budget, (i) =>
      sizeWithin(items[i], budget, depth + 1),
    );
  }
  return sizeOfFields(value, budget, depth);
}

function sizeOfPrimitive(value: unknown): number {
  switch (typeof value) {
    case "string":
      return sizeOfText(value);
    case "boolean":
      return 4;
    case "bigint":
      return sizeOfBigInt(value);
    case "undefined":
      return 0;
    default:
      return value === null ? 0 : 8;
  }
}

/** Eight bytes a 64-bit digit; how many there are, only a conversion tells, linear in base 16. */
function sizeOfBigInt(value: bigint): number {
  if (BigInt.asIntN(64, value) === value) return 8;
  return Math.ceil(value.toString(16).length / 16) * 8;
}

function sizeOfItems(length: number, budget: Budget, sizeAt: (i: number) => number): number {
  let bytes = 0;
  let seen = 0;
  while (seen < length && seen < maxItems && budget.visits > 0) bytes += sizeAt(seen++);
  return seen === 0 ? 0 : (bytes / seen) * length;
}

/** Own enumerable data of any other object, the names included; a Date or RegExp is 8 and more. */
function sizeOfFields(value: object, budget: Budget, depth: number): number {
  const names = Object.keys(value);
  const own = types.isDate(value) || types.isRegExp(value) ? 8 : 0;
  const size = (name: string): number =>
    Buffer.byteLength(name) + sizeWithin(ownData(value, name), budget, depth + 1);
  const message = types.isNativeError(value)
    ? sizeWithin(ownData(value, "message"), budget, depth)
    : 0;
  return own + message + sizeOfItems(names.length, budget, (i) => size(names[i] ?? ""));
}
