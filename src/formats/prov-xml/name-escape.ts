import { nameChars, nameStartChars } from "../name-chars.js";

const ncName = new RegExp(`^[${nameStartChars}_][${nameChars}.\\-]*$`, "u");
const startChar = new RegExp(`^[${nameStartChars}_]$`, "u");
const nameChar = new RegExp(`^[${nameChars}.\\-]$`, "u");
const escapeForm = /_x[0-9A-F]{4}(?:[0-9A-F]{4})?_/;

/** Tells whether a text is an NCName: what XML allows behind the colon of a name. */
export function isNcName(text: string): boolean {
  return ncName.test(text);
}

/**
 * A local name as the name of an element: what XML does not allow there becomes `_xHHHH_`, as
 * Python prov does it (the convention of ISO 9075-14).
 */
export function escapeElementName(local: string): string {
  if (isNcName(local) && !escapeForm.test(local)) {
    return local;
  }
  let text = "";
  let at = 0;
  for (const char of local) {
    const isLookAlike =
      char === "_" && new RegExp(`^${escapeForm.source}`).test(local.slice(at, at + 11));
    text += !isLookAlike && (at === 0 ? startChar : nameChar).test(char) ? char : escaped(char);
    at += char.length;
  }
  return text;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `_x${code
    .toString(16)
    .toUpperCase()
    .padStart(code > 0xffff ? 8 : 4, "0")}_`;
}

/** The local name that an element's name stands for; undoes {@link escapeElementName}. */
export function unescapeElementName(name: string): string {
  return name.includes("_x")
    ? name.replace(/_x([0-9A-F]{4}(?:[0-9A-F]{4})?)_/g, (all, hex: string) => {
        const code = Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : all;
      })
    : name;
}
