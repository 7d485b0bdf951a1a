import { checkOptions } from "../base/options.js";
import {
  type AnalyseOptions,
  analyseExpectations,
  judgeCell,
  type ReadCell,
  readCell,
  sha256Of,
} from "./analyse-cell.js";
import type { CallSite, CallStatus } from "./call-site.js";
import type { CellAnalysis, CellLanguage, ParseOutcome } from "./cell-analysis.js";
import { createJudges } from "./cell-context.js";
import { decodeNotebook, type NotebookCodeCell, type NotebookJson } from "./decode-notebook.js";
import { type GeneratingNames, resolveNames } from "./generating-names.js";
import type {
  NotebookAnalysis,
  NotebookMode,
  NotebookSummary,
  NotebookWarning,
} from "./notebook-analysis.js";

const languages: Readonly<Record<string, CellLanguage>> = {
  ipython: "python",
  python: "python",
  python3: "python",
  xpython: "python",
  deno: "typescript",
  ts: "typescript",
  tslab: "typescript",
  typescript: "typescript",
  javascript: "javascript",
  jslab: "javascript",
  js: "javascript",
  node: "javascript",
  nodejs: "javascript",
};

/**
 * Analyses a notebook without running it: which function calls create tasks, by what objects are
 * (or, in strict mode, by names alone) and the hints `# Jupyter:ignore` and `# Jupyter:track` (in
 * TypeScript `// Jupyter:ignore` …). Cells are followed in the order of the file.
 *
 * Cells never make it fail: one that cannot be read is reported, the others are analysed.
 *
 * @param notebook - text of an `.ipynb` file of nbformat 3 or 4, or its parsed JSON.
 * @throws {@link TaskprovError} `ERR_NOTEBOOK` when it is no such notebook, `ERR_OPTION` for an
 * unknown mode or a change of names that makes no sense.
 * @example
 * ```ts
 * const analysis = await analyseNotebook(await readFile("climate.ipynb", "utf8"));
 * console.log(formatNotebookAnalysis(analysis));
 * ```
 */
export async function analyseNotebook(
  notebook: string | NotebookJson,
  options: AnalyseOptions = {},
): Promise<NotebookAnalysis> {
  checkOptions(options, analyseExpectations, "analyseNotebook");
  const names = resolveNames(options.generatingNames);
  const mode = options.notebookMode ?? "semantic";
  const decoded = decodeNotebook(notebook);
  const warnings: NotebookWarning[] = [];
  const language = decoded.language ?? "python";
  if (decoded.language === undefined && decoded.codeCells.length > 0) {
    warnings.push({
      code: "language-assumed",
      message: "The notebook does not name its language; Python is assumed.",
    });
  } else if (languageOf(language) === undefined) {
    warnings.push({
      code: "language-unknown",
      message: `Cells in ${shown(language)} are not analysed; Python, TypeScript and JavaScript are.`,
    });
  }
  if (decoded.codeCells.length === 0) {
    warnings.push({ code: "no-code", message: "The notebook has no code cells." });
  }
  const cells = await analyseCells(decoded.codeCells, language, mode, names);
  return {
    version: 1,
    mode,
    nbformat: `${decoded.nbformat}.${decoded.nbformatMinor}`,
    ...(decoded.kernel === undefined ? {} : { kernel: decoded.kernel }),
    language: languageOf(language) ?? language,
    names: { always: names.always, unlessComputeFalse: names.unlessComputeFalse },
    summary: summarise(decoded.cellCount, cells, warnings.length),
    warnings,
    cells,
  };
}

/**
 * Reads all cells, follows them in order, then judges each: a later cell that calls a function
 * says what the calls in it do.
 */
async function analyseCells(
  cells: readonly NotebookCodeCell[],
  notebookLanguage: string,
  mode: NotebookMode,
  names: GeneratingNames,
): Promise<CellAnalysis[]> {
  const judges = createJudges();
  const pending: (() => CellAnalysis)[] = [];
  for (const cell of cells) {
    const own = cell.language ?? notebookLanguage;
    const language = languageOf(own);
    const identity = {
      index: cell.index,
      ...(cell.id === undefined ? {} : { id: cell.id }),
      ...(cell.executionCount === undefined ? {} : { executionCount: cell.executionCount }),
    };
    if (language === undefined || cell.problem !== undefined) {
      const without = { ...identity, ...unread(cell, own) };
      pending.push(() => without);
      continue;
    }
    const read: ReadCell = await readCell(cell.source, language, cell.index, mode);
    const judgement = judges.follow(read, names);
    pending.push(() => ({ ...identity, ...judgeCell(read, names, judgement()) }));
  }
  judges.finish();
  return pending.map((judge) => judge());
}

/** A cell that cannot be read, or is in another language. */
function unread({ source, problem, index }: NotebookCodeCell, own: string): CellAnalysis {
  const nothing = { index, sha256: sha256Of(source), sites: [], hints: [] };
  if (problem === undefined) {
    return {
      ...nothing,
      language: own,
      parse: "not-code",
      notCode: `language ${shown(own)}`,
      errors: [],
      warnings: [],
    };
  }
  const place = { line: 1, column: 1, message: `${problem}.` };
  return {
    ...nothing,
    language: languageOf(own) ?? own,
    parse: "error",
    errors: [place],
    warnings: [{ ...place, code: "malformed-cell" }],
  };
}

/** The language that a kernel or notebook names; undefined for one that is not analysed. */
export function languageOf(name: string): CellLanguage | undefined {
  return Object.hasOwn(languages, name) ? languages[name] : undefined;
}

function shown(language: string): string {
  return JSON.stringify(language.slice(0, 40));
}

function summarise(
  cellCount: number,
  cells: readonly CellAnalysis[],
  notebookWarnings: number,
): NotebookSummary {
  const sites: readonly CallSite[] = cells.flatMap((cell) => cell.sites);
  const parsed = (outcome: ParseOutcome): number =>
    cells.filter(({ parse }) => parse === outcome).length;
  const having = (status: CallStatus): number =>
    sites.filter((site) => site.status === status).length;
  const total = (count: (cell: CellAnalysis) => number): number =>
    cells.reduce((sum, cell) => sum + count(cell), 0);
  return {
    cells: cellCount,
    codeCells: cells.length,
    ok: parsed("ok"),
    recovered: parsed("recovered"),
    error: parsed("error"),
    notCode: parsed("not-code"),
    calls: sites.length,
    generating: having("generating"),
    tracked: having("tracked"),
    ignored: having("ignored"),
    lazy: having("lazy"),
    notATask: having("not-a-task"),
    unknown: having("unknown"),
    hints: total((cell) => cell.hints.length),
    warnings: notebookWarnings + total((cell) => cell.warnings.length),
  };
}
