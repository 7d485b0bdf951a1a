import type { Key } from "./scheduler-plugin.js";

const hash32 = /^[a-f0-9]{32}/;
const alphabetic = /^\p{L}+$/u;
/** Dask matches `[a-f]+` at the start only, so that any 8-letter word from a to f counts as a hash. */
const hexStart = /^[a-f]/;

/**
 * The group of a key, by the rule of `distributed.utils.key_split_group` (2026.8): the first part
 * of a tuple; otherwise the words before the first one that is a number or a hash.
 *
 * @example
 * keySplitGroup("load-csv-1-7"); // "load-csv"
 * keySplitGroup(["x-2", 1]); // "x-2"
 */
export function keySplitGroup(key: Key): string {
  if (typeof key !== "string") {
    const [first] = key;
    // Dask's rule assumes a string there; a number or a tuple is named by what it holds.
    return typeof first === "string"
      ? first
      : keySplitGroup(first === undefined ? "" : asKey(first));
  }
  if (key.startsWith("(")) return strip(key.split(",", 1)[0] ?? "", "()\"'");
  if (key.length === 32 && hash32.test(key)) return "data";
  if (key.startsWith("<")) return lastName(key);
  return keySplit(key);
}

function asKey(part: number | Key): Key {
  return typeof part === "number" ? String(part) : part;
}

/** What the group before was, with its dash: most keys are one name and a number. */
let lastPrefix = "\0";
let lastGroup = "";

/** `dask.utils.key_split` for strings. */
function keySplit(key: string): string {
  // No word that begins with a digit belongs to a group.
  if (key.startsWith(lastPrefix) && isDigit(key.charCodeAt(lastPrefix.length))) {
    return lastGroup;
  }
  const group = splitKey(key);
  const prefix = `${group}-`;
  if (key.startsWith(prefix) && isDigit(key.charCodeAt(prefix.length))) {
    lastPrefix = prefix;
    lastGroup = group;
  }
  return group;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function splitKey(key: string): string {
  const words = key.split("-");
  const first = words[0] ?? "";
  const [initial] = first;
  // Python indexes the first character there, and answers "Other" to whatever it cannot split.
  if (initial === undefined) return "Other";
  let result = alphabetic.test(initial) ? first : strip(first.split(",", 1)[0] ?? "", "_'()\"");
  for (const word of words.slice(1)) {
    if (!alphabetic.test(word) || (word.length === 8 && hexStart.test(word))) break;
    result += `-${word}`;
  }
  if (result.length === 32 && hash32.test(result)) return "data";
  if (result === "") return "Other";
  return result.startsWith("<") ? lastName(result) : result;
}

/** `<module.submodule.myclass object at 0xdaf372` → `myclass`. */
function lastName(text: string): string {
  const word = strip(text, "<>").trim().split(/\s+/u)[0] ?? "";
  return word === "" ? "Other" : (word.split(".").at(-1) ?? "Other");
}

/** Python's `str.strip(characters)`. */
function strip(text: string, characters: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && characters.includes(text.charAt(start))) start++;
  while (end > start && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
