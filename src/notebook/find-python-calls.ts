import type { TreeCursor } from "web-tree-sitter";
import type { CallForm } from "./call-site.js";
import { shortText } from "./short-text.js";
import type { ComputeArgument, SourceCall } from "./source-call.js";

/** A call as the syntax tree shows it; which statement it belongs to is not known here. */
export type PythonCall = Omit<SourceCall, "statementLine">;

/** A call that is being read, while the cursor is inside it. */
interface OpenCall {
  readonly start: number;
  readonly end: number;
  readonly awaited: boolean;
  readonly around: Around;
  form: CallForm;
  nameStart: number;
  nameEnd: number;
  anchor: number;
  receiver?: string;
  compute: ComputeArgument;
}

/** What stands around a node. */
interface Around {
  readonly enclosing: string;
  readonly inLoop: boolean;
}

/** What a node is to the call above it. */
type Role = "callee" | "arguments" | "keyword" | "base";

/** A node on the path from the root to the cursor. */
interface Frame {
  readonly type: string;
  readonly around: Around;
  readonly awaits: boolean;
  /** The call this node is a part of, and as what. */
  readonly role: Role | undefined;
  readonly call: OpenCall | undefined;
  /** Name of a function or class, once its name was met. */
  name: string;
  /** Value of a keyword argument is `compute`'s. */
  isCompute: boolean;
  /** `for` clauses of a comprehension met so far. */
  clauses: number;
}

/** Nodes that hold nothing the search looks for. */
const leaves: ReadonlySet<string> = new Set([
  "comment",
  "ellipsis",
  "escape_sequence",
  "false",
  "float",
  "integer",
  "none",
  "string_content",
  "string_end",
  "string_start",
  "true",
]);

/**
 * Finds every call with a name below the cursor's node.
 *
 * One walk with a cursor, linear in the size of the tree. Tree-sitter's own queries are quadratic
 * in the depth of nesting and in the number of children of an error: a chain of 8,000 calls takes
 * them 8 s, this walk 60 ms.
 *
 * @param cursor - at the root of a tree of tree-sitter-python 0.25.
 * @param text - what was parsed.
 * @returns the calls in the order of their places in the text.
 */
export function findPythonCalls(cursor: TreeCursor, text: string): PythonCall[] {
  const calls: OpenCall[] = [];
  const path: Frame[] = [];
  let around: Around = { enclosing: "", inLoop: false };
  for (;;) {
    const type = cursor.nodeType;
    const parent = path.at(-1);
    const frame = enter(cursor, type, parent, around, text, calls);
    if (frame !== undefined && cursor.gotoFirstChild()) {
      path.push(frame);
      around = frame.around;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      path.pop();
      if (!cursor.gotoParent()) return finish(calls, text);
    }
    around = path.at(-1)?.around ?? around;
  }
}

/** Reads a node; the frame for its children, or undefined when they do not matter. */
function enter(
  cursor: TreeCursor,
  type: string,
  parent: Frame | undefined,
  outer: Around,
  text: string,
  calls: OpenCall[],
): Frame | undefined {
  const part = parent === undefined ? undefined : partOf(cursor, type, parent, text);
  if (leaves.has(type) || !cursor.nodeIsNamed || type === "identifier") return undefined;
  let around = outer;
  if (part?.scope !== undefined) {
    const enclosing = outer.enclosing === "" ? part.scope : `${outer.enclosing}.${part.scope}`;
    around = { enclosing, inLoop: false };
  } else if (part?.repeats === true || type === "if_clause") {
    around = outer.inLoop ? outer : { ...outer, inLoop: true };
  }
  let { role, call } = part ?? {};
  if (type === "call") {
    call = {
      start: cursor.startIndex,
      end: cursor.endIndex,
      awaited: parent?.awaits === true,
      around,
      form: "bare",
      nameStart: -1,
      nameEnd: -1,
      anchor: -1,
      compute: { kind: "absent" },
    };
    role = undefined;
    calls.push(call);
  }
  return {
    type,
    around,
    awaits: type === "await" || (type === "parenthesized_expression" && parent?.awaits === true),
    role,
    call,
    name: "",
    isCompute: false,
    clauses: 0,
  };
}

interface Part {
  readonly role?: Role;
  readonly call?: OpenCall;
  /** The node is the body of a function or class of this name. */
  readonly scope?: string;
  /** The node runs once per turn of a loop. */
  readonly repeats?: boolean;
}

/** What a node is to its parent. */
function partOf(cursor: TreeCursor, type: string, parent: Frame, text: string): Part | undefined {
  switch (parent.type) {
    case "call": {
      const { call } = parent;
      if (call === undefined || parent.role !== undefined) return undefined;
      const field = cursor.currentFieldName;
      if (field === "function") return calleePart(cursor, type, call);
      return field === "arguments" && type === "argument_list"
        ? { role: "arguments", call }
        : undefined;
    }
    case "parenthesized_expression":
    case "list_splat":
      // Outside of argument lists the grammar reads `*f()` as a call of `*f`.
      return parent.role === "callee" && parent.call !== undefined && cursor.nodeIsNamed
        ? calleePart(cursor, type, parent.call)
        : undefined;
    case "attribute":
      attributePart(cursor, parent, text);
      return undefined;
    case "subscript":
      return parent.role !== undefined && cursor.currentFieldName === "value"
        ? basePart(cursor, type, parent)
        : undefined;
    case "argument_list":
      return parent.call !== undefined && type === "keyword_argument"
        ? { role: "keyword", call: parent.call }
        : undefined;
    case "keyword_argument":
      keywordPart(cursor, parent, text);
      return undefined;
    case "function_definition":
    case "class_definition": {
      const field = cursor.currentFieldName;
      if (field === "name") parent.name = nodeText(cursor, text);
      return field === "body" ? { scope: parent.name } : undefined;
    }
    case "lambda":
    case "lambda_within_for_in_clause":
      return cursor.currentFieldName === "body" ? { scope: "<lambda>" } : undefined;
    case "for_statement":
      return { repeats: cursor.currentFieldName === "body" };
    case "while_statement":
      return {
        repeats: cursor.currentFieldName === "body" || cursor.currentFieldName === "condition",
      };
    case "list_comprehension":
    case "set_comprehension":
    case "dictionary_comprehension":
    case "generator_expression":
      // The first iterable is evaluated once, everything else in turns.
      if (type === "for_in_clause") parent.clauses += 1;
      return { repeats: type === "for_in_clause" ? parent.clauses > 1 : cursor.nodeIsNamed };
    default:
      return undefined;
  }
}

function calleePart(cursor: TreeCursor, type: string, call: OpenCall): Part | undefined {
  if (type === "identifier") setName(call, cursor);
  if (type === "subscript") {
    call.form = "subscript";
    setName(call, cursor);
  }
  return { role: "callee", call };
}

/** A child of an attribute that is a callee, or the base of a subscripted one. */
function attributePart(cursor: TreeCursor, { call, role }: Frame, text: string): void {
  if (call === undefined || role === undefined) return;
  const field = cursor.currentFieldName;
  if (role === "base") {
    if (field === "attribute") call.anchor = cursor.startIndex;
  } else if (field === "object") {
    call.receiver = shortText(text.slice(afterStar(text, cursor.startIndex), cursor.endIndex));
  } else if (field === "attribute") {
    call.form = "attribute";
    setName(call, cursor);
  }
}

/** `fs[0](x)` stands at `fs` in reading order, but `g()[0](x)` behind `g()`. */
function basePart(cursor: TreeCursor, type: string, { call }: Frame): Part | undefined {
  if (call === undefined) return undefined;
  if (type === "attribute" || type === "subscript") return { role: "base", call };
  call.anchor = type === "identifier" ? cursor.startIndex : cursor.endIndex;
  return undefined;
}

function keywordPart(cursor: TreeCursor, parent: Frame, text: string): void {
  const field = cursor.currentFieldName;
  if (field === "name") parent.isCompute = nodeText(cursor, text) === "compute";
  if (field !== "value" || !parent.isCompute || parent.call === undefined) return;
  const value = nodeText(cursor, text);
  const literal = value.replace(/^[\s(]+|[\s)]+$/g, "");
  if (literal === "False") parent.call.compute = { kind: "false" };
  else if (literal !== "True") parent.call.compute = { kind: "unknown", text: shortText(value) };
}

function setName(call: OpenCall, cursor: TreeCursor): void {
  call.nameStart = cursor.startIndex;
  call.nameEnd = cursor.endIndex;
  call.anchor = call.nameStart;
}

function nodeText(cursor: TreeCursor, text: string): string {
  return text.slice(cursor.startIndex, cursor.endIndex);
}

/** Behind the star that the grammar takes for a part of a call. */
function afterStar(text: string, start: number): number {
  if (text[start] !== "*") return start;
  const behind = /^\*(?:\s|\\\r?\n)*/.exec(text.slice(start, start + 200));
  return start + (behind?.[0].length ?? 1);
}

function finish(open: readonly OpenCall[], text: string): PythonCall[] {
  const calls = open
    // A call's result or a lambda that is called has no name; a missing name is empty.
    .filter(({ nameStart, nameEnd }) => nameEnd > nameStart)
    .map(({ around, receiver, ...call }): PythonCall => {
      const nameStart = afterStar(text, call.nameStart);
      const name = text.slice(nameStart, call.nameEnd);
      return {
        ...call,
        start: afterStar(text, call.start),
        nameStart,
        name: call.form === "subscript" ? shortText(name) : name,
        ...(receiver === undefined || call.form !== "attribute" ? {} : { receiver }),
        ...(around.enclosing === "" ? {} : { enclosing: around.enclosing }),
        inLoop: around.inLoop,
      };
    });
  return calls.sort((a, b) => a.anchor - b.anchor || a.start - b.start);
}
