import { TaskprovError } from "../base/errors.js";
import type { ProvDocument } from "../prov/index.js";
import type { FormatName, WriteFormatOptions } from "./format.js";
import { findFormat, formats } from "./formats.js";

/** How {@link writeDocument} writes. */
export interface WriteDocumentOptions extends WriteFormatOptions {
  /** @defaultValue "prov-json" */
  readonly format?: FormatName;
}

/**
 * Writes a document in any format, in chunks of text.
 *
 * @throws `TaskprovError` `ERR_OPTION` for a format that cannot be written;
 *   {@link DocumentError} while iterating, when the document cannot be written at all.
 * @example
 * ```ts
 * const text = [...writeDocument(document, { format: "prov-n" })].join("");
 * ```
 */
export function writeDocument(
  document: ProvDocument,
  options: WriteDocumentOptions = {},
): Iterable<string> {
  const { format: name = "prov-json", ...rest } = options;
  const write = findFormat(name)?.write;
  if (write === undefined) {
    const known = formats.filter((each) => each.write !== undefined).map((each) => each.name);
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected \`format\` to be a format that can be written (${known.join(", ")}), got ${JSON.stringify(name)}.`,
    );
  }
  return write(document, rest);
}
