const defaultPieceSize = 65_536;

/**
 * A text in pieces, so that it is never decoded as a whole: what the parser cuts from it pins one
 * piece at most. Pieces end with a line where they can, and never within a character.
 *
 * @param whole - the text, or its bytes.
 * @param pieceSize - at most so many characters or bytes, at least 4.
 * @throws TypeError where the bytes are not UTF-8.
 */
export function* textPieces(
  whole: string | Uint8Array,
  pieceSize: number = defaultPieceSize,
): Generator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let from = 0; from < whole.length; ) {
    const to = endOfPiece(whole, from, from + pieceSize);
    yield typeof whole === "string"
      ? whole.slice(from, to)
      : decoder.decode(whole.subarray(from, to));
    from = to;
  }
}

function endOfPiece(whole: string | Uint8Array, from: number, limit: number): number {
  if (limit >= whole.length) {
    return whole.length;
  }
  const newline =
    typeof whole === "string"
      ? whole.lastIndexOf("\n", limit - 1)
      : whole.lastIndexOf(lineFeed, limit - 1);
  if (newline >= from) {
    return newline + 1;
  }
  let to = limit;
  while (to > limit - 3 && isContinued(whole, to)) {
    to -= 1;
  }
  return to;
}

const lineFeed = 0x0a;

// Whether what stands there is not the beginning of a character.
function isContinued(whole: string | Uint8Array, at: number): boolean {
  return typeof whole === "string"
    ? (whole.charCodeAt(at) & 0xfc00) === 0xdc00
    : ((whole[at] ?? 0) & 0xc0) === 0x80;
}
