/** Marks up parts of a text for a terminal; without colours it leaves them as they are. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
}

/** A style with or without colours (SGR sequences of ECMA-48). */
export function createStyle(colours: boolean): Style {
  const mark = (open: number, close: number) => (text: string) =>
    colours && text !== "" ? `\u001B[${open}m${text}\u001B[${close}m` : text;
  return {
    strong: mark(1, 22),
    dim: mark(2, 22),
    bad: mark(31, 39),
    good: mark(32, 39),
    warn: mark(33, 39),
  };
}

/** Makes control characters visible: what a document says must not move a terminal's cursor. */
export function printable(text: string): string {
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
