import { wellFormed } from "../base/well-formed.js";
import { unescapeJson } from "./ascii-json.js";
import { type Encoded, isTagged } from "./encoded.js";

/**
 * A key as Python's `str(key)` writes it: strings as they are, tuples like `('x', 0)`. Lone
 * surrogates become their escapes, because the text goes into UTF-8; use `keyJson` where two keys
 * must stay different.
 */
export function keyText(encoded: Encoded): string {
  if (typeof encoded === "string") return wellFormed(encoded);
  if (isTagged(encoded) && encoded[0] === "s") return wellFormed(unescapeJson(encoded[1]));
  return pythonRepr(encoded);
}

/** A value as Python's `repr` writes it. */
function pythonRepr(value: Encoded): string {
  if (!isTagged(value)) {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    return typeof value === "number" ? numberRepr(value) : stringRepr(value);
  }
  switch (value[0]) {
    case "t":
      return tupleRepr(value[1]);
    case "l":
      return `[${value[1].map(pythonRepr).join(", ")}]`;
    case "d":
      return `{${value[1].map(([k, v]) => `${pythonRepr(k)}: ${pythonRepr(v)}`).join(", ")}}`;
    case "s":
      return stringRepr(unescapeJson(value[1]));
    case "b":
      return bytesRepr(Buffer.from(value[1], "base64"));
    case "i":
      return value[1];
    case "o":
      return value[2].head ?? `<${value[1]}>`;
    case "r":
      return `<reference ${value[1]}>`;
    case "q":
      return `<step ${value[1]}>`;
    default:
      return "[redacted]";
  }
}

function tupleRepr(items: readonly Encoded[]): string {
  return items.length === 1
    ? `(${items.map(pythonRepr).join("")},)`
    : `(${items.map(pythonRepr).join(", ")})`;
}

/** Python's shortest digits are JavaScript's; the exponent begins elsewhere and has two digits. */
function numberRepr(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e16) return String(value);
  if (size >= 1e-4 && size < 1e16) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const unprintable = /[\p{C}\p{Z}]/u;

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const char of text) result += charRepr(char, quote);
  return result + quote;
}

function charRepr(char: string, quote: string): string {
  if (char === quote || char === "\\") return `\\${char}`;
  if (char === "\n") return "\\n";
  if (char === "\r") return "\\r";
  if (char === "\t") return "\\t";
  if (char === " " || !unprintable.test(char)) return char;
  const point = char.codePointAt(0) ?? 0;
  const digits = point.toString(16);
  if (point < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let result = `b${quote}`;
  for (const byte of bytes) {
    result +=
      byte >= 0x20 && byte < 0x7f
        ? charRepr(String.fromCharCode(byte), quote)
        : controlRepr(String.fromCharCode(byte), byte);
  }
  return result + quote;
}

function controlRepr(char: string, byte: number): string {
  return char === "\n" || char === "\r" || char === "\t"
    ? charRepr(char, "'")
    : `\\x${byte.toString(16).padStart(2, "0")}`;
}
