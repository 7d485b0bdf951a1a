import type {
  Bundle,
  ExtraSection,
  Namespace,
  ProvDocument,
  ProvRecord,
  QualifiedName,
} from "../../prov/index.js";
import type { Finding } from "../finding.js";
import type { ProvHandler } from "./handler.js";
import { ProvJsonParser, type ReadProvJsonOptions, type ReadProvJsonResult } from "./parser.js";

/** Bytes of a document in chunks of any size, for example a Node or web stream. */
export type ByteChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

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

/** Collects what a reader delivers into a document in memory. */
export class DocumentCollector implements ProvHandler {
  readonly #namespaces: Namespace[] = [];
  readonly #records: ProvRecord[] = [];
  readonly #bundles: Bundle[] = [];
  readonly #extraSections: ExtraSection[] = [];
  #open: { namespaces: Namespace[]; records: ProvRecord[] } | undefined;

  record(record: ProvRecord): void {
    (this.#open?.records ?? this.#records).push(record);
  }

  namespace(namespace: Namespace): void {
    (this.#open?.namespaces ?? this.#namespaces).push(namespace);
  }

  startBundle(id: QualifiedName): void {
    this.#open = { namespaces: [], records: [] };
    this.#bundles.push({ id, ...this.#open });
  }

  endBundle(): void {
    this.#open = undefined;
  }

  extraSection(name: string, json: string): void {
    this.#extraSections.push({ name, json });
  }

  /** What was delivered so far. */
  document(): ProvDocument {
    return {
      namespaces: this.#namespaces,
      records: this.#records,
      bundles: this.#bundles,
      ...(this.#extraSections.length > 0 && { extraSections: this.#extraSections }),
    };
  }
}
