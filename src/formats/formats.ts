import type { ProvDocument } from "../prov/index.js";
import type { Dialect } from "./dialect.js";
import type { Finding } from "./finding.js";
import { parseProvJson } from "./prov-json/read.js";
import { writeProvJson } from "./prov-json/write.js";

/** The name of a format, as options and the command line spell it. */
export type FormatName = "prov-json";

/** A way to write documents down and to read them. */
export interface Format {
  readonly name: FormatName;
  /** The ending of its files, with the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /**
   * Reads a whole document.
   *
   * @param source - the text, or its UTF-8 bytes.
   * @param onWarning - told about everything doubtful that is no error.
   * @throws {@link DocumentError} with every finding, when the document has any error.
   */
  parse(source: string | Uint8Array, onWarning?: (finding: Finding) => void): ProvDocument;
  /**
   * Writes a document in chunks of text.
   *
   * @param dialect - how attributes are spelt, where the format has more than one way.
   */
  write(document: ProvDocument, dialect?: Dialect): Iterable<string>;
}

/** Every format there is. */
export const formats: readonly Format[] = [
  {
    name: "prov-json",
    extension: ".json",
    mediaType: "application/json",
    parse: (source, onWarning) =>
      parseProvJson(source, onWarning === undefined ? {} : { onWarning }),
    write: (document, dialect = "shared") => writeProvJson(document, { dialect }),
  },
];

/** The format of a name, or `undefined` when there is none. */
export function findFormat(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}
