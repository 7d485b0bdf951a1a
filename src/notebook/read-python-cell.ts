import type { Node, Tree } from "web-tree-sitter";
import type { CellErrorReport } from "./cell-analysis.js";
import { createLineTable, type LineTable } from "./line-table.js";
import { type MaskedPython, maskIPython } from "./mask-ipython.js";
import { dropPythonParser, loadPythonParser, type PythonParser } from "./python-parser.js";
import { shortText } from "./short-text.js";
import type { ComputeArgument, SourceCall, SourceCell } from "./source-call.js";

/** A Python cell as found; `foreignMagic` names the cell magic that makes it something else. */
export interface PythonCell extends SourceCell {
  readonly foreignMagic?: string;
}

const maxErrors = 20;

/**
 * Finds the calls and comments of a Python cell, IPython syntax and all. Syntax errors cost the
 * calls around them, never the others.
 */
export async function readPythonCell(source: string): Promise<PythonCell> {
  const masked = maskIPython(source);
  const lines = createLineTable(source);
  const statementLines = new Set(masked.statementStarts.map((start) => lines.lineAt(start)));
  const empty = { text: masked.text, calls: [], comments: masked.comments, statementLines };
  if (masked.foreignMagic !== undefined) {
    return { ...empty, errors: [], searched: false, foreignMagic: masked.foreignMagic };
  }
  const python = await loadPythonParser();
  try {
    return { ...empty, ...searchTree(python, masked, lines), searched: true };
  } catch (error) {
    // The parser runs in WebAssembly: after a trap its memory cannot be trusted any more.
    dropPythonParser();
    const message = `The Python parser gave up on this cell: ${String(error)}`;
    return { ...empty, errors: [{ line: 1, column: 1, message }], searched: false };
  }
}

function searchTree(
  { parser, query }: PythonParser,
  masked: MaskedPython,
  lines: LineTable,
): Pick<SourceCell, "calls" | "errors"> {
  const tree = parser.parse(masked.text);
  if (tree === null) throw new Error("it returned no tree");
  try {
    const found = collect(query.matches(tree.rootNode), masked.text);
    return {
      calls: place(found, masked, lines),
      errors: tree.rootNode.hasError ? reportErrors(tree, masked.text, lines) : [],
    };
  } finally {
    tree.delete();
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

type FoundCall = Omit<SourceCall, "statementLine" | "enclosing" | "inLoop">;

interface Scope extends Range {
  /** Undefined for a loop, which only repeats. */
  readonly name: string | undefined;
}

interface Found {
  readonly calls: readonly FoundCall[];
  readonly scopes: readonly Scope[];
}

function collect(
  matches: readonly {
    readonly captures: readonly { readonly name: string; readonly node: Node }[];
  }[],
  text: string,
): Found {
  const calls: FoundCall[] = [];
  const scopes: Scope[] = [];
  const awaited = new Set<number>();
  const compute = new Map<number, ComputeArgument>();
  const ids: number[] = [];
  for (const { captures } of matches) {
    const nodes: Record<string, Node> = {};
    for (const { name, node } of captures) nodes[name] = node;
    const { call, name, receiver, callee, keyword, value, scope, scopeName, lambda, loop } = nodes;
    if (keyword !== undefined && value !== undefined && call !== undefined) {
      if (textOf(keyword, text) === "compute") compute.set(call.id, computeArgument(value, text));
    } else if (call !== undefined) {
      const target =
        name === undefined ? calleeOf(callee, text) : attributeOf(name, receiver, text);
      if (target === undefined) continue;
      ids.push(call.id);
      calls.push({
        ...target,
        start: call.startIndex,
        end: call.endIndex,
        awaited: false,
        compute: { kind: "absent" },
      });
    } else if (nodes["awaited"] !== undefined) {
      awaited.add(nodes["awaited"].id);
    } else if (scope !== undefined && scopeName !== undefined) {
      scopes.push({ ...rangeOf(scope), name: textOf(scopeName, text) });
    } else if (lambda !== undefined) {
      scopes.push({ ...rangeOf(lambda), name: "<lambda>" });
    } else if (loop !== undefined) {
      scopes.push({ ...rangeOf(loop), name: undefined });
    }
  }
  return {
    calls: calls.map((call, at) => {
      const id = ids[at] ?? -1;
      return {
        ...call,
        awaited: awaited.has(id),
        compute: compute.get(id) ?? call.compute,
      };
    }),
    scopes,
  };
}

type Target = Pick<SourceCall, "name" | "form" | "receiver" | "nameStart" | "nameEnd" | "anchor">;

function attributeOf(name: Node, receiver: Node | undefined, text: string): Target {
  const { start, end } = rangeOf(name);
  return {
    name: text.slice(start, end),
    form: receiver === undefined ? "bare" : "attribute",
    ...(receiver === undefined ? {} : { receiver: shortText(textOf(receiver, text)) }),
    nameStart: start,
    nameEnd: end,
    anchor: start,
  };
}

/** What a callee that is no plain name stands for: `fs[0]`, `(f)`, `((a.b))`. */
function calleeOf(callee: Node | undefined, text: string): Target | undefined {
  let node: Node | null | undefined = callee;
  while (node?.type === "parenthesized_expression") node = node.namedChild(0);
  if (node?.type === "identifier") return attributeOf(node, undefined, text);
  if (node?.type === "attribute") {
    const name = node.childForFieldName("attribute");
    const receiver = node.childForFieldName("object");
    return name === null || receiver === null ? undefined : attributeOf(name, receiver, text);
  }
  if (node?.type !== "subscript") return undefined;
  const { start, end } = rangeOf(node);
  return {
    name: shortText(text.slice(start, end)),
    form: "subscript",
    nameStart: start,
    nameEnd: end,
    anchor: subscriptAnchor(node),
  };
}

/** Where `fs[0](x)` stands in reading order: at `fs`, but behind `g` in `g()[0](x)`. */
function subscriptAnchor(subscript: Node): number {
  let node = subscript;
  for (;;) {
    const base = node.childForFieldName("value");
    if (base === null) return node.startIndex;
    if (base.type === "identifier") return base.startIndex;
    if (base.type === "attribute") {
      return base.childForFieldName("attribute")?.startIndex ?? base.startIndex;
    }
    if (base.type !== "subscript") return base.endIndex;
    node = base;
  }
}

function computeArgument(value: Node, text: string): ComputeArgument {
  let node: Node | null = value;
  while (node?.type === "parenthesized_expression") node = node.namedChild(0);
  if (node?.type === "false") return { kind: "false" };
  if (node?.type === "true") return { kind: "absent" };
  return { kind: "unknown", text: shortText(textOf(value, text)) };
}

/** Adds to each call the line of its statement and what stands around it. */
function place(found: Found, masked: MaskedPython, lines: LineTable): SourceCall[] {
  const calls = found.calls.toSorted((a, b) => a.anchor - b.anchor || a.start - b.start);
  const scopes = found.scopes.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const open: Scope[] = [];
  let next = 0;
  let statement = 0;
  return calls.map((call) => {
    const at = call.anchor;
    for (let scope = scopes[next]; scope !== undefined && scope.start <= at; ) {
      while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= scope.start) open.pop();
      open.push(scope);
      next += 1;
      scope = scopes[next];
    }
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= at) open.pop();
    while ((masked.statementStarts[statement + 1] ?? Number.POSITIVE_INFINITY) <= at)
      statement += 1;
    const names = open.flatMap(({ name }) => name ?? []);
    return {
      ...call,
      statementLine: lines.lineAt(masked.statementStarts[statement] ?? at),
      ...(names.length === 0 ? {} : { enclosing: names.join(".") }),
      inLoop: open.at(-1) !== undefined && open.at(-1)?.name === undefined,
    };
  });
}

function reportErrors(tree: Tree, text: string, lines: LineTable): CellErrorReport[] {
  const reports: CellErrorReport[] = [];
  const pending: Node[] = [tree.rootNode];
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

function rangeOf(node: Node): Range {
  return { start: node.startIndex, end: node.endIndex };
}

function textOf(node: Node, text: string): string {
  return text.slice(node.startIndex, node.endIndex);
}
