import type { QualifiedName } from "../../prov/index.js";
import type { ExtensionArgument, ExtensionRecord } from "../extension.js";
import type { ProvNContext } from "./context.js";
import { readAttributes, takeTime } from "./record-reader.js";
import { readLiteral } from "./value-reader.js";

const maxDepth = 64;
const openBracket = 0x5b;
const dateTime = /-?\d{4,}-\d\d-\d\dT/y;

/**
 * Reads the rest of an extensibility expression, from its opening parenthesis on.
 *
 * @param name - what stands before the parenthesis; `undefined` when it names nothing.
 */
export function readExtension(
  context: ProvNContext,
  name: QualifiedName | undefined,
  depth: number = 0,
): ExtensionRecord | undefined {
  const { cursor } = context;
  const before = context.errors;
  cursor.take("(");
  const id = readId(context);
  const args: ExtensionArgument[] = [];
  let attributes: ExtensionRecord["attributes"] = [];
  do {
    if (cursor.next() === openBracket && args.length > 0) {
      attributes = readAttributes(context);
      break;
    }
    args.push(readArgument(context, depth));
  } while (cursor.tryTake(","));
  cursor.take(")", '"," or ")"');
  return name === undefined || context.errors > before
    ? undefined
    : { name, ...(id !== undefined && { id }), arguments: args, attributes };
}

function readId(context: ProvNContext): QualifiedName | undefined {
  const { cursor } = context;
  const start = cursor.pos;
  const isMarker = cursor.tryTake("-");
  const token = isMarker ? undefined : cursor.tryName();
  const isId = (isMarker || token !== undefined) && cursor.tryTake(";");
  if (!isId) {
    cursor.pos = start;
    return undefined;
  }
  return token === undefined ? undefined : context.resolved(context.scope.ofToken(token), start);
}

function readArgument(context: ProvNContext, depth: number): ExtensionArgument {
  const { cursor } = context;
  const code = cursor.next();
  const char = String.fromCharCode(code);
  if (depth > maxDepth) {
    throw cursor.unexpected(`no more than ${maxDepth} nested arguments`);
  }
  if (char === "{" || char === "(") {
    return readItems(context, char === "{", depth);
  }
  if (isDateTime(cursor.text, cursor.pos)) {
    const time = takeTime(context, "time");
    return time === undefined ? undefined : { time };
  }
  if (char === "-" && !/\d/.test(cursor.text.charAt(cursor.pos + 1))) {
    cursor.pos += 1;
    return undefined;
  }
  if (char === '"' || char === "'" || isInteger(cursor.text, cursor.pos)) {
    const value = readLiteral(context);
    return value === undefined ? undefined : { value };
  }
  const name = context.takeName("an argument");
  if (cursor.next() !== 0x28) {
    return name === undefined ? undefined : { id: name };
  }
  const record = readExtension(context, name, depth + 1);
  return record === undefined ? undefined : { record };
}

function isDateTime(text: string, at: number): boolean {
  dateTime.lastIndex = at;
  return dateTime.test(text);
}

// A name may begin with digits; only digits alone are an integer.
function isInteger(text: string, at: number): boolean {
  const integer = /[-+]?\d+(?=[\s,)}/])/y;
  integer.lastIndex = at;
  return integer.test(text);
}

function readItems(context: ProvNContext, braces: boolean, depth: number): ExtensionArgument {
  const { cursor } = context;
  cursor.pos += 1;
  const close = braces ? "}" : ")";
  const items: ExtensionArgument[] = [];
  if (!cursor.tryTake(close)) {
    do {
      items.push(readArgument(context, depth + 1));
    } while (cursor.tryTake(","));
    cursor.take(close, `"," or "${close}"`);
  }
  return { items, braces };
}
