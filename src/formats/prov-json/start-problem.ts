const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^PK/, "a ZIP archive; unpack it first"],
  [/^</, "XML (PROV-XML?), not PROV-JSON"],
  [/^(?:@prefix|@base|PREFIX)\b/i, "Turtle or TriG, not PROV-JSON"],
  [/^document\b/, "PROV-N, not PROV-JSON"],
  [/^TPJRNL/, "a taskprov journal; make the document with `taskprov build`"],
];

/**
 * What a text that does not begin like PROV-JSON probably is; `undefined` when there is no guess.
 *
 * @param offset - where the unexpected byte stands.
 * @param byte - a byte that is not UTF-8, if there is one.
 * @param text - the beginning of the text before it.
 */
export function startProblem(
  offset: number,
  byte: number | undefined,
  text: string,
): string | undefined {
  const guess = guessOf(offset, byte, text);
  return guess === undefined ? undefined : `Expected a JSON object: this looks like ${guess}.`;
}

function guessOf(offset: number, byte: number | undefined, text: string): string | undefined {
  if (offset === 1 && byte === 0x8b && text === "\x1f") {
    return "gzip; decompress it first";
  }
  if (offset === 0 && (byte === 0xff || byte === 0xfe)) {
    return "UTF-16; convert it to UTF-8 first";
  }
  return byte === undefined ? beginnings.find(([form]) => form.test(text))?.[1] : undefined;
}
