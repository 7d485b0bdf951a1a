import { DocumentError } from "./document-error.js";
import { joinBytes } from "./join-bytes.js";
import { chunksOf, type DocumentSource } from "./source.js";

/** A source of which the beginning is known. */
export interface OpenedSource {
  /** The first characters; bytes that are not UTF-8 are shown as U+FFFD. */
  readonly head: string;
  /** The whole, the beginning included. */
  readonly source: DocumentSource;
  /** How many bytes or characters it has at least: all of them, or those that were looked at. */
  readonly size: number;
}

const headBytes = 16_384;

/**
 * Looks at the beginning of a source.
 *
 * @param atLeast - so much of the source is waited for, if it has as much.
 * @throws {@link DocumentError} for bytes that are no text in UTF-8 from the first on: UTF-16,
 *   gzip, a ZIP archive.
 */
export async function openSource(
  source: DocumentSource,
  atLeast: number = headBytes,
): Promise<OpenedSource> {
  if (typeof source === "string") {
    return { head: source.slice(0, headBytes), source, size: source.length };
  }
  if (source instanceof Uint8Array) {
    return { head: headOf(source), source, size: source.length };
  }
  const chunks = iterated(chunksOf(source));
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < atLeast) {
    const { done, value } = await chunks.next();
    if (done === true) {
      break;
    }
    // Copied, because streams may use an array again.
    first.push(new Uint8Array(value));
    size += value.length;
  }
  try {
    return { head: headOf(joined(first, size)), source: resumed(first, chunks), size };
  } catch (error) {
    await chunks.return(undefined);
    throw error;
  }
}

async function* iterated(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined, undefined> {
  yield* chunks;
}

async function* resumed(
  first: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, undefined, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* first;
  yield* rest;
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : joinBytes(chunks, size);
}

function headOf(bytes: Uint8Array): string {
  const problem = foreignBytes(bytes);
  if (problem !== undefined) {
    throw new DocumentError([
      {
        severity: "error",
        rule: "encoding",
        message: `Expected text in UTF-8: this looks like ${problem}.`,
        place: { line: 1, column: 1, offset: 0 },
      },
    ]);
  }
  return new TextDecoder().decode(bytes.subarray(0, headBytes));
}

function foreignBytes(bytes: Uint8Array): string | undefined {
  const [a = -1, b = -1] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (a === 0) !== (b === 0)) {
    return "UTF-16; convert it to UTF-8 first";
  }
  if (a === 0x1f && b === 0x8b) {
    return "gzip; decompress it first";
  }
  return a === 0x50 && b === 0x4b ? "a ZIP archive; unpack it first" : undefined;
}
