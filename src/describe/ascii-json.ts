const plainAscii = /^[ !#-[\]-~]*$/;

/** A string as a JSON string of printable ASCII only; lone surrogates and controls are escaped. */
export function asciiJson(text: string): string {
  if (plainAscii.test(text)) return `"${text}"`;
  let result = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22 || unit === 0x5c) result += `\\${text[i]}`;
    else if (unit >= 0x20 && unit < 0x7f) result += text[i];
    else result += shortEscapes.get(unit) ?? `\\u${unit.toString(16).padStart(4, "0")}`;
  }
  return `${result}"`;
}

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
]);

/**
 * The string whose inside of a JSON string this is; the text itself when it is no such inside
 * (a journal of unknown origin may say anything).
 */
export function unescapeJson(inside: string): string {
  try {
    const text: unknown = JSON.parse(`"${inside}"`);
    return typeof text === "string" ? text : inside;
  } catch (error) {
    if (error instanceof SyntaxError) return inside;
    throw error;
  }
}
