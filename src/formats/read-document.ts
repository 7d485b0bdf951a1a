import { TaskprovError } from "../base/errors.js";
import type { ProvDocument } from "../prov/index.js";
import { DocumentCollector } from "./document-collector.js";
import { DocumentError } from "./document-error.js";
import type { Finding } from "./finding.js";
import type { Format, FormatName, ReadFormatOptions } from "./format.js";
import { findFormat, formats, guessFormat } from "./formats.js";
import { openSource } from "./open-source.js";
import type { DocumentSource } from "./source.js";

/** How {@link readDocument} reads. */
export interface ReadDocumentOptions extends ReadFormatOptions {
  /**
   * The format of the source.
   *
   * @defaultValue guessed from how the source begins
   */
  readonly format?: FormatName;
  /** The format to try when the source begins like none, for example that of the file's ending. */
  readonly fallback?: FormatName;
  /** Told about everything doubtful that is no error. */
  readonly onWarning?: (finding: Finding) => void;
}

/**
 * Reads a document in any format into memory.
 *
 * @param source - its text, its bytes (UTF-8), or its bytes in chunks.
 * @throws {@link DocumentError} with every finding, when the document has any error or its format
 *   cannot be guessed; `TaskprovError` `ERR_OPTION` for a format that cannot be read.
 * @example
 * ```ts
 * const document = await readDocument("document\nprefix ex <http://example.org/>\nentity(ex:e)\nendDocument");
 * ```
 */
export async function readDocument(
  source: DocumentSource,
  options: ReadDocumentOptions = {},
): Promise<ProvDocument> {
  const { format: name, fallback, onWarning, ...rest } = options;
  const opened = await openSource(source);
  const format = formatToRead(opened.head, name, fallback);
  const collector = new DocumentCollector();
  const { warnings } = (await format.read?.(opened.source, collector, rest)) ?? { warnings: [] };
  for (const warning of warnings) {
    onWarning?.(warning);
  }
  return collector.document();
}

/**
 * The format in which a document is to be read.
 *
 * @param head - how the document begins.
 * @param name - the format, if it is known.
 * @param fallback - the format to try when the document begins like none.
 * @throws {@link DocumentError} when the format cannot be guessed; {@link TaskprovError}
 *   `ERR_OPTION` for a format that cannot be read.
 */
export function formatToRead(head: string, name?: string, fallback?: FormatName): Format {
  return name === undefined ? guessed(head, fallback) : readable(name);
}

function readable(name: string): Format {
  const format = findFormat(name);
  if (format?.read !== undefined) {
    return format;
  }
  const known = formats.filter(({ read }) => read !== undefined).map((each) => each.name);
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected \`format\` to be a format that can be read (${known.join(", ")}), got ${JSON.stringify(name)}.`,
  );
}

function guessed(head: string, fallback: FormatName | undefined): Format {
  const format = guessFormat(head);
  if (format !== undefined) {
    return format;
  }
  const other = fallback === undefined ? undefined : findFormat(fallback);
  if (other?.read !== undefined && head.trim() !== "") {
    return other;
  }
  const message =
    head.trim() === ""
      ? "The document is empty."
      : `This begins like no format of PROV: ${JSON.stringify(head.trimStart().slice(0, 40))}. Give the format if it is one (${formats
          .filter(({ read }) => read !== undefined)
          .map((each) => each.name)
          .join(", ")}).`;
  const place = { line: 1, column: 1, offset: 0 };
  throw new DocumentError([{ severity: "error", rule: "unknown-format", message, place }]);
}
