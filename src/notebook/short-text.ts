/** A piece of source on one line, at most `maxChars` long, never cut inside a character. */
export function shortText(text: string, maxChars = 80): string {
  // Cut first: collapsing blanks in a megabyte of source would cost more than reading it.
  const line = text
    .slice(0, 4 * maxChars)
    .replace(/\s+/g, " ")
    .trim();
  if (line.length <= maxChars && text.length <= 4 * maxChars) return line;
  return `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
