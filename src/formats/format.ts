import type { ProvDocument } from "../prov/index.js";
import type { Dialect } from "./dialect.js";
import type { Finding } from "./finding.js";
import type { ProvHandler } from "./handler.js";
import type { DocumentSource } from "./source.js";

/** The name of a format, as options and the command line spell it. */
export type FormatName =
  | "prov-json"
  | "prov-n"
  | "prov-xml"
  | "turtle"
  | "trig"
  | "prov-jsonld"
  | "nquads"
  | "dot";

/** How sure {@link Format.sniff} is: no, perhaps, surely. */
export type Likelihood = 0 | 1 | 2;

/** How a document is read, in every format. */
export interface ReadFormatOptions {
  /**
   * How many errors, and how many warnings, are kept; later ones are only counted.
   *
   * @defaultValue 100
   */
  readonly maxFindings?: number;
  /**
   * What relative IRIs are resolved against in RDF, for example the address of the file.
   *
   * @defaultValue `file:///`, with a warning when it is needed
   */
  readonly baseIri?: string;
  /**
   * Read names in PROV-XML as ProvToolbox wrote them before version 2.0 (`_2F` for a slash, `__`
   * for an underscore, …), which cannot be told from other names.
   *
   * @defaultValue false
   */
  readonly provToolboxNames?: boolean;
}

/** What reading a document without errors told besides its content. */
export interface ReadResult {
  readonly warnings: readonly Finding[];
}

/** How a document is written, in every format; a format ignores what it has no use for. */
export interface WriteFormatOptions {
  /**
   * How PROV-JSON spells attributes.
   *
   * @defaultValue "shared"
   */
  readonly dialect?: Dialect;
  /**
   * Write as few characters as the format allows: no indentation, short forms of literals.
   *
   * @defaultValue false
   */
  readonly compact?: boolean;
  /** Told about everything that the format cannot carry; the warning names the record. */
  readonly onWarning?: (finding: Finding) => void;
}

/** A way to write documents down and to read them. */
export interface Format {
  readonly name: FormatName;
  /** As people write it: `PROV-N`. */
  readonly title: string;
  /** The endings of its files, with the dot; the first is what we give them. */
  readonly extensions: readonly string[];
  /** Its media types; the first is what we call it. */
  readonly mediaTypes: readonly string[];
  /**
   * Guesses whether a text is in this format; absent for formats that are never read.
   *
   * @param head - the beginning of the text, without byte order mark and leading white space.
   */
  readonly sniff?: (head: string) => Likelihood;
  /**
   * Reads a document and delivers it, record by record; absent where there is no reader. Loads
   * the parser it needs, if any, on the first call.
   *
   * Rejects with a {@link DocumentError} that holds every finding, when there is any error.
   */
  readonly read?: (
    source: DocumentSource,
    handler: ProvHandler,
    options: ReadFormatOptions,
  ) => Promise<ReadResult>;
  /**
   * Writes a document in chunks of text of some 64 thousand characters; absent where there is no
   * writer.
   */
  readonly write?: (document: ProvDocument, options: WriteFormatOptions) => Iterable<string>;
}
