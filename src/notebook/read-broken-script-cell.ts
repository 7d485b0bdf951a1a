import type ts from "typescript";
import type { LineTable } from "./line-table.js";
import { shortText } from "./short-text.js";
import type { ComputeArgument, SourceCall, SourceCell, SourceComment } from "./source-call.js";

/** What the strict parser said before the tolerant one is asked. */
export interface StrictFailure {
  readonly message: string;
  /** Offset into the source. */
  readonly index: number;
}

interface Context {
  readonly enclosing: string;
  readonly inLoop: boolean;
  readonly statementLine: number;
}

/**
 * Finds what can be found in a TypeScript or JavaScript cell with syntax errors, with the
 * compiler's own tolerant parser.
 */
export async function readBrokenScriptCell(
  source: string,
  lines: LineTable,
  failure: StrictFailure,
): Promise<SourceCell> {
  const { default: compiler } = await import("typescript");
  const errors = [
    { ...lines.positionAt(failure.index), message: `syntax error: ${shortText(failure.message)}` },
  ];
  try {
    const file = compiler.createSourceFile(
      "cell.tsx",
      source,
      compiler.ScriptTarget.Latest,
      true,
      compiler.ScriptKind.TSX,
    );
    return {
      text: source,
      ...collect(compiler, file, lines),
      comments: findComments(compiler, file),
      errors,
      searched: true,
    };
  } catch (error) {
    // Both parsers and this search follow the nesting of the source: very deep nesting ends here.
    const message =
      error instanceof RangeError
        ? "the cell is nested too deeply to be read"
        : `the TypeScript parser gave up on this cell: ${String(error)}`;
    return {
      text: source,
      calls: [],
      comments: [],
      statementLines: new Set(),
      errors: [{ line: 1, column: 1, message }],
      searched: false,
    };
  }
}

function collect(
  compiler: typeof ts,
  file: ts.SourceFile,
  lines: LineTable,
): Pick<SourceCell, "calls" | "statementLines"> {
  const calls: SourceCall[] = [];
  const statementLines = new Set<number>();
  const pending: { node: ts.Node; context: Context }[] = [
    { node: file, context: { enclosing: "", inLoop: false, statementLine: 1 } },
  ];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { node } = item;
    let { context } = item;
    const isStatement =
      (compiler.isStatement(node) && !compiler.isBlock(node)) || compiler.isClassElement(node);
    if (isStatement) {
      const statementLine = lines.lineAt(node.getStart(file));
      statementLines.add(statementLine);
      context = { ...context, statementLine };
    }
    if (compiler.isCallExpression(node)) {
      const call = readCall(compiler, node, file, context);
      if (call !== undefined) calls.push(call);
    }
    const inner = contextInside(compiler, node, context);
    compiler.forEachChild(node, (child) => {
      const repeats = compiler.isIterationStatement(node, false) && runsOften(node, child);
      pending.push({ node: child, context: repeats ? { ...inner, inLoop: true } : inner });
    });
  }
  calls.sort((a, b) => a.anchor - b.anchor || a.start - b.start);
  return { calls, statementLines };
}

function runsOften(loop: ts.IterationStatement, child: ts.Node): boolean {
  if ("initializer" in loop && loop.initializer === child) return false;
  return !("expression" in loop && "initializer" in loop && loop.expression === child);
}

function contextInside(compiler: typeof ts, node: ts.Node, context: Context): Context {
  if (!compiler.isFunctionLike(node) && !compiler.isClassLike(node)) return context;
  const { parent } = node;
  const given =
    node.name ??
    (compiler.isVariableDeclaration(parent) || compiler.isPropertyAssignment(parent)
      ? parent.name
      : undefined);
  const name = given !== undefined && "text" in given ? String(given.text) : "<anonymous>";
  const enclosing = context.enclosing === "" ? name : `${context.enclosing}.${name}`;
  return { ...context, enclosing, inLoop: false };
}

function readCall(
  compiler: typeof ts,
  node: ts.CallExpression,
  file: ts.SourceFile,
  context: Context,
): SourceCall | undefined {
  const target = readCallee(compiler, node.expression, file);
  if (target === undefined) return undefined;
  let outer: ts.Node = node.parent;
  while (compiler.isParenthesizedExpression(outer) || compiler.isNonNullExpression(outer)) {
    outer = outer.parent;
  }
  return {
    ...target,
    start: node.getStart(file),
    end: node.end,
    statementLine: context.statementLine,
    ...(context.enclosing === "" ? {} : { enclosing: context.enclosing }),
    inLoop: context.inLoop,
    awaited: compiler.isAwaitExpression(outer),
    compute: computeArgument(compiler, node.arguments, file),
  };
}

type Target = Pick<SourceCall, "name" | "form" | "receiver" | "nameStart" | "nameEnd" | "anchor">;

function readCallee(
  compiler: typeof ts,
  callee: ts.Expression,
  file: ts.SourceFile,
): Target | undefined {
  if (compiler.isIdentifier(callee) && callee.text !== "")
    return nameTarget(callee, file, undefined);
  if (compiler.isPropertyAccessExpression(callee) && callee.name.text !== "") {
    return nameTarget(callee.name, file, shortText(callee.expression.getText(file)));
  }
  if (compiler.isElementAccessExpression(callee)) {
    const base = callee.expression;
    return {
      name: shortText(callee.getText(file)),
      form: "subscript",
      nameStart: callee.getStart(file),
      nameEnd: callee.end,
      anchor: compiler.isIdentifier(base) ? base.getStart(file) : base.end,
    };
  }
  const wrapped =
    compiler.isParenthesizedExpression(callee) ||
    compiler.isNonNullExpression(callee) ||
    compiler.isAsExpression(callee) ||
    compiler.isSatisfiesExpression(callee);
  return wrapped ? readCallee(compiler, callee.expression, file) : undefined;
}

function nameTarget(
  name: ts.MemberName,
  file: ts.SourceFile,
  receiver: string | undefined,
): Target {
  const start = name.getStart(file);
  return {
    name: name.text,
    form: receiver === undefined ? "bare" : "attribute",
    ...(receiver === undefined ? {} : { receiver }),
    nameStart: start,
    nameEnd: name.end,
    anchor: start,
  };
}

function computeArgument(
  compiler: typeof ts,
  args: readonly ts.Expression[],
  file: ts.SourceFile,
): ComputeArgument {
  let found: ComputeArgument = { kind: "absent" };
  for (const arg of args) {
    if (!compiler.isObjectLiteralExpression(arg)) continue;
    for (const property of arg.properties) {
      if (compiler.isSpreadAssignment(property)) {
        if (found.kind === "false") {
          found = { kind: "unknown", text: shortText(property.getText(file)) };
        }
      } else if (
        property.name !== undefined &&
        "text" in property.name &&
        property.name.text === "compute"
      ) {
        const value = compiler.isPropertyAssignment(property) ? property.initializer : undefined;
        if (value?.kind === compiler.SyntaxKind.FalseKeyword) found = { kind: "false" };
        else if (value?.kind === compiler.SyntaxKind.TrueKeyword) found = { kind: "absent" };
        else found = { kind: "unknown", text: shortText((value ?? property).getText(file)) };
      }
    }
  }
  return found;
}

/** Comments stand before tokens: every token is asked for those on its left and right. */
function findComments(compiler: typeof ts, file: ts.SourceFile): SourceComment[] {
  const ends = new Map<number, number>();
  const pending: ts.Node[] = [file];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const children = node.getChildren(file);
    for (const child of children) pending.push(child);
    if (children.length > 0 || node.kind === compiler.SyntaxKind.JsxText) continue;
    for (const range of [
      ...(compiler.getLeadingCommentRanges(file.text, node.pos) ?? []),
      ...(compiler.getTrailingCommentRanges(file.text, node.end) ?? []),
    ]) {
      ends.set(range.pos, range.end);
    }
  }
  return [...ends].map(([start, end]) => ({ start, end })).sort((a, b) => a.start - b.start);
}
