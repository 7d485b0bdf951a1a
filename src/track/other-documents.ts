import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isTaskprovError } from "../base/errors.js";
import { writeFileAtomically } from "../base/files.js";
import {
  drawSvg,
  type Finding,
  type FormatName,
  findFormat,
  findingText,
} from "../formats/index.js";
import type { ProvDocument } from "../prov/index.js";
import { readDocument, writeDocument } from "./document-files.js";
import { stemOf } from "./options.js";
import { drawPng } from "./png/draw-png.js";

/** The document of a run in a further format. */
export interface OtherDocument {
  /** As the option `formats` spells it. */
  readonly format: string;
  /** Where it lies; absent when it could not be written. */
  readonly path?: string;
  /** Why it could not be written, or what the format cannot carry of it. */
  readonly problem?: string;
}

// A document is read into memory whole for its other formats, at several times its size.
const maxBytes = 256 << 20;

/** The names of the files that {@link writeOtherDocuments} writes beside a document. */
export function otherNames(fileName: string, formats: readonly string[]): readonly string[] {
  return [...new Set(formats)]
    .filter((format) => format !== "prov-json")
    .map((format) => `${stemOf(fileName)}${endingOf(format)}`);
}

function endingOf(format: string): string {
  return findFormat(format)?.extensions[0] ?? `.${format}`;
}

/**
 * Writes the document of a run in the other formats that its options name, beside it and under its
 * name with their endings. What cannot be written is told, never thrown: the PROV-JSON stands.
 *
 * @param document - path of the PROV-JSON.
 */
export async function writeOtherDocuments(
  document: string,
  formats: readonly string[],
): Promise<readonly OtherDocument[]> {
  const wanted = [...new Set(formats)].filter((format) => format !== "prov-json");
  if (wanted.length === 0) return [];
  const read = await readOnce(document);
  const others: OtherDocument[] = [];
  for (const format of wanted) {
    others.push(
      typeof read === "string"
        ? { format, problem: problemText(format, read) }
        : await writeOne(read, document, format),
    );
  }
  return others;
}

/** The document, or why it cannot be read. */
async function readOnce(path: string): Promise<ProvDocument | string> {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) {
      return `${path} has ${size} bytes, too many to convert while the program ends. Use: taskprov convert ${path}`;
    }
    return await readDocument(path, { format: "prov-json" });
  } catch (error) {
    return messageOf(error);
  }
}

async function writeOne(
  document: ProvDocument,
  main: string,
  format: string,
): Promise<OtherDocument> {
  const path = join(dirname(main), `${stemOf(basename(main))}${endingOf(format)}`);
  if (path === main) {
    return { format, problem: problemText(format, `${path} is the name of the PROV-JSON`) };
  }
  const lost: Finding[] = [];
  try {
    if (format === "svg" || format === "png") {
      const picture = format === "svg" ? await drawSvg(document) : await drawPng(document);
      writeFileAtomically(path, picture);
    } else if (isFormatName(format)) {
      const onWarning = (finding: Finding): void => void lost.push(finding);
      writeDocument(path, document, { format, onWarning });
    }
  } catch (error) {
    return { format, problem: problemText(format, messageOf(error)) };
  }
  const [first] = lost;
  return {
    format,
    path,
    ...(first !== undefined && {
      problem: `${path} lacks something of the document, ${lost.length === 1 ? "told once" : `told ${lost.length} times`}: ${findingText(first)}`,
    }),
  };
}

function isFormatName(format: string): format is FormatName {
  return findFormat(format) !== undefined;
}

function problemText(format: string, why: string): string {
  return `The document was not written as ${format}: ${why}`;
}

function messageOf(error: unknown): string {
  if (isTaskprovError(error)) return error.message;
  return error instanceof Error ? error.message : String(error);
}
