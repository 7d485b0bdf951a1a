import { types } from "node:util";
import { cutText } from "../base/cut-text.js";
import { wellFormed } from "../base/well-formed.js";
import { duckShapeOf } from "./duck-shape.js";
import type { Encoded, ObjectDescription } from "./encoded.js";
import {
  bytesOfBuffer,
  elementTypeOf,
  isObject,
  lengthOfTypedArray,
  ownData,
  sizeOfCollection,
  sourceOfRegExp,
  timeOfDate,
} from "./inspect.js";
import { richTypeOf } from "./rich-type.js";
import { sizeOf } from "./size-of.js";
import { safeName, typeNameOf } from "./type-name.js";
import { digestOf } from "./value-digest.js";
import type { ValuePolicy } from "./value-policy.js";

/** Of a value that is not kept, at most so much of its beginning is. */
const maxHeadBytes = 64;

/**
 * Describes a value by type, size and shape instead of copying it: `["o", type, {…}]`, or `["x"]`
 * when the policy keeps no values. Runs no code of the value's.
 */
export function describeObject(value: unknown, policy: ValuePolicy): Encoded {
  if (policy.values === "none") return ["x"];
  const about: ObjectDescription = isObject(value)
    ? aboutObject(value, policy)
    : aboutPrimitive(value, policy);
  const rich = policy.richTypes ? { rich: richTypeOf(value) } : undefined;
  const digest = policy.digest === true ? digestOf(value) : undefined;
  return ["o", typeNameOf(value), { ...about, ...rich, ...(digest !== undefined && { digest }) }];
}

/** The beginning of a text, with secrets removed. */
export function headOf(text: string, policy: ValuePolicy): string {
  const seen = policy.redactor.redactText(text, 4 * maxHeadBytes);
  return cutText(wellFormed(seen), Math.min(maxHeadBytes, policy.maxValueBytes));
}

function aboutPrimitive(value: unknown, policy: ValuePolicy): ObjectDescription {
  if (typeof value !== "string") return {};
  return { len: value.length, nbytes: sizeOf(value), head: headOf(value, policy) };
}

function aboutObject(value: object, policy: ValuePolicy): ObjectDescription {
  if (types.isProxy(value)) return {};
  if (typeof value === "function") return aboutFunction(value);
  const nbytes = sizeOf(value);
  if (Array.isArray(value)) return { len: value.length, nbytes };
  if (types.isMap(value) || types.isSet(value)) return { len: sizeOfCollection(value), nbytes };
  if (types.isTypedArray(value)) return aboutTypedArray(value, nbytes);
  if (bytesOfBuffer(value) !== undefined) return { nbytes };
  if (types.isDate(value)) return { head: dateText(timeOfDate(value)) };
  if (types.isRegExp(value)) return { head: headOf(sourceOfRegExp(value), policy) };
  const message = types.isNativeError(value) ? ownData(value, "message") : undefined;
  if (typeof message === "string") return { head: headOf(message, policy) };
  return { ...duckShapeOf(value), nbytes };
}

function aboutFunction(value: object): ObjectDescription {
  const name = ownData(value, "name");
  return typeof name === "string" && name !== "" ? { head: safeName(name) } : {};
}

function aboutTypedArray(value: object, nbytes: number): ObjectDescription {
  const dtype = elementTypeOf(value);
  return {
    len: lengthOfTypedArray(value),
    ...(dtype !== undefined && { dtype }),
    nbytes,
  };
}

function dateText(millis: number): string {
  return Number.isFinite(millis) ? new Date(millis).toISOString() : "Invalid Date";
}
