import { TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";
import type { Key } from "./scheduler-plugin.js";

/** Beyond this a key is taken for data passed by mistake. UTF-16 units, tuple brackets included. */
const longestKey = 65_536;
const deepestKey = 64;

/**
 * Checks a key and returns it, tuples copied and frozen so that later changes cannot reach us.
 *
 * @param key - a non-empty string, or a non-empty array of strings, finite numbers and such arrays.
 * @throws {@link TaskprovError} `ERR_KEY` when it is anything else, or longer than 65,536 characters.
 */
export function checkKey(key: unknown): Key {
  if (typeof key === "string") {
    if (key !== "" && key.length <= longestKey) return key;
  } else if (Array.isArray(key)) {
    const copy = copyTuple(key, 1);
    if (copy !== undefined && JSON.stringify(copy).length <= longestKey) return copy;
  }
  throw new TaskprovError(
    "ERR_KEY",
    `Expected a key to be a non-empty string of at most ${longestKey} characters, or a tuple of strings and finite numbers such as ["x", 0], got ${shown(key)} (${Array.isArray(key) ? "array" : typeof key}).`,
  );
}

function copyTuple(parts: readonly unknown[], depth: number): Key | undefined {
  if (parts.length === 0 || depth > deepestKey) return undefined;
  const copy: (string | number | Key)[] = [];
  for (const part of parts) {
    if (typeof part === "string" || (typeof part === "number" && Number.isFinite(part))) {
      copy.push(part);
    } else {
      const inner = Array.isArray(part) ? copyTuple(part, depth + 1) : undefined;
      if (inner === undefined) return undefined;
      copy.push(inner);
    }
  }
  return Object.freeze(copy);
}

/**
 * A string that stands for the key in maps: equal for equal keys only.
 *
 * String keys stand for themselves; whatever starts with NUL is ours, so a tuple never meets a
 * string that looks like it.
 */
export function keyId(key: Key): string {
  if (typeof key !== "string") return `\0t${JSON.stringify(key)}`;
  return key.charCodeAt(0) === 0 ? `\0s${key}` : key;
}

/** A key as messages show it: quoted, cut at 80 characters. */
export function formatKey(key: Key): string {
  return shown(key);
}
