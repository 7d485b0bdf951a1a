import { createHash } from "node:crypto";
import { anInteger, checkOptions, type Expectation, oneOf } from "../base/options.js";
import { applyHints, type HintDecision } from "./apply-hints.js";
import type { CallSite, CallStatus } from "./call-site.js";
import type { CellAnalysis, CellLanguage, CellWarning, ParseOutcome } from "./cell-analysis.js";
import { type CommentMarker, findHints } from "./find-hints.js";
import {
  type GeneratingNames,
  type NameEdits,
  type NameRule,
  resolveNames,
} from "./generating-names.js";
import { createLineTable, type LineTable } from "./line-table.js";
import { readPythonCell } from "./read-python-cell.js";
import { readScriptCell } from "./read-script-cell.js";
import type { SourceCall, SourceCell } from "./source-call.js";

/** How to analyse; the same for one cell and for a notebook. */
export interface AnalyseOptions {
  /**
   * `strict`: the rules of yProv4DASK's README, by names and hints alone. More modes come later.
   *
   * @defaultValue "strict"
   */
  readonly mode?: "strict";
  /** Changes to the list of generating names. @defaultValue the list as it is */
  readonly names?: NameEdits;
}

/** How to analyse one cell, and who it is. */
export interface AnalyseCellOptions extends AnalyseOptions {
  readonly language: CellLanguage;
  /** Position among all cells of its notebook, from 0; part of the ids. @defaultValue 0 */
  readonly index?: number;
}

/** What {@link AnalyseOptions} must be; the names are checked where they are resolved. */
export const analyseExpectations: Readonly<Record<keyof AnalyseOptions, Expectation>> = {
  mode: {
    words: '"strict" (other modes come with a later release)',
    accepts: (value) => value === "strict",
  },
  names: { words: "changes to the list of names", accepts: () => true },
};

/** The languages {@link analyseCell} reads. */
const cellLanguages: readonly CellLanguage[] = ["python", "typescript", "javascript"];

/**
 * Longest cell that is parsed, in UTF-16 code units: about 25,000 lines. Larger cells hold data,
 * and a parser needs 80 bytes of memory for each of their characters.
 */
export const maxCellChars = 1_000_000;

/**
 * Analyses one notebook cell: which calls create tasks, by name list and hints.
 *
 * Whatever the source is, this does not throw on it: errors are in the result.
 *
 * @param source - the raw source of the cell, magics and all.
 * @throws {@link TaskprovError} `ERR_OPTION` for an unknown language, mode or name edit.
 * @example
 * ```ts
 * const { sites } = await analyseCell("total = x.sum().compute()", { language: "python" });
 * ```
 */
export async function analyseCell(
  source: string,
  options: AnalyseCellOptions,
): Promise<CellAnalysis> {
  checkOptions(
    { ...options, language: options.language ?? null },
    { ...analyseExpectations, language: oneOf(cellLanguages), index: anInteger(0) },
    "analyseCell",
  );
  const { language, index = 0 } = options;
  return await analyseSource(source, language, index, resolveNames(options.names));
}

/** {@link analyseCell} with options that are already checked. */
export async function analyseSource(
  source: string,
  language: CellLanguage,
  index: number,
  names: GeneratingNames,
): Promise<CellAnalysis> {
  const identity = { index, sha256: sha256Of(source), language };
  if (source.length > maxCellChars) {
    const message = `The cell has ${source.length} characters; more than ${maxCellChars} are not analysed. Load such data from a file.`;
    return {
      ...identity,
      parse: "error",
      errors: [{ line: 1, column: 1, message }],
      sites: [],
      hints: [],
      warnings: [{ line: 1, column: 1, code: "too-large", message }],
    };
  }
  if (language === "python") {
    const cell = await readPythonCell(source);
    if (cell.foreignMagic !== undefined) {
      return {
        ...identity,
        parse: "not-code",
        notCode: `cell magic %%${cell.foreignMagic}`,
        errors: [],
        sites: [],
        hints: [],
        warnings: [],
      };
    }
    return { ...identity, ...applyRules(cell, source, index, "#", (name) => names.inPython(name)) };
  }
  const cell = await readScriptCell(source);
  return { ...identity, ...applyRules(cell, source, index, "//", (name) => names.inScript(name)) };
}

/** The identity of a source: SHA-256 of its UTF-8 bytes, in hexadecimal. */
export function sha256Of(source: string): string {
  return createHash("sha256").update(source, "utf8").digest("hex");
}

function applyRules(
  cell: SourceCell,
  source: string,
  index: number,
  marker: CommentMarker,
  rule: (name: string) => NameRule | undefined,
): Pick<CellAnalysis, "parse" | "errors" | "sites" | "hints" | "warnings"> {
  const lines = createLineTable(source);
  const ids = identify(cell.calls, index, lines);
  const idOf = (call: SourceCall): string => ids.get(call) ?? "";
  const ruleOf = (call: SourceCall): NameRule | undefined =>
    call.form === "subscript" ? undefined : rule(call.name);
  const found = findHints(cell, lines, marker);
  const applied = applyHints(found.hints, cell, lines, ruleOf, idOf);
  const warnings: CellWarning[] = [...found.warnings, ...applied.warnings];
  return {
    parse: outcomeOf(cell),
    errors: cell.errors,
    sites: cell.calls.map((call) => ({
      ...siteOf(call, idOf(call), lines),
      ...statusOf(call, ruleOf(call), applied.decisions.get(call)),
    })),
    hints: applied.hints,
    warnings: warnings.sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** `CELL:LINE:COLUMN` of each call's place in reading order, which no two calls share. */
function identify(
  calls: readonly SourceCall[],
  index: number,
  lines: LineTable,
): ReadonlyMap<SourceCall, string> {
  return new Map(
    calls.map((call) => {
      const { line, column } = lines.positionAt(call.anchor);
      return [call, `${index}:${line}:${column}`];
    }),
  );
}

function siteOf(
  call: SourceCall,
  id: string,
  lines: LineTable,
): Omit<CallSite, "status" | "reason" | "confidence"> {
  return {
    id,
    name: call.name,
    form: call.form,
    ...(call.receiver === undefined ? {} : { receiver: call.receiver }),
    span: lines.spanOf(call.start, call.end),
    nameSpan: lines.spanOf(call.nameStart, call.nameEnd),
    ...(call.enclosing === undefined ? {} : { enclosing: call.enclosing }),
    inLoop: call.inLoop,
    awaited: call.awaited,
  };
}

function statusOf(
  call: SourceCall,
  rule: NameRule | undefined,
  hint: HintDecision | undefined,
): { status: CallStatus; reason: string; confidence: number; hintLine?: number } {
  if (hint !== undefined) {
    return {
      status: hint.kind === "ignore" ? "ignored" : "tracked",
      reason: `hint:${hint.kind}`,
      confidence: 1,
      hintLine: hint.line,
    };
  }
  if (rule === undefined) return { status: "not-a-task", reason: "not-in-list", confidence: 0.5 };
  if (rule === "unless-compute-false") {
    if (call.compute.kind === "false") {
      return { status: "lazy", reason: "compute=False", confidence: 1 };
    }
    if (call.compute.kind === "unknown") {
      return { status: "generating", reason: `compute=${call.compute.text}`, confidence: 0.5 };
    }
  }
  return { status: "generating", reason: "name-list", confidence: 0.5 };
}

function outcomeOf(cell: SourceCell): ParseOutcome {
  if (cell.errors.length === 0) return "ok";
  return cell.searched && cell.calls.length > 0 ? "recovered" : "error";
}
