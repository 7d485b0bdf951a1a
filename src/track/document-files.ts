import { createReadStream } from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { errorCode, fileProblem } from "../base/file-problem.js";
import { writeFileAtomically } from "../base/files.js";
import {
  type ByteChunks,
  writeDocument as chunksOfDocument,
  formatOfFile,
  guessFormat,
  type ReadDocumentOptions,
  readDocument as readAnyDocument,
  type WriteDocumentOptions,
} from "../formats/index.js";
import type { ProvDocument } from "../prov/records.js";

/**
 * The bytes of a file, in chunks.
 *
 * @throws {@link TaskprovError} `ERR_FILE` while iterating, when the file cannot be read.
 */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 18 });
  } catch (cause) {
    // Without a code it is not the file system's error but the consumer's.
    if (errorCode(cause) === undefined) throw cause;
    throw new TaskprovError("ERR_FILE", `Cannot read ${path}: ${fileProblem(cause)}`, { cause });
  }
}

/**
 * Reads a document in any format into memory; the format is guessed from how it begins, else from
 * the file's ending.
 *
 * @param source - the path of a file, or the document itself: its text, its bytes (UTF-8), or its
 *   bytes in chunks.
 * @throws {@link TaskprovError} `ERR_FILE` when the file cannot be read; {@link DocumentError}
 *   `ERR_DOCUMENT` with the place of everything that is wrong.
 * @example
 * ```ts
 * const document = await readDocument("output/yprov4wfs.json");
 * console.log(document.records.length);
 * ```
 */
export async function readDocument(
  source: string | Uint8Array | ByteChunks,
  options: ReadDocumentOptions = {},
): Promise<ProvDocument> {
  if (typeof source !== "string" || isDocumentText(source)) {
    return await readAnyDocument(source, options);
  }
  const fallback = formatOfFile(source)?.name;
  return await readAnyDocument(fileChunks(source), {
    ...(fallback !== undefined && { fallback }),
    ...options,
  });
}

// No path has these characters and begins like a document.
function isDocumentText(text: string): boolean {
  return /[\n<{]/.test(text) && guessFormat(text) !== undefined;
}

/**
 * Writes a document under a temporary name and renames it: readers see the old file or the whole
 * new one.
 *
 * @param path - its ending says the format unless `format` does; PROV-JSON where none has it.
 * @throws {@link TaskprovError} `ERR_DESTINATION` when the file cannot be written, `ERR_OPTION` for
 *   a format that cannot be written.
 */
export function writeDocument(
  path: string,
  document: ProvDocument,
  options: WriteDocumentOptions = {},
): void {
  const format = options.format ?? formatOfFile(path)?.name ?? "prov-json";
  writeFileAtomically(path, chunksOfDocument(document, { ...options, format }));
}
