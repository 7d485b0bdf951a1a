import { createHash } from "node:crypto";
import { anInteger, checkOptions, type Expectation, oneOf, texts } from "../base/options.js";
import { addTriggers, triggerKey } from "./add-triggers.js";
import { applyHints, type HintDecision } from "./apply-hints.js";
import type { CallSite } from "./call-site.js";
import type { CellAnalysis, CellLanguage, CellWarning, ParseOutcome } from "./cell-analysis.js";
import { type CellContext, createJudges, isCellContext, judgesOf } from "./cell-context.js";
import { type CommentMarker, findHints } from "./find-hints.js";
import { type GeneratingNames, type NameRule, resolveNames } from "./generating-names.js";
import { createLineTable, type LineTable } from "./line-table.js";
import type { NotebookMode } from "./notebook-analysis.js";
import { readPythonCell } from "./read-python-cell.js";
import { readScriptCell } from "./read-script-cell.js";
import type { CellJudgement } from "./semantic/judgement.js";
import type { SourceCall, SourceCell } from "./source-call.js";

/** How to analyse; the same for one cell and for a notebook. */
export interface AnalyseOptions {
  /**
   * `semantic`: what objects are decides, followed through the cells in order. `strict`: the rules
   * of yProv4DASK's README, by names and hints alone.
   *
   * @defaultValue "semantic"
   */
  readonly notebookMode?: NotebookMode;
  /**
   * Changes to the list of generating names: `"foo"` or `"+foo"` adds one, `"-get"` removes one.
   *
   * @defaultValue []
   */
  readonly generatingNames?: readonly string[];
}

/** How to analyse one cell, and who it is. */
export interface AnalyseCellOptions extends AnalyseOptions {
  readonly language: CellLanguage;
  /** Position among all cells of its notebook, from 0; part of the ids. @defaultValue 0 */
  readonly index?: number;
  /** What earlier cells defined, and where this one adds to it. Default: no earlier cells. */
  readonly context?: CellContext;
}

/** What {@link AnalyseOptions} must be; the names are checked where they are resolved. */
export const analyseExpectations: Readonly<Record<keyof AnalyseOptions, Expectation>> = {
  notebookMode: oneOf(["semantic", "strict"]),
  generatingNames: texts,
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
    {
      ...analyseExpectations,
      language: oneOf(cellLanguages),
      index: anInteger(0),
      context: { words: "what createCellContext made", accepts: isCellContext },
    },
    "analyseCell",
  );
  const { language, index = 0, notebookMode = "semantic" } = options;
  const names = resolveNames(options.generatingNames);
  const cell = await readCell(source, language, index, notebookMode);
  const judges = judgesOf(options.context) ?? createJudges();
  const judgement = judges.follow(cell, names);
  judges.finish();
  return judgeCell(cell, names, judgement());
}

/** A cell that was read, before it is judged. */
export interface ReadCell {
  readonly index: number;
  readonly source: string;
  readonly language: CellLanguage;
  readonly mode: NotebookMode;
  /** Undefined for a cell that is too large. */
  readonly found?: SourceCell;
  /** Cell magic that makes it something else than Python. */
  readonly foreignMagic?: string;
}

/** Reads a cell, once options are checked. */
export async function readCell(
  source: string,
  language: CellLanguage,
  index: number,
  mode: NotebookMode,
): Promise<ReadCell> {
  const cell = { index, source, language, mode };
  if (source.length > maxCellChars) return cell;
  const lowered = mode === "semantic";
  if (language !== "python") return { ...cell, found: await readScriptCell(source, lowered) };
  const found = await readPythonCell(source, lowered);
  const { foreignMagic } = found;
  return { ...cell, found, ...(foreignMagic === undefined ? {} : { foreignMagic }) };
}

/** Says of every call of a cell that was read what it is. */
export function judgeCell(
  { index, source, language, found, foreignMagic }: ReadCell,
  names: GeneratingNames,
  judgement: CellJudgement | undefined,
): CellAnalysis {
  const identity = { index, sha256: sha256Of(source), language };
  if (found === undefined) {
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
  if (foreignMagic !== undefined) {
    return {
      ...identity,
      parse: "not-code",
      notCode: `cell magic %%${foreignMagic}`,
      errors: [],
      sites: [],
      hints: [],
      warnings: [],
    };
  }
  const python = language === "python";
  const rule = (name: string): NameRule | undefined =>
    python ? names.inPython(name) : names.inScript(name);
  const rules = { rule, marker: python ? "#" : "//", judgement } as const;
  return { ...identity, ...applyRules(found, source, index, rules) };
}

/** The identity of a source: SHA-256 of its UTF-8 bytes, in hexadecimal. */
export function sha256Of(source: string): string {
  return createHash("sha256").update(source, "utf8").digest("hex");
}

interface Rules {
  readonly rule: (name: string) => NameRule | undefined;
  readonly marker: CommentMarker;
  /** Present in semantic mode. */
  readonly judgement: CellJudgement | undefined;
}

function applyRules(
  cell: SourceCell,
  source: string,
  index: number,
  { rule, marker, judgement }: Rules,
): Pick<CellAnalysis, "parse" | "errors" | "sites" | "hints" | "warnings"> {
  const lines = createLineTable(source);
  const calls =
    judgement === undefined ? cell.calls : addTriggers(cell.calls, judgement, source, lines);
  const ids = identify(calls, index, lines);
  const idOf = (call: SourceCall): string => ids.get(call) ?? "";
  const ruleOf = (call: SourceCall): NameRule | undefined =>
    call.form === "subscript" ? undefined : rule(call.name);
  const plain = (call: SourceCall): CallVerdict =>
    judgement === undefined
      ? strictVerdict(call, ruleOf(call))
      : semanticVerdict(call, judgement, ruleOf(call));
  const found = findHints(cell, lines, marker);
  const counts = (call: SourceCall): boolean => plain(call).status === "generating";
  const applied = applyHints(found.hints, { ...cell, calls }, lines, {
    ruleOf,
    counts,
    idOf,
    warnsOfNeedless: judgement === undefined,
  });
  const warnings: CellWarning[] = [...found.warnings, ...applied.warnings];
  return {
    parse: outcomeOf(cell),
    errors: cell.errors,
    sites: calls.map((call) => ({
      ...siteOf(call, idOf(call), lines),
      ...(hinted(applied.decisions.get(call)) ?? plain(call)),
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

type CallVerdict = Pick<CallSite, "status" | "reason" | "confidence">;

function hinted(
  hint: HintDecision | undefined,
): (CallVerdict & Pick<CallSite, "hintLine" | "batches">) | undefined {
  if (hint === undefined) return undefined;
  return {
    status: hint.kind === "ignore" ? "ignored" : "tracked",
    reason: `hint:${hint.kind}`,
    confidence: 1,
    hintLine: hint.line,
    ...(hint.kind === "track-multiple" ? { batches: "many" } : {}),
  };
}

function strictVerdict(call: SourceCall, rule: NameRule | undefined): CallVerdict {
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

/** What was found by following the code; where it was not followed, what the name says. */
function semanticVerdict(
  call: SourceCall,
  { calls, triggers }: CellJudgement,
  rule: NameRule | undefined,
): CallVerdict {
  const verdict =
    call.form === "implicit" ? triggers.get(triggerKey(call))?.verdict : calls.get(call.nameEnd);
  if (verdict === undefined) return strictVerdict(call, rule);
  return { ...verdict, confidence: Math.round(verdict.confidence * 100) / 100 };
}

function outcomeOf(cell: SourceCell): ParseOutcome {
  if (cell.errors.length === 0) return "ok";
  return cell.searched && cell.calls.length > 0 ? "recovered" : "error";
}
