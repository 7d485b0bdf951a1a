const maxChars = 80;

/** A text in double quotes for a message, cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > maxChars ? `${text.slice(0, maxChars)}…` : text);
}
