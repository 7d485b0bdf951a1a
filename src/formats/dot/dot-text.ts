const entities: ReadonlyMap<string, string> = new Map([
  // Graphviz takes `&amp;` and the like in labels for characters.
  ["&", "&amp;"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\n"],
  ["\t", " "],
]);
const special = /\r\n|[&"\\\n\r\t]|\p{Cc}|\p{Surrogate}|[\uFFFE\uFFFF]/gu;

/**
 * A text as a quoted string of DOT. Control characters and halves of surrogate pairs, which no
 * picture can show, become U+FFFD.
 */
export function dotText(text: string): string {
  return `"${text.replace(special, (char) => (char === "\r\n" ? "\\n" : (entities.get(char) ?? "\uFFFD")))}"`;
}

/** The same for a tooltip, which Graphviz searches for escapes such as `\N` twice. */
export function dotTooltip(text: string): string {
  return dotText(text.replaceAll("\\", "\\\\"));
}

/** The beginning of a text, with an ellipsis where something is left out. */
export function beginning(text: string, maxChars: number): string {
  const line = text.replace(/\s+/gu, " ").trim();
  const chars = [...line.slice(0, maxChars * 2)];
  return chars.length > maxChars ? `${chars.slice(0, maxChars - 1).join("")}…` : line;
}
