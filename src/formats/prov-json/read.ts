import type { ProvDocument } from "../../prov/index.js";
import { DocumentCollector } from "../document-collector.js";
import type { Finding } from "../finding.js";
import type { ProvHandler } from "../handler.js";
import type { ByteChunks } from "../source.js";
import { ProvJsonParser, type ReadProvJsonOptions, type ReadProvJsonResult } from "./parser.js";

/**
 * Reads PROV-JSON of any size and delivers it to a handler, one record at a time.
 *
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export async function readProvJson(
  chunks: ByteChunks,
  handler: ProvHandler,
  options: ReadProvJsonOptions = {},
): Promise<ReadProvJsonResult> {
  const parser = new ProvJsonParser(handler, options);
  for await (const chunk of chunks) {
    parser.push(chunk);
  }
  return parser.end();
}

/** How {@link parseProvJson} reads. */
export interface ParseProvJsonOptions extends ReadProvJsonOptions {
  /** Told about everything doubtful that is no error. */
  readonly onWarning?: (finding: Finding) => void;
}

/**
 * Reads a whole PROV-JSON document into memory.
 *
 * @param source - the text, or its UTF-8 bytes.
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export function parseProvJson(
  source: string | Uint8Array,
  options: ParseProvJsonOptions = {},
): ProvDocument {
  const collector = new DocumentCollector();
  const parser = new ProvJsonParser(collector, options);
  let result: ReadProvJsonResult;
  if (typeof source === "string") {
    result = parser.readText(source);
  } else {
    parser.push(source);
    result = parser.end();
  }
  for (const warning of result.warnings) {
    options.onWarning?.(warning);
  }
  return collector.document();
}
