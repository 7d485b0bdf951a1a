import { unescapeJson } from "../describe/ascii-json.js";
import type { Encoded } from "../describe/encoded.js";
import { isTagged } from "../describe/encoded.js";
import { encodeText } from "../describe/key.js";

const plain = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * Escapes a text so that it is a legal, unescaped local name in every PROV syntax: everything but
 * ASCII letters, digits, `_` and `-` becomes `_xHHHH_` (eight digits beyond U+FFFF), also a `_`
 * before an `x`, so that escapes never meet by chance. {@link unescapeName} undoes it.
 *
 * @param text - any string, lone surrogates included; the empty one becomes `_x_`.
 */
export function escapeName(text: string): string {
  if (plain.test(text) && !text.includes("_x")) return text;
  if (text === "") return "_x_";
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    if (point > 0xffff) i++;
    const keeps =
      isLetter(point) || (result !== "" && isDigitOrHyphen(point)) || isFreeUnderscore(text, i);
    result += keeps ? String.fromCodePoint(point) : escaped(point);
  }
  return result;
}

function isLetter(point: number): boolean {
  return (point >= 0x41 && point <= 0x5a) || (point >= 0x61 && point <= 0x7a);
}

function isDigitOrHyphen(point: number): boolean {
  return (point >= 0x30 && point <= 0x39) || point === 0x2d;
}

function isFreeUnderscore(text: string, i: number): boolean {
  return text[i] === "_" && text[i + 1] !== "x";
}

function escaped(point: number): string {
  const digits = point > 0xffff ? 8 : 4;
  return `_x${point.toString(16).toUpperCase().padStart(digits, "0")}_`;
}

/** Undoes {@link escapeName}. */
export function unescapeName(name: string): string {
  if (name === "_x_") return "";
  return name.replaceAll(/_x([0-9A-F]{8}|[0-9A-F]{4})_/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

/**
 * The local name of a key. A string is escaped; a tuple becomes `_xt_` and its parts joined by
 * `_xc_`: strings escaped, integers bare, inner tuples `_xt_…_xe_`, anything else `_xj_` and its
 * JSON escaped. No two keys share a name.
 *
 * @param key - a key as events carry it.
 */
export function keyName(key: Encoded): string {
  if (typeof key === "string") return escapeName(key);
  if (isTagged(key) && key[0] === "t") return `_xt_${tupleParts(key[1])}`;
  return otherPart(key);
}

function tupleParts(parts: readonly Encoded[]): string {
  return parts.map(partName).join("_xc_");
}

function partName(part: Encoded): string {
  if (typeof part === "string") return escapeName(part);
  if (typeof part === "number" && Number.isSafeInteger(part) && !Object.is(part, -0)) {
    return String(part);
  }
  if (isTagged(part) && part[0] === "i") return part[1];
  if (isTagged(part) && part[0] === "t") return `_xt_${tupleParts(part[1])}_xe_`;
  return otherPart(part);
}

function otherPart(part: Encoded): string {
  // A string with lone surrogates has a tagged form of its own; as a name it is a string again.
  if (isTagged(part) && part[0] === "s") return escapeName(unescapeJson(part[1]));
  return `_xj_${escapeName(JSON.stringify(part))}`;
}

/**
 * The key behind a local name of {@link keyName}, suffixes (`.g2`, `.e1`, `.a0`) left out.
 *
 * @param name - what {@link keyName} returned.
 */
export function keyOfName(name: string): Encoded {
  const dot = name.indexOf(".");
  const reader = { text: dot < 0 ? name : name.slice(0, dot), at: 0 };
  if (!reader.text.startsWith("_xt_")) return scalarOf(reader.text);
  reader.at = 4;
  return ["t", readParts(reader)];
}

function readParts(reader: { readonly text: string; at: number }): Encoded[] {
  const { text } = reader;
  const parts: Encoded[] = [];
  while (reader.at < text.length && !text.startsWith("_xe_", reader.at)) {
    if (text.startsWith("_xt_", reader.at)) {
      reader.at += 4;
      parts.push(["t", readParts(reader)]);
      reader.at += 4;
    } else {
      const end = endOfPart(text, reader.at);
      parts.push(partOf(text.slice(reader.at, end)));
      reader.at = end;
    }
    if (text.startsWith("_xc_", reader.at)) reader.at += 4;
  }
  return parts;
}

/** Steps over whole escapes: the `_` that ends one may stand before a part's own `xc_`. */
function endOfPart(text: string, from: number): number {
  const token = /_x(?:[0-9A-F]{8}|[0-9A-F]{4}|j)?_/y;
  let at = from;
  while (at < text.length) {
    if (text.startsWith("_xc_", at) || text.startsWith("_xe_", at)) return at;
    token.lastIndex = at;
    at += token.exec(text)?.[0].length ?? 1;
  }
  return at;
}

function partOf(text: string): Encoded {
  if (!/^-?[0-9]/.test(text)) return scalarOf(text);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : ["i", text];
}

function scalarOf(text: string): Encoded {
  if (!text.startsWith("_xj_")) return encodeText(unescapeName(text));
  // Written by otherPart from an encoded value, so it is one.
  return JSON.parse(unescapeName(text.slice(4))) as Encoded;
}
