import { types } from "node:util";
import { carriersIn, isContainer, maxContainerDepth, type ReferenceOf } from "./carriers.js";
import { describeObject, headOf } from "./describe-object.js";
import type { Encoded } from "./encoded.js";
import {
  copyOfBytes,
  isObject,
  mapEntriesOf,
  ownData,
  setValuesOf,
  sizeOfCollection,
} from "./inspect.js";
import { encodeNumber, encodeText } from "./key.js";
import type { ValuePolicy } from "./value-policy.js";

/** Items of a small container, and of all that is in it, under `summary`. */
const maxSummaryItems = 64;
const maxSummaryDepth = 8;
const maxFullItems = 100_000;
const maxFullBytes = 16 * 1024 * 1024;
/** Items kept in containers that hold references. */
const maxSlots = 65_536;

/** What may still be kept of an argument, and how it is looked at. */
interface Walk {
  readonly policy: ValuePolicy;
  readonly referenceOf: ReferenceOf | undefined;
  readonly maxDepth: number;
  readonly carriers: ReadonlySet<object>;
  /** Containers around the present one: their number is the depth, and they show circles. */
  readonly around: object[];
  items: number;
  bytes: number;
  slots: number;
}

/**
 * Encodes an argument for an event. Runs no code of the value's, never throws, and is bounded in
 * items, depth and bytes.
 *
 * References (`referenceOf(value)` answers a number) become `["r", n]` wherever they stand in
 * arrays, plain objects, Maps and Sets; such a container is kept open, so that each reference has
 * its place, with its other items as the policy allows. Other containers are kept if they are small
 * (64 items and 8 levels, under `full` 100,000 and 24), arrays and Sets as lists, Maps and plain
 * objects as mappings; everything else is described by {@link describeObject}. Looking for
 * references ends after 65,536 items; leave `referenceOf` out when a task depends on nothing.
 *
 * @param value - anything.
 * @param policy - what may be recorded.
 * @param referenceOf - called with objects and functions only; must not throw.
 */
export function encodeArgument(
  value: unknown,
  policy: ValuePolicy,
  referenceOf?: ReferenceOf,
): Encoded {
  // The usual argument first: it decides what tracking a small task costs.
  if (typeof value === "number" && policy.values !== "none") return encodeNumber(value);
  const reference = isObject(value) ? referenceOf?.(value) : undefined;
  if (reference !== undefined) return ["r", reference];
  const isFull = policy.values === "full";
  const mayCarry = isObject(value) && isContainer(value);
  return encodeValue(value, {
    policy,
    referenceOf,
    maxDepth: isFull ? maxContainerDepth : maxSummaryDepth,
    carriers: mayCarry ? carriersIn(value, referenceOf) : new Set(),
    around: [],
    items: isFull ? maxFullItems : maxSummaryItems,
    bytes: isFull ? maxFullBytes : policy.maxValueBytes,
    slots: maxSlots,
  });
}

function encodeValue(value: unknown, walk: Walk): Encoded {
  if (isObject(value)) {
    const reference = walk.referenceOf?.(value);
    if (reference !== undefined) return ["r", reference];
    return isContainer(value) ? encodeContainer(value, walk) : encodeObject(value, walk);
  }
  if (walk.policy.values === "none") return ["x"];
  switch (typeof value) {
    case "number":
      return encodeNumber(value);
    case "boolean":
      return value;
    case "string":
      return encodeString(value, walk);
    case "bigint":
      return encodeBigInt(value, walk);
    case "symbol":
      return ["o", "symbol", { head: headOf(value.description ?? "", walk.policy) }];
    default:
      return value === null ? null : ["o", typeof value, {}];
  }
}

function encodeString(value: string, walk: Walk): Encoded {
  // A string has at least as many bytes as units: a long one is not even measured.
  const bytes = value.length <= walk.bytes ? Buffer.byteLength(value) : Number.POSITIVE_INFINITY;
  if (bytes > walk.bytes) return describeObject(value, walk.policy);
  walk.bytes -= bytes;
  return encodeText(walk.policy.redactor.redactText(value));
}

function encodeBigInt(value: bigint, walk: Walk): Encoded {
  if (BigInt.asIntN(64, value) === value) return ["i", String(value)];
  // Decimal digits of a huge integer take quadratic time, hexadecimal ones linear.
  const digits = value.toString(16).length;
  if (digits > Math.min(walk.bytes, 4096)) {
    return ["o", "bigint", { nbytes: Math.ceil(digits / 2) }];
  }
  walk.bytes -= digits;
  return ["i", String(value)];
}

function encodeObject(value: object, walk: Walk): Encoded {
  const isBytes = walk.policy.values === "full" && types.isUint8Array(value);
  const bytes = isBytes ? copyOfBytes(value, walk.bytes) : undefined;
  if (bytes === undefined) return describeObject(value, walk.policy);
  walk.bytes -= bytes.length;
  return ["b", bytes.toString("base64")];
}

function encodeContainer(value: object, walk: Walk): Encoded {
  const holds = walk.carriers.has(value);
  if (!holds && walk.policy.values === "none") return ["x"];
  if (walk.around.includes(value)) return ["o", "circular", {}];
  const size = sizeOfContainer(value);
  const isSmall = size <= walk.items && walk.around.length < walk.maxDepth;
  if (!holds && !isSmall) return describeObject(value, walk.policy);
  walk.items = Math.max(0, walk.items - size);
  const limit = holds ? Math.min(size, walk.slots) : size;
  walk.slots -= limit;
  walk.around.push(value);
  const encoded = encodeItems(value, limit, walk);
  walk.around.pop();
  return size > limit ? withOmitted(encoded, size - limit) : encoded;
}

function sizeOfContainer(value: object): number {
  if (Array.isArray(value)) return value.length;
  if (types.isMap(value) || types.isSet(value)) return sizeOfCollection(value);
  return Object.keys(value).length;
}

type Container = Extract<Encoded, readonly ["l" | "d", unknown]>;

function encodeItems(value: object, limit: number, walk: Walk): Container {
  if (Array.isArray(value)) return ["l", encodeElements(value, limit, walk)];
  if (types.isSet(value)) {
    return ["l", setValuesOf(value, limit).map((item) => encodeValue(item, walk))];
  }
  if (types.isMap(value)) {
    return ["d", mapEntriesOf(value, limit).map(([key, item]) => encodeEntry(key, item, walk))];
  }
  const names = Object.keys(value).slice(0, limit);
  return ["d", names.map((name) => encodeField(value, name, walk))];
}

function encodeElements(value: readonly unknown[], limit: number, walk: Walk): Encoded[] {
  const items: Encoded[] = [];
  for (let i = 0; i < limit; i++) items.push(encodeValue(ownData(value, i), walk));
  return items;
}

type Pair = readonly [Encoded, Encoded];

function encodeEntry(key: unknown, value: unknown, walk: Walk): Pair {
  const isSecret = typeof key === "string" && walk.policy.redactor.redactsName(key);
  return [encodeValue(key, walk), isSecret ? secret(value, walk) : encodeValue(value, walk)];
}

/** Names of properties are kept also where values are not: they say where references stand. */
function encodeField(target: object, name: string, walk: Walk): Pair {
  const isSecret = walk.policy.redactor.redactsName(name);
  const label = isSecret ? encodeText(name) : encodeString(name, walk);
  if (isSecret) return [label, secret(ownData(target, name), walk)];
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  if (descriptor !== undefined && "value" in descriptor) {
    return [label, encodeValue(descriptor.value, walk)];
  }
  return [label, walk.policy.values === "none" ? ["x"] : ["o", "getter", {}]];
}

/** A reference names no value, so it stays: without it the task would lack a dependency. */
function secret(value: unknown, walk: Walk): Encoded {
  const reference = isObject(value) ? walk.referenceOf?.(value) : undefined;
  return reference === undefined ? ["x"] : ["r", reference];
}

function withOmitted(encoded: Container, count: number): Encoded {
  const rest: Encoded = ["o", "omitted", { len: count }];
  return encoded[0] === "l" ? ["l", [...encoded[1], rest]] : ["d", [...encoded[1], [rest, rest]]];
}
