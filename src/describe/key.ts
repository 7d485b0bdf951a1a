import { TaskprovError } from "../base/errors.js";
import { isWellFormed } from "../base/well-formed.js";
import { asciiJson, unescapeJson } from "./ascii-json.js";
import { type Encoded, isTagged } from "./encoded.js";

export { keyText } from "./key-text.js";

/** A key as the embedded engine has it: a string, or a tuple like Dask's `("x", 0)`. */
export type DescribedKey = string | readonly (string | number | DescribedKey)[];

/** Tuples in tuples at most, so that no hostile key exhausts the stack. */
const maxDepth = 32;

/**
 * Encodes a key for events: strings bare (or `["s", …]` with lone surrogates), tuples `["t", …]`.
 * {@link decodeKey} gives the key back.
 *
 * @throws {@link TaskprovError} `ERR_KEY` for anything that is no key.
 */
export function encodeKey(key: DescribedKey): Encoded {
  return typeof key === "string" ? encodeText(key) : encodePart(key, 0);
}

/** Encodes a string: bare where UTF-8 can carry it, else as the inside of an ASCII JSON string. */
export function encodeText(text: string): Encoded {
  return isWellFormed(text) ? text : ["s", asciiJson(text).slice(1, -1)];
}

function encodePart(part: DescribedKey | number, depth: number): Encoded {
  if (typeof part === "string") return encodeText(part);
  if (typeof part === "number") return encodeNumber(part);
  if (!Array.isArray(part)) {
    throw badKey(`Expected a key made of strings, numbers and arrays of them, got ${typeof part}`);
  }
  if (depth >= maxDepth) throw badKey(`A key is nested deeper than ${maxDepth} levels`);
  return ["t", part.map((item) => encodePart(item, depth + 1))];
}

/**
 * Encodes a number: bare, except for the four that JSON has no form for, which travel as
 * `["o", "number", {head}]` with `NaN`, `Infinity`, `-Infinity` or `-0`.
 */
export function encodeNumber(value: number): Encoded {
  if (Number.isFinite(value) && !(value === 0 && Object.is(value, -0))) return value;
  return ["o", "number", { head: Object.is(value, -0) ? "-0" : String(value) }];
}

/**
 * Gives back the key that {@link encodeKey} encoded.
 *
 * @throws {@link TaskprovError} `ERR_KEY` for a key that only Dask can have (None, bytes …).
 */
export function decodeKey(encoded: Encoded): DescribedKey {
  const key = decodePart(encoded, 0);
  if (typeof key === "number") throw badKey(`Expected a string or a tuple as key, got ${key}`);
  return key;
}

function decodePart(encoded: Encoded, depth: number): DescribedKey | number {
  if (typeof encoded === "string" || typeof encoded === "number") return encoded;
  if (depth > maxDepth) throw badKey(`A key is nested deeper than ${maxDepth} levels`);
  if (isTagged(encoded)) {
    if (encoded[0] === "t") return encoded[1].map((item) => decodePart(item, depth + 1));
    if (encoded[0] === "s") return unescapeJson(encoded[1]);
    if (encoded[0] === "o" && encoded[1] === "number") return Number(encoded[2].head);
  }
  throw badKey(`The embedded engine has no key like ${keyJson(encoded)}`);
}

function badKey(problem: string): TaskprovError {
  return new TaskprovError("ERR_KEY", `${problem}. Use a string or an array such as ["x", 0].`);
}

/**
 * A key as JSON in ASCII, different for different keys, to be stored where {@link keyText} is not
 * enough: strings and numbers as they are, tuples as arrays, everything else as an object that
 * names its type (`{"int":"9007199254740993"}`, `{"bytes":"AA=="}`, `{"list":[…]}`).
 */
export function keyJson(encoded: Encoded): string {
  if (!isTagged(encoded)) {
    return typeof encoded === "string" ? asciiJson(encoded) : JSON.stringify(encoded);
  }
  switch (encoded[0]) {
    case "t":
      return `[${encoded[1].map(keyJson).join(",")}]`;
    case "s":
      return asciiJson(unescapeJson(encoded[1]));
    case "i":
      return `{"int":${asciiJson(encoded[1])}}`;
    case "b":
      return `{"bytes":${asciiJson(encoded[1])}}`;
    case "l":
      return `{"list":[${encoded[1].map(keyJson).join(",")}]}`;
    case "d":
      return `{"dict":[${encoded[1].map(([k, v]) => `[${keyJson(k)},${keyJson(v)}]`).join(",")}]}`;
    case "r":
      return `{"ref":${encoded[1]}}`;
    case "q":
      return `{"step":${encoded[1]}}`;
    case "x":
      return `{"redacted":true}`;
    default:
      return `{"object":${asciiJson(encoded[1])},"about":${asciiJson(JSON.stringify(encoded[2]))}}`;
  }
}
