import type { Node, Parser } from "web-tree-sitter";
import type { CellErrorReport } from "./cell-analysis.js";
import { findPythonCalls, type PythonCall } from "./find-python-calls.js";
import { createLineTable, type LineTable } from "./line-table.js";
import { type MaskedPython, maskIPython } from "./mask-ipython.js";
import { dropPythonParser, loadPythonParser } from "./python-parser.js";
import { lowerPython } from "./semantic/lower-python.js";
import { copyTree } from "./semantic/python-tree.js";
import { shortText } from "./short-text.js";
import type { SourceCall, SourceCell } from "./source-call.js";

/** A Python cell as found; `foreignMagic` names the cell magic that makes it something else. */
export interface PythonCell extends SourceCell {
  readonly foreignMagic?: string;
}

const maxErrors = 20;

/**
 * Finds the calls and comments of a Python cell, IPython syntax and all. Syntax errors cost the
 * calls around them, never the others.
 *
 * @param lowered - whether the statements are wanted as well, for semantic mode.
 */
export async function readPythonCell(source: string, lowered: boolean): Promise<PythonCell> {
  const masked = maskIPython(source);
  const lines = createLineTable(source);
  const statementLines = new Set(masked.statementStarts.map((start) => lines.lineAt(start)));
  const empty = { text: masked.text, calls: [], comments: masked.comments, statementLines };
  if (masked.foreignMagic !== undefined) {
    return { ...empty, errors: [], searched: false, foreignMagic: masked.foreignMagic };
  }
  const parser = await loadPythonParser();
  try {
    return { ...empty, ...searchTree(parser, masked, lines, lowered), searched: true };
  } catch (error) {
    // The parser runs in WebAssembly: what a trap leaves of it is not used again.
    dropPythonParser();
    const message = `The Python parser gave up on this cell: ${String(error)}`;
    return { ...empty, errors: [{ line: 1, column: 1, message }], searched: false };
  }
}

function searchTree(
  parser: Parser,
  masked: MaskedPython,
  lines: LineTable,
  lowered: boolean,
): Pick<SourceCell, "calls" | "errors" | "statements"> {
  const tree = parser.parse(masked.text);
  if (tree === null) throw new Error("it returned no tree");
  try {
    const root = tree.rootNode;
    const calls = findPythonCalls(root, masked.text);
    return {
      calls: addStatements(calls, masked.statementStarts, lines),
      errors: root.hasError ? reportErrors(root, masked.text, lines) : [],
      ...(lowered ? { statements: lowerPython(copyTree(tree), masked.text) } : {}),
    };
  } finally {
    // Nothing else frees the parser's memory.
    tree.delete();
  }
}

/** Adds to each call the line of its statement. Both lists are in the order of the text. */
function addStatements(
  calls: readonly PythonCall[],
  starts: readonly number[],
  lines: LineTable,
): SourceCall[] {
  let statement = 0;
  return calls.map((call) => {
    while ((starts[statement + 1] ?? Number.POSITIVE_INFINITY) <= call.anchor) statement += 1;
    return { ...call, statementLine: lines.lineAt(starts[statement] ?? call.anchor) };
  });
}

function reportErrors(root: Node, text: string, lines: LineTable): CellErrorReport[] {
  const reports: CellErrorReport[] = [];
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (reports.length === maxErrors) break;
    if (node.isMissing) {
      reports.push({
        ...lines.positionAt(node.startIndex),
        message: `syntax error: ${JSON.stringify(node.type)} is missing`,
      });
    } else if (node.isError) {
      const excerpt = shortText(textOf(node, text), 40);
      reports.push({
        ...lines.positionAt(node.startIndex),
        message: `syntax error at ${JSON.stringify(excerpt)}`,
      });
    } else if (node.hasError) {
      for (const child of node.children.toReversed()) pending.push(child);
    }
  }
  return reports;
}

function textOf(node: Node, text: string): string {
  return text.slice(node.startIndex, node.endIndex);
}
