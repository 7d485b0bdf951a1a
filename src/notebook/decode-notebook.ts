import { TaskprovError } from "../base/errors.js";

/** A parsed notebook file of nbformat 3 or 4, as far as the analysis looks at it. */
export interface NotebookJson {
  readonly nbformat: number;
  readonly nbformat_minor?: number;
  readonly metadata?: unknown;
  /** Of nbformat 4. */
  readonly cells?: readonly unknown[];
  /** Of nbformat 3: the first one holds the cells. */
  readonly worksheets?: readonly unknown[];
}

/** A code cell, decoded. */
export interface NotebookCodeCell {
  /** Position among all cells, from 0. */
  readonly index: number;
  readonly id?: string;
  readonly executionCount?: number;
  readonly source: string;
  /** Language the cell itself names (VS Code's polyglot notebooks), in lower case. */
  readonly language?: string;
  /** What is wrong with the cell's JSON; its source is empty then. */
  readonly problem?: string;
}

/** A notebook, decoded. */
export interface DecodedNotebook {
  readonly nbformat: number;
  readonly nbformatMinor: number;
  readonly kernel?: string;
  /** Language of the kernel as the notebook names it, in lower case. */
  readonly language?: string;
  readonly cellCount: number;
  readonly codeCells: readonly NotebookCodeCell[];
}

const notNotebook = "Give the path of a Jupyter notebook (.ipynb).";

/**
 * Decodes a notebook. The frame must be right; a cell that is not gets a `problem`, so that one
 * broken cell leaves all others intact.
 *
 * @param notebook - the text of the file, or what `JSON.parse` made of it.
 * @throws {@link TaskprovError} `ERR_NOTEBOOK` when this is no notebook of nbformat 3 or 4.
 */
export function decodeNotebook(notebook: unknown): DecodedNotebook {
  const json = typeof notebook === "string" ? parseText(notebook) : notebook;
  if (!isRecord(json)) {
    throw failure(`Expected a notebook to be a JSON object, got ${kindOf(json)}. ${notNotebook}`);
  }
  const version = json["nbformat"];
  if (version === undefined) {
    const keys = Object.keys(json)
      .slice(0, 5)
      .map((key) => JSON.stringify(key.slice(0, 40)));
    const has = keys.length === 0 ? "it has no keys" : `it begins with ${keys.join(", ")}`;
    throw failure(
      `This JSON object has no \`nbformat\`, so it is no notebook (${has}). ${notNotebook}`,
    );
  }
  if (version !== 3 && version !== 4) throw failure(versionMessage(version));
  const minor = json["nbformat_minor"];
  const cells = version === 4 ? listAt(json, "cells") : cellsOfWorksheets(json);
  const metadata = recordAt(json, "metadata");
  const kernelspec = recordAt(metadata, "kernelspec");
  const kernel = textAt(kernelspec, "name");
  const old = version === 3;
  const language =
    textAt(recordAt(metadata, "language_info"), "name") ??
    textAt(kernelspec, "language") ??
    kernel ??
    (old ? languageOfCells(cells) : undefined);
  return {
    nbformat: version,
    nbformatMinor: isCount(minor) ? minor : 0,
    ...(kernel === undefined ? {} : { kernel }),
    ...(language === undefined ? {} : { language: language.toLowerCase() }),
    cellCount: cells.length,
    codeCells: cells.flatMap((cell: unknown, index) => decodeCell(cell, index, version) ?? []),
  };
}

/** Worksheets were meant to be many; every writer made one. */
function cellsOfWorksheets(json: Record<string, unknown>): unknown[] {
  return listAt(json, "worksheets").flatMap((sheet, at) => {
    if (isRecord(sheet)) return listAt(sheet, "cells", `worksheets[${at}].cells`);
    throw failure(
      `Expected worksheets[${at}] of a notebook of nbformat 3 to be an object, got ${kindOf(sheet)}. The file is damaged or cut; save it again from Jupyter.`,
    );
  });
}

/** Cells of nbformat 3 name their language themselves. */
function languageOfCells(cells: readonly unknown[]): string | undefined {
  for (const cell of cells) {
    const language = isRecord(cell) ? textAt(cell, "language") : undefined;
    if (language !== undefined) return language;
  }
  return undefined;
}

function listAt(json: Record<string, unknown>, key: string, name: string = key): unknown[] {
  const list = json[key];
  if (Array.isArray(list)) return list;
  throw failure(
    `Expected \`${name}\` of a notebook to be a list, got ${kindOf(list)}. The file is damaged or cut; save it again from Jupyter.`,
  );
}

function parseText(text: string): unknown {
  const content = text.replace(/^\uFEFF/, "");
  if (content.trim() === "") throw failure(`The notebook is empty. ${notNotebook}`);
  if (content.includes("\0")) {
    throw failure(`The notebook is a binary file, not JSON text. ${notNotebook}`);
  }
  try {
    return JSON.parse(content);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause))
      .replace(/\p{Cc}+/gu, " ")
      .slice(0, 160);
    const git = /^<{7} /m.test(content) ? " It holds unresolved merge conflicts." : "";
    throw failure(`The notebook is not JSON: ${reason}.${git} ${notNotebook}`, cause);
  }
}

function decodeCell(cell: unknown, index: number, version: number): NotebookCodeCell | undefined {
  if (!isRecord(cell)) {
    return { index, source: "", problem: `cells[${index}] is ${kindOf(cell)}, not an object` };
  }
  const old = version === 3;
  const type = cell["cell_type"];
  if (type === "markdown" || type === "raw") return undefined;
  if (old && (type === "heading" || type === "html")) return undefined;
  const id = textAt(cell, "id");
  const count = cell[old ? "prompt_number" : "execution_count"];
  const language = old
    ? textAt(cell, "language")
    : textAt(recordAt(recordAt(cell, "metadata"), "vscode"), "languageId");
  const identity = {
    index,
    ...(id === undefined ? {} : { id }),
    ...(isCount(count) ? { executionCount: count } : {}),
    ...(language === undefined ? {} : { language: language.toLowerCase() }),
  };
  if (type !== "code") {
    const shown = typeof type === "string" ? JSON.stringify(type.slice(0, 40)) : kindOf(type);
    return {
      ...identity,
      source: "",
      problem: `cells[${index}].cell_type is ${shown}, not "code", "markdown" or "raw"`,
    };
  }
  const part = old ? "input" : "source";
  const source = cell[part];
  if (typeof source === "string") return { ...identity, source };
  if (Array.isArray(source) && source.every((line) => typeof line === "string")) {
    return { ...identity, source: source.join("") };
  }
  return {
    ...identity,
    source: "",
    problem: `cells[${index}].${part} is ${Array.isArray(source) ? "a list with other things than strings" : kindOf(source)}, not a string or a list of strings`,
  };
}

function versionMessage(version: unknown): string {
  if (typeof version !== "number") {
    return `Expected \`nbformat\` to be 3 or 4, got ${kindOf(version)}. ${notNotebook}`;
  }
  if (version > 4) {
    return `The notebook has nbformat ${version}, newer than 4, the newest known here. Update taskprov, or save the notebook as nbformat 4.`;
  }
  return `The notebook has nbformat ${version}; only 3 and 4 are read. Convert it: jupyter nbconvert --to notebook --nbformat 4 FILE`;
}

function recordAt(record: unknown, key: string): Record<string, unknown> | undefined {
  const value = isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined;
  return isRecord(value) ? value : undefined;
}

function textAt(record: Record<string, unknown> | undefined, key: string): string | undefined {
  const value = record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function failure(message: string, cause?: unknown): TaskprovError {
  return new TaskprovError("ERR_NOTEBOOK", message, cause === undefined ? {} : { cause });
}
