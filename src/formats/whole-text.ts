import { DocumentError } from "./document-error.js";
import { TextFeed } from "./prov-json/text-feed.js";
import { chunksOf, type DocumentSource } from "./source.js";
import { TextPlaces } from "./text-places.js";

/**
 * The whole text of a source, a byte order mark included.
 *
 * @throws {@link DocumentError} with the place of the first byte that is not UTF-8.
 */
export async function wholeText(source: DocumentSource): Promise<string> {
  if (typeof source === "string") {
    return source;
  }
  const feed = new TextFeed();
  for await (const chunk of chunksOf(source)) {
    feed.add(chunk);
  }
  feed.decode(true);
  if (feed.badByte !== undefined) {
    throw notUtf8(feed.text, feed.badByte);
  }
  return feed.text;
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
