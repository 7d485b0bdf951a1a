import type { TSESTree } from "@typescript-eslint/typescript-estree";
import { createLineTable, type LineTable } from "./line-table.js";
import { readBrokenScriptCell } from "./read-broken-script-cell.js";
import { lowerScript } from "./semantic/lower-script.js";
import { shortText } from "./short-text.js";
import type { ComputeArgument, SourceCall, SourceCell } from "./source-call.js";

type EstreeModule = typeof import("@typescript-eslint/typescript-estree");

/**
 * Finds the calls and comments of a TypeScript or JavaScript cell. The compiler behind it is
 * loaded with the first such cell, since it takes several times longer than the Python parser.
 *
 * @param lowered - whether the statements are wanted as well, for semantic mode.
 */
export async function readScriptCell(source: string, lowered: boolean): Promise<SourceCell> {
  const cell = await readCalls(source);
  if (!lowered || !cell.searched) return cell;
  try {
    return { ...cell, statements: await lowerScript(source) };
  } catch (error) {
    // The parser follows the nesting of the source; its calls keep what their names say.
    if (error instanceof RangeError) return cell;
    throw error;
  }
}

async function readCalls(source: string): Promise<SourceCell> {
  const estree = await import("@typescript-eslint/typescript-estree");
  const lines = createLineTable(source);
  try {
    const program = parseEither(estree, source);
    return {
      text: source,
      ...collect(program, source, lines),
      comments: (program.comments ?? []).map(({ range: [start, end] }) => ({ start, end })),
      errors: [],
      searched: true,
    };
  } catch (error) {
    return await readBrokenScriptCell(source, lines, describeError(error));
  }
}

/** Parses with JSX, and without it when that fails: `<T>x` and `<T>(x) => x` need the latter. */
function parseEither({ parse }: EstreeModule, source: string): TSESTree.Program {
  const options = { loc: true, range: true, comment: true, loggerFn: false } as const;
  try {
    return parse(source, { ...options, jsx: true });
  } catch (error) {
    try {
      return parse(source, { ...options, jsx: false });
    } catch {
      // The first error stands: JSX is what the cell was most likely written for.
      throw error;
    }
  }
}

function describeError(error: unknown): { message: string; index: number } {
  const location = error instanceof Error && "location" in error ? error.location : undefined;
  const start = isObject(location) ? location["start"] : undefined;
  const offset = isObject(start) ? start["offset"] : undefined;
  const tooDeep = error instanceof RangeError ? "nested too deeply" : undefined;
  return {
    message: tooDeep ?? (error instanceof Error ? error.message : String(error)),
    index: typeof offset === "number" ? offset : 0,
  };
}

interface Context {
  readonly enclosing: string;
  readonly inLoop: boolean;
  readonly statementLine: number;
  /** Name that a function expression takes from where it is assigned. */
  readonly assignedName: string;
  readonly awaited: boolean;
}

const loops: ReadonlySet<string> = new Set([
  "DoWhileStatement",
  "ForInStatement",
  "ForOfStatement",
  "ForStatement",
  "WhileStatement",
]);
/** Parts of a loop that run once. */
const onceParts: ReadonlySet<string> = new Set(["init", "left", "right"]);
const members: ReadonlySet<string> = new Set([
  "AccessorProperty",
  "MethodDefinition",
  "PropertyDefinition",
  "StaticBlock",
  "SwitchCase",
]);

function collect(
  program: TSESTree.Program,
  source: string,
  lines: LineTable,
): Pick<SourceCell, "calls" | "statementLines"> {
  const calls: SourceCall[] = [];
  const statementLines = new Set<number>();
  const outermost: Context = {
    enclosing: "",
    inLoop: false,
    statementLine: 1,
    assignedName: "",
    awaited: false,
  };
  const pending: { node: TSESTree.Node; context: Context }[] = [];
  for (const node of program.body) pending.push({ node, context: outermost });
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { node } = item;
    let { context } = item;
    if (beginsStatement(node)) {
      const statementLine = lines.lineAt(node.range[0]);
      statementLines.add(statementLine);
      context = { ...context, statementLine };
    }
    if (node.type === "CallExpression") {
      const call = readCall(node, source, context);
      if (call !== undefined) calls.push(call);
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === "parent" || key === "loc" || key === "range") continue;
      const children: readonly unknown[] = Array.isArray(value) ? value : [value];
      for (const child of children) {
        if (isNode(child)) pending.push({ node: child, context: contextOf(node, key, context) });
      }
    }
  }
  calls.sort((a, b) => a.anchor - b.anchor || a.start - b.start);
  return { calls, statementLines };
}

function beginsStatement(node: TSESTree.Node): boolean {
  if (node.type === "BlockStatement" || node.type === "TSTypeParameterDeclaration") return false;
  return (
    node.type.endsWith("Statement") || node.type.endsWith("Declaration") || members.has(node.type)
  );
}

function contextOf(node: TSESTree.Node, key: string, context: Context): Context {
  const plain: Context = { ...context, assignedName: "", awaited: false };
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression": {
      if (key !== "body") return plain;
      const own = node.id?.name ?? (context.assignedName || "<anonymous>");
      return { ...plain, enclosing: joined(context.enclosing, own), inLoop: false };
    }
    case "ClassDeclaration":
    case "ClassExpression": {
      if (key !== "body") return plain;
      const own = node.id?.name ?? (context.assignedName || "<anonymous>");
      return { ...plain, enclosing: joined(context.enclosing, own), inLoop: false };
    }
    case "VariableDeclarator":
      return { ...plain, assignedName: node.id.type === "Identifier" ? node.id.name : "" };
    case "MethodDefinition":
    case "PropertyDefinition":
    case "Property":
      return { ...plain, assignedName: key === "value" ? propertyName(node.key) : "" };
    case "AssignmentExpression":
      return {
        ...plain,
        assignedName:
          node.left.type === "Identifier"
            ? node.left.name
            : node.left.type === "MemberExpression"
              ? propertyName(node.left.property)
              : "",
      };
    case "AwaitExpression":
      return { ...plain, awaited: true };
    case "ChainExpression":
    case "TSNonNullExpression":
      return { ...plain, awaited: context.awaited };
    default:
      return loops.has(node.type) && !onceParts.has(key) ? { ...plain, inLoop: true } : plain;
  }
}

function readCall(
  node: TSESTree.CallExpression,
  source: string,
  context: Context,
): SourceCall | undefined {
  const target = readCallee(node.callee, source);
  if (target === undefined) return undefined;
  return {
    ...target,
    start: node.range[0],
    end: node.range[1],
    statementLine: context.statementLine,
    ...(context.enclosing === "" ? {} : { enclosing: context.enclosing }),
    inLoop: context.inLoop,
    awaited: context.awaited,
    compute: computeArgument(node.arguments, source),
  };
}

type Target = Pick<SourceCall, "name" | "form" | "receiver" | "nameStart" | "nameEnd" | "anchor">;

function readCallee(callee: TSESTree.Node, source: string): Target | undefined {
  switch (callee.type) {
    case "Identifier":
      return nameTarget(callee.name, callee.range, undefined);
    case "MemberExpression": {
      const { object, property } = callee;
      if (!callee.computed) {
        const name =
          property.type === "PrivateIdentifier" ? `#${property.name}` : propertyName(property);
        return nameTarget(name, property.range, shortText(source.slice(...object.range)));
      }
      const [start, end] = callee.range;
      return {
        name: shortText(source.slice(start, end)),
        form: "subscript",
        nameStart: start,
        nameEnd: end,
        anchor: subscriptAnchor(object),
      };
    }
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSInstantiationExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return readCallee(callee.expression, source);
    default:
      return undefined;
  }
}

function nameTarget(
  name: string,
  [start, end]: readonly [number, number],
  receiver: string | undefined,
): Target {
  return {
    name,
    form: receiver === undefined ? "bare" : "attribute",
    ...(receiver === undefined ? {} : { receiver }),
    nameStart: start,
    nameEnd: end,
    anchor: start,
  };
}

/** Where `fs[0](x)` stands in reading order: at `fs`, but behind `g` in `g()[0](x)`. */
function subscriptAnchor(object: TSESTree.Node): number {
  let node = object;
  for (;;) {
    if (node.type === "Identifier") return node.range[0];
    if (node.type === "TSNonNullExpression") node = node.expression;
    else if (node.type !== "MemberExpression") return node.range[1];
    else if (node.computed) node = node.object;
    else return node.property.range[0];
  }
}

/** The last `compute` property of an object literal among the arguments; a later spread hides it. */
function computeArgument(
  args: readonly TSESTree.CallExpressionArgument[],
  source: string,
): ComputeArgument {
  let found: ComputeArgument = { kind: "absent" };
  for (const arg of args) {
    if (arg.type !== "ObjectExpression") continue;
    for (const property of arg.properties) {
      if (property.type === "SpreadElement") {
        if (found.kind === "false") {
          found = { kind: "unknown", text: shortText(source.slice(...property.range)) };
        }
      } else if (!property.computed && propertyName(property.key) === "compute") {
        const { value } = property;
        if (value.type === "Literal" && value.value === false) found = { kind: "false" };
        else if (value.type === "Literal" && value.value === true) found = { kind: "absent" };
        else found = { kind: "unknown", text: shortText(source.slice(...value.range)) };
      }
    }
  }
  return found;
}

function propertyName(node: TSESTree.Node): string {
  if (node.type === "Identifier" || node.type === "PrivateIdentifier") return node.name;
  return node.type === "Literal" ? String(node.value) : "";
}

function joined(outer: string, name: string): string {
  return outer === "" ? name : `${outer}.${name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isNode(value: unknown): value is TSESTree.Node {
  return isObject(value) && typeof value["type"] === "string" && Array.isArray(value["range"]);
}
