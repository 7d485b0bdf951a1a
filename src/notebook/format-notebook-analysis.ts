import type { CallSite } from "./call-site.js";
import type { CellAnalysis } from "./cell-analysis.js";
import type { NotebookAnalysis, NotebookMode } from "./notebook-analysis.js";

/** What {@link formatNotebookAnalysis} shows. */
export interface FormatNotebookOptions {
  /** Also the calls that create no task. @defaultValue false */
  readonly all?: boolean;
}

/**
 * An analysis as plain text: a table of calls, then what needs attention, then totals. Ends with a
 * line break.
 */
export function formatNotebookAnalysis(
  analysis: NotebookAnalysis,
  { all = false }: FormatNotebookOptions = {},
): string {
  const rows = analysis.cells.flatMap((cell) =>
    cell.sites
      .filter((site) => all || isShown(site, analysis.mode))
      .map((site) => [
        cellName(cell),
        `${site.nameSpan.startLine}:${site.nameSpan.startColumn}`,
        callText(site),
        site.status,
        site.confidence.toFixed(2),
        reasonText(site),
      ]),
  );
  const attention = [
    ...analysis.warnings.map(({ message }) => `notebook: ${message}`),
    ...analysis.cells.flatMap(attentionOf),
  ].map(oneLine);
  const sections = [
    rows.length === 0
      ? []
      : table([["cell", "line:col", "call", "status", "sure", "reason"], ...rows]),
    attention,
    [totals(analysis)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** Without `--all`: what creates tasks, what a hint or its arguments keep from it, what is open. */
function isShown({ status, reason }: CallSite, mode: NotebookMode): boolean {
  if (status === "not-a-task") return false;
  return status !== "lazy" || mode === "strict" || reason.startsWith("compute=");
}

function cellName({ index, executionCount }: CellAnalysis): string {
  return executionCount === undefined ? `${index}` : `${index} In[${executionCount}]`;
}

function callText({ name, form, receiver }: CallSite): string {
  const from =
    (form === "attribute" || form === "implicit") && receiver !== undefined ? receiver : "";
  // The end of a long receiver says more than its beginning.
  const shown = [...from].length > 30 ? `…${[...from].slice(-29).join("")}` : from;
  if (form === "implicit") return oneLine(shown === "" ? `(${name})` : `${shown}.${name}`);
  return oneLine(shown === "" ? `${name}()` : `${shown}.${name}()`);
}

function reasonText({ reason, hintLine }: CallSite): string {
  return oneLine(hintLine === undefined ? reason : `${reason} (line ${hintLine})`);
}

function attentionOf(cell: CellAnalysis): string[] {
  const lines: string[] = [];
  if (cell.parse === "recovered" || cell.parse === "error") {
    const what =
      cell.parse === "recovered" ? "has syntax errors, some calls may be missing" : "not analysed";
    const first = cell.errors[0];
    const where = first === undefined ? "" : `: ${first.line}:${first.column} ${first.message}`;
    // A malformed or too large cell says the same in its warning.
    if (cell.warnings[0]?.message !== first?.message) {
      lines.push(`cell ${cellName(cell)} ${what}${where}`);
    }
  }
  for (const { line, column, message } of cell.warnings) {
    lines.push(`cell ${cellName(cell)} ${line}:${column} ${message}`);
  }
  return lines;
}

function totals({ summary, names, mode }: NotebookAnalysis): string {
  const {
    codeCells,
    notCode,
    recovered,
    error,
    calls,
    generating,
    tracked,
    ignored,
    lazy,
    unknown,
  } = summary;
  const troubled = recovered + error;
  const cells = [
    `${codeCells} code ${codeCells === 1 ? "cell" : "cells"}`,
    ...(notCode > 0 ? [`${notCode} not in an analysed language`] : []),
    ...(troubled > 0 ? [`${troubled} with errors`] : []),
  ].join(", ");
  const found = `${generating + tracked} of ${calls} calls create tasks (${generating} by ${mode === "strict" ? "name" : "themselves"}, ${tracked} by hint)`;
  const listed = names.always.length + names.unlessComputeFalse.length;
  return `${cells}; ${found}, ${ignored} ignored, ${lazy} lazy${mode === "strict" ? "" : `, ${unknown} unknown`}; ${listed} names in the list.`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3, 4].map((column) =>
    rows.reduce((width, row) => Math.max(width, [...(row[column] ?? "")].length), 0),
  );
  return rows.map((row) =>
    row
      .map(
        (text, column) => text + " ".repeat(Math.max(0, (widths[column] ?? 0) - [...text].length)),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** Control characters of a hostile notebook must not reach the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
