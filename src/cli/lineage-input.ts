import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TaskprovError } from "../base/errors.js";
import { type Lineage, openLineage } from "../lineage/lineage.js";
import { countText } from "../lineage/text/quantities.js";
import { createStyle, type Style } from "../lineage/text/style.js";
import type { CommandOption, Parsed } from "./command.js";
import type { Io } from "./io.js";

/** Options that every lineage command has. */
export const sharedOptions: Readonly<Record<string, CommandOption>> = {
  json: { type: "boolean", help: "the answer as JSON" },
  index: {
    type: "boolean",
    negatable: true,
    help: "keep an index of a large file in the cache (default)",
  },
};

/** Options of commands that follow lineage. */
export const sliceOptionsHelp: Readonly<Record<string, CommandOption>> = {
  depth: { type: "string", value: "N", help: "at most N tasks away" },
  "stop-at": {
    type: "string",
    multiple: true,
    value: "PATTERN",
    help: "go no further than these keys, groups or labels; repeat for several",
  },
};

/** What FILE may be, for help texts. */
export const fileHelp =
  "FILE is a PROV document or a journal, also of a run that goes on, or - for standard input; by\ndefault the newest document in ./output.";

/** Opens what a command's FILE argument names. */
export async function openInput(parsed: Parsed, io: Io, position: number): Promise<Lineage> {
  const file = parsed.positionals[position] ?? newestDocument("output");
  const index = parsed.flag("index") === false ? "none" : "auto";
  io.progress(`reading ${file}`);
  try {
    return await openLineage(file === "-" ? io.input : file, {
      index,
      onProgress: (records) => io.progress(`reading ${file}: ${countText(records)} records`),
    });
  } finally {
    io.progress("");
  }
}

/**
 * The newest document of a folder.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` when there is none.
 */
export function newestDocument(folder: string): string {
  const found = documentsIn(folder)[0];
  if (found !== undefined) return found;
  throw new TaskprovError(
    "ERR_USAGE",
    `There is no document in ${folder}. Name a document or journal as FILE.`,
  );
}

/** The files of a folder that may be documents, the newest first. */
function documentsIn(folder: string): string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // Said by the caller: there is no document.
  }
  return names
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .map((name) => join(folder, name))
    .map((path) => ({ path, stat: statSync(path, { throwIfNoEntry: false }) }))
    .filter(({ stat }) => stat?.isFile() === true)
    .sort((a, b) => (b.stat?.mtimeMs ?? 0) - (a.stat?.mtimeMs ?? 0))
    .map(({ path }) => path);
}

/**
 * Colours on a terminal, unless NO_COLOR is set; FORCE_COLOR wins.
 *
 * @param toStandardOutput - false when the text goes into a file, which never has colours.
 */
export function outputStyle(toStandardOutput: boolean = true): Style {
  if (!toStandardOutput) return createStyle(false);
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0";
  const wanted = process.stdout.isTTY === true && (NO_COLOR === undefined || NO_COLOR === "");
  return createStyle(forced || wanted);
}

/**
 * A whole number from the command line.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` when it is none.
 */
export function numberOption(parsed: Parsed, name: string): number | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected a whole number for --${name}, got ${JSON.stringify(text)}.`,
  );
}

/** An answer as JSON, indented. */
export function jsonText(answer: unknown): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}
