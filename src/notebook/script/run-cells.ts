import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { Script } from "node:vm";
import type TS from "typescript";
import { displayOf, type MimeBundle } from "../../base/notebook-display.js";
import { sha256Of } from "../analyse-cell.js";
import type { CellLanguage } from "../cell-analysis.js";
import type { NotebookCodeCell } from "../decode-notebook.js";
import { cellProgram, importName } from "./cell-program.js";
import { tellScriptCell } from "./script-cells.js";

/** An output of a cell, as nbformat 4 has it. */
export type CellOutput = Readonly<Record<string, unknown>>;

/** What executing a cell came to. */
export interface CellResult {
  readonly cell: NotebookCodeCell;
  readonly count: number;
  readonly outputs: readonly CellOutput[];
  /** What it threw. */
  readonly error: unknown;
  readonly failed: boolean;
}

/** How {@link runCells} executes. */
export interface RunCellsOptions {
  /** Absolute path of the notebook. */
  readonly path: string;
  readonly language: CellLanguage;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Takes what cells print, as they do. */
  readonly onText: (stream: "stdout" | "stderr", text: string) => void;
}

/**
 * Executes TypeScript or JavaScript cells in this process, one after the other, until one throws.
 * Their names are global; lines and columns of errors and call sites are those of the cell.
 */
export async function* runCells(
  cells: readonly NotebookCodeCell[],
  options: RunCellsOptions,
): AsyncGenerator<CellResult> {
  const ts = (await import("typescript")).default;
  Reflect.set(globalThis, importName, importerFor(options.path));
  let number = 0;
  for (const cell of cells) {
    if (cell.source.trim() === "") continue;
    const result = await runCell(ts, cell, number++, options);
    yield result;
    if (result.failed) return;
  }
}

async function runCell(
  ts: typeof TS,
  cell: NotebookCodeCell,
  number: number,
  { path, language, now, onText }: RunCellsOptions,
): Promise<CellResult> {
  const hash = sha256Of(cell.source);
  const count = number + 1;
  tellScriptCell({ type: "source", time: now(), hash, text: cell.source });
  tellScriptCell({
    type: "cell",
    time: now(),
    cell: number,
    ...(cell.id !== undefined && { id: cell.id }),
    ...{ count, index: cell.index, sourceHash: hash, language, notebook: path },
  });
  const outputs: CellOutput[] = [];
  const restore = captureConsole((name, text) => {
    outputs.push({ output_type: "stream", name, text });
    onText(name, text);
  });
  let error: unknown;
  let failed = false;
  try {
    const filename = `${path}#cell=${number}`;
    const program = cellProgram(ts, cell.source, filename);
    const { columnOffset } = program;
    const value = new Script(program.code, { filename, columnOffset }).runInThisContext({
      displayErrors: false,
    });
    const shown: unknown = program.isAsync ? await value() : value;
    if (shown !== undefined) outputs.push(...(await valueOutputs(shown, count)));
  } catch (thrown) {
    failed = true;
    error = thrown;
    outputs.push(errorOutput(thrown));
  } finally {
    restore();
  }
  tellScriptCell({
    type: "cell-end",
    time: now(),
    cell: number,
    status: failed ? "error" : "ok",
  });
  return { cell, count, outputs: joined(outputs), error, failed };
}

/** Resolves as from the notebook's folder; this package is the one that runs it. */
function importerFor(notebook: string): (name: string) => Promise<unknown> {
  const base = pathToFileURL(notebook);
  const require = createRequire(base);
  return async (given) => {
    const name = given.replace(/^npm:/, "");
    if (name === "taskprov" || name.startsWith("taskprov/")) return await import(name);
    if (/^(?:[./]|file:)/.test(name)) return await import(new URL(name, base).href);
    if (/^(?:node|data):/.test(name)) return await import(name);
    try {
      return await import(
        pathToFileURL(require.resolve(name, { paths: [dirname(notebook)] })).href
      );
    } catch {
      // A package that has no entry for `require`.
      return await import(name);
    }
  };
}

const streams = { log: "stdout", info: "stdout", debug: "stdout", warn: "stderr", error: "stderr" };

/** Cells print with `console`; what else the process writes is not theirs. */
function captureConsole(take: (name: "stdout" | "stderr", text: string) => void): () => void {
  const before = Object.keys(streams).map((name) => [name, Reflect.get(console, name)] as const);
  for (const [name, stream] of Object.entries(streams)) {
    Reflect.set(console, name, (...values: unknown[]) => {
      const words = values.map((value) => (typeof value === "string" ? value : inspect(value)));
      take(stream === "stderr" ? "stderr" : "stdout", `${words.join(" ")}\n`);
    });
  }
  return () => {
    for (const [name, method] of before) Reflect.set(console, name, method);
  };
}

/** A value as it wants to be shown (`Symbol.for("Jupyter.display")`, as other kernels ask), or inspected. */
async function valueOutputs(value: unknown, count: number): Promise<CellOutput[]> {
  const outputs: CellOutput[] = [];
  let data: MimeBundle | undefined;
  try {
    data = await displayOf(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    outputs.push({ output_type: "stream", name: "stderr", text: `Cannot display it: ${why}\n` });
  }
  data ??= { "text/plain": inspect(value) };
  outputs.push({ output_type: "execute_result", execution_count: count, data, metadata: {} });
  return outputs;
}

function errorOutput(thrown: unknown): CellOutput {
  const [name, text, stack] =
    thrown instanceof Error
      ? [thrown.name, thrown.message, thrown.stack ?? thrown.message]
      : ["Error", inspect(thrown), inspect(thrown)];
  return { output_type: "error", ename: name, evalue: text, traceback: stack.split("\n") };
}

/** Texts of one stream that follow each other are one output. */
function joined(outputs: readonly CellOutput[]): CellOutput[] {
  const result: CellOutput[] = [];
  for (const output of outputs) {
    const last = result.at(-1);
    const isSame = last?.["output_type"] === "stream" && output["output_type"] === "stream";
    if (last !== undefined && isSame && last["name"] === output["name"]) {
      result[result.length - 1] = { ...last, text: `${last["text"]}${output["text"]}` };
    } else result.push(output);
  }
  return result;
}
