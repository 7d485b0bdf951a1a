import { unescapeJson } from "./ascii-json.js";
import { type Encoded, isTagged } from "./encoded.js";

/**
 * An encoded value as a person would write it: JSON where there is JSON, `Map(3)` or `<Foo>` for
 * what is only described, `[redacted]` for what was removed.
 */
export function previewText(value: Encoded): string {
  if (!isTagged(value)) return JSON.stringify(value);
  switch (value[0]) {
    case "l":
    case "t":
      return `[${value[1].map(previewText).join(", ")}]`;
    case "d":
      return `{${value[1].map(([k, v]) => `${nameText(k)}: ${previewText(v)}`).join(", ")}}`;
    case "s":
      return JSON.stringify(unescapeJson(value[1]));
    case "i":
      return value[1];
    case "b":
      return `<${Buffer.byteLength(value[1], "base64")} bytes>`;
    case "r":
      return `<task ${value[1]}>`;
    case "q":
      return `<step ${value[1]}>`;
    case "x":
      return "[redacted]";
    default:
      return objectText(value[1], value[2]);
  }
}

function nameText(name: Encoded): string {
  return typeof name === "string" && /^[\w$]+$/.test(name) ? name : previewText(name);
}

type Described = Extract<Encoded, readonly ["o", ...unknown[]]>;

function objectText(type: string, about: Described[2]): string {
  if (type === "number" && about.head !== undefined) return about.head;
  if (about.head !== undefined) return `<${type} ${about.head}>`;
  if (about.shape !== undefined) return `<${type}(${about.shape.join(", ")})>`;
  return about.len === undefined ? `<${type}>` : `<${type}(${about.len})>`;
}
