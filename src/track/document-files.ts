import { createReadStream } from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { errorCode, fileProblem } from "../base/file-problem.js";
import { writeFileAtomically } from "../base/files.js";
import {
  DocumentCollector,
  readProvJson,
  type WriteProvJsonOptions,
  writeProvJson,
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
 * Reads a PROV-JSON document into memory; for documents larger than that use `readProvJson` of
 * `taskprov/formats`.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when the file cannot be read; {@link DocumentError}
 *   `ERR_DOCUMENT` with place and path of everything that is wrong.
 * @example
 * ```ts
 * const document = await readDocument("output/yprov4wfs.json");
 * console.log(document.records.length);
 * ```
 */
export async function readDocument(path: string): Promise<ProvDocument> {
  const collector = new DocumentCollector();
  await readProvJson(fileChunks(path), collector);
  return collector.document();
}

/**
 * Writes a PROV-JSON document under a temporary name and renames it: readers see the old file or
 * the whole new one.
 *
 * @throws {@link TaskprovError} `ERR_DESTINATION` when the file cannot be written.
 */
export function writeDocument(
  path: string,
  document: ProvDocument,
  options: WriteProvJsonOptions = {},
): void {
  writeFileAtomically(path, writeProvJson(document, options));
}
