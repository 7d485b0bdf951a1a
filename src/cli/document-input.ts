import { TaskprovError } from "../base/errors.js";
import { nearestName } from "../base/nearest-name.js";
import {
  DocumentError,
  type FormatName,
  findingText,
  formatOfFile,
  formats,
  type ReadFormatOptions,
  readDocument,
} from "../formats/index.js";
import type { ProvDocument } from "../prov/index.js";
import { fileChunks } from "../track/document-files.js";
import type { CommandOption, Parsed } from "./command.js";
import type { Io } from "./io.js";

/** The option that replaces the guess of an input's format. */
export const formatOption: CommandOption = {
  type: "string",
  value: "FORMAT",
  help: "the format of the files, instead of a guess",
};

/**
 * The format given with `--format`.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` for one that cannot be read.
 */
export function givenFormat(parsed: Parsed): FormatName | undefined {
  const text = parsed.text("format");
  const readable = formats.filter(({ read }) => read !== undefined).map(({ name }) => name);
  return text === undefined ? undefined : knownName(text, readable, "--format");
}

/**
 * One of the names that an option takes.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` for any other, with the nearest one.
 */
export function knownName<T extends string>(text: string, names: readonly T[], option: string): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  const nearest = nearestName(text, names);
  const hint = nearest === undefined ? `Expected ${names.join(", ")}.` : `Did you mean ${nearest}?`;
  throw new TaskprovError(
    "ERR_USAGE",
    `Unknown value of ${option}: ${JSON.stringify(text)}. ${hint}`,
  );
}

/**
 * Reads a document that a command got as an argument; warnings go to standard error.
 *
 * @param file - a path, or `-` for standard input.
 * @throws {@link TaskprovError} `ERR_FILE` or `ERR_DOCUMENT`, naming the file.
 */
export async function readArgument(
  file: string,
  format: FormatName | undefined,
  io: Io,
  options: ReadFormatOptions = {},
): Promise<ProvDocument> {
  const source = file === "-" ? io.input : fileChunks(file);
  const name = file === "-" ? "standard input" : file;
  const fallback = formatOfFile(file)?.name;
  try {
    return await readDocument(source, {
      ...options,
      ...(format !== undefined && { format }),
      ...(fallback !== undefined && { fallback }),
      onWarning: (finding) => io.note(`${name}: ${findingText(finding)}`),
    });
  } catch (cause) {
    if (!(cause instanceof DocumentError)) throw cause;
    throw new TaskprovError("ERR_DOCUMENT", `Cannot read ${name}: ${cause.message}`, { cause });
  }
}
