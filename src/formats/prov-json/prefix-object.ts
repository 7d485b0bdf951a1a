import { quoted } from "../quoted.js";
import type { PrefixEntry } from "./delivery.js";
import { excerpt, type JsonCursor } from "./json-cursor.js";
import { pointerTo } from "./json-pointer.js";
import type { UnitFindings } from "./unit-findings.js";

/**
 * Reads a `prefix` object from after its opening brace to after its closing one.
 *
 * @param path - its JSON pointer.
 */
export function readPrefixObject(
  cursor: JsonCursor,
  unit: UnitFindings,
  path: string,
): PrefixEntry[] {
  const entries: PrefixEntry[] = [];
  const seen = new Set<string>();
  if (cursor.next("a prefix or `}`") === 0x7d) {
    cursor.pos += 1;
    return entries;
  }
  for (;;) {
    const entry = readEntry(cursor, unit, path, seen);
    if (entry !== undefined) {
      entries.push(entry);
    }
    const code = cursor.next("`,` or `}`");
    if (code !== 0x7d && code !== 0x2c) {
      throw cursor.unexpected("`,` or `}`");
    }
    cursor.pos += 1;
    if (code === 0x7d) {
      return entries;
    }
  }
}

function readEntry(
  cursor: JsonCursor,
  unit: UnitFindings,
  parent: string,
  seen: Set<string>,
): PrefixEntry | undefined {
  cursor.scanString("a prefix in double quotes");
  const key = cursor.stringText();
  const at = cursor.start - 1;
  const path = pointerTo(parent, key);
  if (seen.has(key)) {
    unit.add("error", "duplicate-key", `The prefix ${quoted(key)} is declared twice.`, at, path);
  }
  seen.add(key);
  cursor.take(0x3a, "`:`");
  if (cursor.next("an IRI in double quotes") === 0x22) {
    cursor.scanString("an IRI in double quotes");
    return { key, uri: cursor.stringText(), at, path };
  }
  const { pos } = cursor;
  cursor.skipValue();
  const message = `Expected an IRI in double quotes, got ${excerpt(cursor.text, pos, cursor.pos)}.`;
  unit.add("error", "prefix", message, pos, path);
  return undefined;
}
