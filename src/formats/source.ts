/** Bytes of a document in chunks of any size, for example a Node or web stream. */
export type ByteChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a document is read from: its text, its bytes, or its bytes in chunks. */
export type DocumentSource = string | Uint8Array | ByteChunks;

/** The source as chunks of bytes. */
export function chunksOf(source: Exclude<DocumentSource, string>): ByteChunks {
  return source instanceof Uint8Array ? [source] : source;
}
