import { type JsonCursor, JsonProblem } from "../prov-json/json-cursor.js";

/** A member of an object. */
export interface JsonMember {
  readonly key: string;
  /** Where the key stands. */
  readonly at: number;
  readonly value: JsonNode;
}

/** A piece of JSON with its place in the text. */
export type JsonNode =
  | { readonly type: "string"; readonly at: number; readonly text: string }
  /** A number or boolean, as written. */
  | { readonly type: "number" | "boolean"; readonly at: number; readonly text: string }
  | { readonly type: "null"; readonly at: number }
  | { readonly type: "array"; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly type: "object"; readonly at: number; readonly members: readonly JsonMember[] }
  /** A value that was only skipped. */
  | { readonly type: "skipped"; readonly at: number };

const maxDepth = 64;
const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

/**
 * Reads the value at a cursor.
 *
 * @param skips - keys whose values, in the outermost object only, are skipped: they may be large.
 * @param onRepeated - told about every key that an object has twice; the last one counts.
 * @throws JsonProblem where the text is no JSON, or too deep.
 */
export function readJson(
  cursor: JsonCursor,
  skips: ReadonlySet<string>,
  onRepeated: (key: string, at: number) => void,
): JsonNode {
  return readValue(cursor, skips, onRepeated, 0);
}

const noSkips: ReadonlySet<string> = new Set();

function readValue(
  cursor: JsonCursor,
  skips: ReadonlySet<string>,
  onRepeated: (key: string, at: number) => void,
  depth: number,
): JsonNode {
  const code = cursor.next("a value");
  const at = cursor.pos;
  if (depth > maxDepth) {
    throw new JsonProblem(at, `Nested deeper than ${maxDepth} levels.`);
  }
  if (code === quote) {
    cursor.scanString("a string");
    return { type: "string", at, text: cursor.stringText() };
  }
  if (code === openBrace) {
    return readObject(cursor, skips, onRepeated, depth);
  }
  if (code === openBracket) {
    return readArray(cursor, onRepeated, depth);
  }
  if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
    return { type: "number", at, text: cursor.takeNumber() };
  }
  const word = cursor.takeWord();
  return word === "null" ? { type: "null", at } : { type: "boolean", at, text: word };
}

function readObject(
  cursor: JsonCursor,
  skips: ReadonlySet<string>,
  onRepeated: (key: string, at: number) => void,
  depth: number,
): JsonNode {
  const at = cursor.pos;
  const members = new Map<string, JsonMember>();
  eachMember(cursor, (key, keyAt) => {
    if (members.has(key)) {
      onRepeated(key, keyAt);
    }
    let value: JsonNode;
    if (skips.has(key)) {
      cursor.next("a value");
      value = { type: "skipped", at: cursor.pos };
      cursor.skipValue();
    } else {
      value = readValue(cursor, noSkips, onRepeated, depth + 1);
    }
    members.set(key, { key, at: keyAt, value });
  });
  return { type: "object", at, members: [...members.values()] };
}

function readArray(
  cursor: JsonCursor,
  onRepeated: (key: string, at: number) => void,
  depth: number,
): JsonNode {
  const at = cursor.pos;
  const items: JsonNode[] = [];
  eachItem(cursor, () => {
    items.push(readValue(cursor, noSkips, onRepeated, depth + 1));
  });
  return { type: "array", at, items };
}

function eachMember(cursor: JsonCursor, take: (key: string, at: number) => void): void {
  cursor.take(openBrace, "`{`");
  if (cursor.next("a key or `}`") === 0x7d) {
    cursor.pos += 1;
    return;
  }
  for (;;) {
    cursor.scanString("a key in double quotes");
    const at = cursor.start - 1;
    const key = cursor.stringText();
    cursor.take(0x3a, "`:`");
    take(key, at);
    if (takeSeparator(cursor, 0x7d, "`,` or `}`")) {
      return;
    }
  }
}

/**
 * Walks over the array at a cursor.
 *
 * @param take - takes the value that the cursor stands before.
 */
export function eachItem(cursor: JsonCursor, take: (index: number) => void): void {
  cursor.take(openBracket, "`[`");
  if (cursor.next("a value or `]`") === 0x5d) {
    cursor.pos += 1;
    return;
  }
  for (let index = 0; ; index++) {
    take(index);
    if (takeSeparator(cursor, 0x5d, "`,` or `]`")) {
      return;
    }
  }
}

// Whether the container ends here.
function takeSeparator(cursor: JsonCursor, close: number, expected: string): boolean {
  const code = cursor.next(expected);
  if (code !== 0x2c && code !== close) {
    throw cursor.unexpected(expected);
  }
  cursor.pos += 1;
  return code === close;
}
