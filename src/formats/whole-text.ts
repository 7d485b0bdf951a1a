import { DocumentError } from "./document-error.js";
import { joinBytes } from "./join-bytes.js";
import { TextFeed } from "./prov-json/text-feed.js";
import type { ByteChunks, DocumentSource } from "./source.js";
import { TextPlaces } from "./text-places.js";

/**
 * The whole text of a source, a byte order mark included.
 *
 * @throws {@link DocumentError} with the place of the first byte that is not UTF-8.
 */
export async function wholeText(source: DocumentSource): Promise<string> {
  return decodedText(await wholeSource(source));
}

/** The whole of a source in one piece: its text, or its bytes. */
export async function wholeSource(source: DocumentSource): Promise<string | Uint8Array> {
  return typeof source === "string" || source instanceof Uint8Array ? source : wholeBytes(source);
}

/**
 * The text of what may be bytes, a byte order mark included.
 *
 * @throws {@link DocumentError} with the place of the first byte that is not UTF-8.
 */
export function decodedText(whole: string | Uint8Array): string {
  if (typeof whole === "string") {
    return whole;
  }
  const feed = new TextFeed();
  feed.take(whole);
  feed.decode(true);
  if (feed.badByte !== undefined) {
    throw notUtf8(feed.text, feed.badByte);
  }
  return feed.text;
}

// Joined once all are there: a buffer that grows takes twice the bytes, and half of that again.
async function wholeBytes(source: ByteChunks): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    // Copied, because streams may use an array again.
    chunks.push(new Uint8Array(chunk));
    size += chunk.length;
  }
  return joinBytes(chunks, size);
}

function notUtf8(before: string, byte: number): DocumentError {
  const hex = byte.toString(16).toUpperCase().padStart(2, "0");
  return new DocumentError([
    {
      severity: "error",
      rule: "encoding",
      message: `The byte 0x${hex} is not UTF-8 here. If the document is in another encoding (Latin-1, UTF-16), convert it to UTF-8 first.`,
      place: new TextPlaces(before, { line: 1, column: 1, offset: 0 }).at(before.length),
    },
  ]);
}
