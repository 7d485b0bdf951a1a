import type { Node } from "web-tree-sitter";
import { shortText } from "./short-text.js";
import type { ComputeArgument, SourceCall } from "./source-call.js";

/** A call as the syntax tree shows it; which statement it belongs to is not known here. */
export type PythonCall = Omit<SourceCall, "statementLine">;

/** What {@link findPythonCalls} asks the tree for: calls, and what can stand around them. */
const wantedTypes: string[] = [
  "call",
  "await",
  "function_definition",
  "class_definition",
  "lambda",
  "lambda_within_for_in_clause",
  "for_statement",
  "while_statement",
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
];

/** A stretch of text that a function, class or loop puts around what it holds. */
interface Scope {
  readonly start: number;
  readonly end: number;
  /** Undefined for a loop, which has no name and only repeats. */
  readonly name?: string;
}

type Target = Pick<SourceCall, "name" | "form" | "receiver" | "nameStart" | "nameEnd" | "anchor">;
type FoundCall = Omit<PythonCall, "enclosing" | "inLoop">;

/**
 * Finds every call with a name in a syntax tree.
 *
 * The tree is walked inside WebAssembly, and only the wanted nodes cross the border: a cursor
 * driven from here takes twice as long. Tree-sitter's queries are no alternative: they are
 * quadratic in the depth of nesting and in the children of an error (8 s for a chain of 8,000
 * calls, which takes 30 ms here).
 *
 * @param root - of a tree of tree-sitter-python 0.25.
 * @param text - what was parsed.
 * @returns the calls in the order of their places in the text.
 */
export function findPythonCalls(root: Node, text: string): PythonCall[] {
  const calls: FoundCall[] = [];
  const scopes: Scope[] = [];
  const awaited = new Set<number>();
  for (const node of root.descendantsOfType(wantedTypes)) {
    const { type } = node;
    if (type === "call") {
      const call = readCall(node, text, awaited.has(node.id));
      if (call !== undefined) calls.push(call);
    } else if (type === "await") {
      const value = unwrapped(node.namedChild(0));
      if (value !== null) awaited.add(value.id);
    } else {
      scopes.push(...scopesOf(node, type, text));
    }
  }
  calls.sort((a, b) => a.anchor - b.anchor || a.start - b.start);
  scopes.sort((a, b) => a.start - b.start || b.end - a.end);
  return addScopes(calls, scopes);
}

function readCall(node: Node, text: string, awaited: boolean): FoundCall | undefined {
  const callee = node.childForFieldName("function");
  if (callee === null) return undefined;
  const target = readCallee(callee, text);
  if (target === undefined) return undefined;
  const end = node.endIndex;
  // Most calls have no such argument; looking at the text is cheaper than at their nodes.
  const mentioned = text.slice(target.nameEnd, end).includes("compute");
  return {
    ...target,
    start: afterStar(text, node.startIndex),
    end,
    awaited,
    compute: mentioned ? readCompute(node, text) : { kind: "absent" },
  };
}

/** The name of a callee; a call's result or a lambda that is called has none. */
function readCallee(callee: Node, text: string): Target | undefined {
  const node = unwrapped(callee);
  switch (node?.type) {
    case "identifier":
      return nameTarget(node, text, "bare");
    case "attribute": {
      const name = node.childForFieldName("attribute");
      const object = node.childForFieldName("object");
      const target = name === null ? undefined : nameTarget(name, text, "attribute");
      if (target === undefined || object === null) return undefined;
      const start = afterStar(text, object.startIndex);
      return { ...target, receiver: shortText(text.slice(start, object.endIndex)) };
    }
    case "subscript": {
      const start = afterStar(text, node.startIndex);
      const end = node.endIndex;
      return {
        name: shortText(text.slice(start, end)),
        form: "subscript",
        nameStart: start,
        nameEnd: end,
        anchor: subscriptAnchor(node),
      };
    }
    default:
      return undefined;
  }
}

function nameTarget(name: Node, text: string, form: "bare" | "attribute"): Target | undefined {
  const start = name.startIndex;
  const end = name.endIndex;
  // The parser invents an empty name where one is missing.
  if (end === start) return undefined;
  return { name: text.slice(start, end), form, nameStart: start, nameEnd: end, anchor: start };
}

/** `fs[0](x)` stands at `fs` in reading order, but `g()[0](x)` behind `g()`. */
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

function readCompute(call: Node, text: string): ComputeArgument {
  for (const argument of call.childForFieldName("arguments")?.namedChildren ?? []) {
    if (argument.type !== "keyword_argument") continue;
    const name = argument.childForFieldName("name");
    const value = argument.childForFieldName("value");
    if (name === null || value === null || textOf(name, text) !== "compute") continue;
    const literal = unwrapped(value)?.type;
    if (literal === "false") return { kind: "false" };
    if (literal === "true") return { kind: "absent" };
    return { kind: "unknown", text: shortText(textOf(value, text)) };
  }
  return { kind: "absent" };
}

/** What a function, class or loop puts around which parts of it. */
function scopesOf(node: Node, type: string, text: string): Scope[] {
  const body = node.childForFieldName("body");
  // The keyword of a lambda is a node of the same type without a body.
  if (body === null) return [];
  const start = body.startIndex;
  const end = body.endIndex;
  switch (type) {
    case "function_definition":
    case "class_definition": {
      const name = node.childForFieldName("name");
      return [{ start, end, name: name === null ? "" : textOf(name, text) }];
    }
    case "lambda":
    case "lambda_within_for_in_clause":
      return [{ start, end, name: "<lambda>" }];
    case "for_statement":
      return [{ start, end }];
    case "while_statement":
      return [{ start: node.childForFieldName("condition")?.startIndex ?? start, end }];
    default: {
      // Of a comprehension only the first iterable is evaluated once.
      const clauses = node.namedChildren.filter((child) => child.type === "for_in_clause");
      const once = clauses[0]?.endIndex ?? end;
      return [
        { start, end },
        { start: once, end: node.endIndex },
      ];
    }
  }
}

/** Adds to each call what stands around it; both lists are in the order of the text. */
function addScopes(calls: readonly FoundCall[], scopes: readonly Scope[]): PythonCall[] {
  const open: Scope[] = [];
  const close = (at: number): void => {
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= at) open.pop();
  };
  let next = 0;
  return calls.map((call) => {
    for (let scope = scopes[next]; scope !== undefined && scope.start <= call.anchor; ) {
      close(scope.start);
      open.push(scope);
      next += 1;
      scope = scopes[next];
    }
    close(call.anchor);
    const innermost = open.at(-1);
    const enclosing = open.flatMap(({ name }) => name ?? []).join(".");
    return {
      ...call,
      ...(enclosing === "" ? {} : { enclosing }),
      inLoop: innermost !== undefined && innermost.name === undefined,
    };
  });
}

/**
 * What stands in parentheses, or behind a star: outside of argument lists the grammar reads `*f()`
 * as a call of `*f`.
 */
function unwrapped(node: Node | null): Node | null {
  let inner = node;
  while (inner?.type === "parenthesized_expression" || inner?.type === "list_splat") {
    inner = inner.namedChildren.find((child) => !child.isExtra) ?? null;
  }
  return inner;
}

/** Behind the star that the grammar takes for a part of a call. */
function afterStar(text: string, start: number): number {
  if (text[start] !== "*") return start;
  const behind = /^\*(?:\s|\\\r?\n)*/.exec(text.slice(start, start + 200));
  return start + (behind?.[0].length ?? 1);
}

function textOf(node: Node, text: string): string {
  return text.slice(node.startIndex, node.endIndex);
}
