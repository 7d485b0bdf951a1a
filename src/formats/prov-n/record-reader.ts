import {
  type Attribute,
  createRecord,
  type DateTimeText,
  type Formal,
  isElementKind,
  nameText,
  type ProvRecord,
  provAttributes,
  provNamespace,
  type QualifiedName,
  type RecordKind,
  recordFormals,
} from "../../prov/index.js";
import { readTime } from "../lexical.js";
import { ownText } from "../own-text.js";
import type { ProvNContext } from "./context.js";
import type { Keyword } from "./keywords.js";
import { bareKinds } from "./keywords.js";
import { readLiteral } from "./value-reader.js";

const openBracket = 0x5b;
const minus = 0x2d;

/** The formal arguments of an expression, as far as they were read. */
interface Arguments {
  readonly kind: RecordKind;
  readonly names: (QualifiedName | undefined)[];
  readonly times: (DateTimeText | undefined)[];
  /** How many stand in the text, markers included. */
  count: number;
  /** Where the first marker stands in the place of a required argument. */
  markerAt: number | undefined;
}

/**
 * Reads the rest of an expression of PROV-DM, from its opening parenthesis on.
 *
 * @param spelt - the keyword, for messages.
 * @param start - where the keyword begins.
 * @returns `undefined` when the record is wrong and that was reported.
 */
export function readRecord(
  context: ProvNContext,
  keyword: Keyword,
  spelt: string,
  start: number,
): ProvRecord | undefined {
  const { cursor } = context;
  const { kind, type } = keyword;
  const before = context.errors;
  cursor.take("(");
  const args: Arguments = { kind, names: [], times: [], count: 0, markerAt: undefined };
  const formals = recordFormals[kind];
  const id = isElementKind(kind)
    ? context.takeName(`the id of the ${kind}`)
    : readRelationId(context, formals, args);
  const attributes = readRest(context, formals, args, spelt);
  checkCount(context, formals, args, spelt, start);
  if (bareKinds.has(kind) && (id !== undefined || attributes.length > 0)) {
    const message = `PROV-N gives ${spelt} neither id nor attributes; kept as they are.`;
    context.warning("bare-relation", message, start);
  }
  if (context.errors > before) {
    return undefined;
  }
  checkAttributes(context, formals, attributes, spelt, start);
  if (type !== undefined) {
    attributes.push([provAttributes.type, type]);
  }
  if (args.markerAt !== undefined) {
    context.fillUnknown(kind, args.names, args.markerAt);
  }
  return createRecord(kind, id, args.names, args.times, attributes);
}

/** Reads `id;` or `-;`; what turns out to be the first argument instead is taken as that. */
function readRelationId(
  context: ProvNContext,
  formals: readonly Formal[],
  args: Arguments,
): QualifiedName | undefined {
  const { cursor } = context;
  const [first] = formals;
  const start = cursor.pos;
  const isMarker = cursor.next() === minus;
  if (isMarker) {
    cursor.pos += 1;
  }
  const token = isMarker ? undefined : cursor.tryName();
  if (cursor.tryTake(";")) {
    const at = cursor.pos - 1 - (token?.length ?? 0);
    return token === undefined ? undefined : context.resolved(context.scope.ofToken(token), at);
  }
  cursor.pos = start;
  if (first !== undefined) {
    readArgument(context, first, args);
  }
  return undefined;
}

/** Reads `, argument …, [attributes])`. */
function readRest(
  context: ProvNContext,
  formals: readonly Formal[],
  args: Arguments,
  spelt: string,
): Attribute[] {
  const { cursor } = context;
  // After an id there is no comma before the first argument.
  const isFirst = (): boolean => args.count === 0 && formals[0]?.required === true;
  while (isFirst() || cursor.tryTake(",")) {
    if (cursor.next() === openBracket && !isFirst()) {
      const attributes = readAttributes(context);
      cursor.take(")");
      return attributes;
    }
    const formal = formals[args.count];
    if (formal === undefined) {
      throw cursor.unexpected(
        `no more than ${formals.length} arguments of ${spelt} besides [attributes]`,
      );
    }
    readArgument(context, formal, args);
  }
  cursor.take(")", '"," or ")"');
  return [];
}

function readArgument(context: ProvNContext, formal: Formal, args: Arguments): void {
  const { cursor } = context;
  const { property, required, type } = formal;
  const code = cursor.next();
  const isTime = type === "time";
  let name: QualifiedName | undefined;
  let time: DateTimeText | undefined;
  if (code === minus && !isDigit(cursor.text.charCodeAt(cursor.pos + 1))) {
    if (required) {
      args.markerAt ??= cursor.pos;
    }
    cursor.pos += 1;
  } else if (isTime) {
    time = takeTime(context, property);
  } else {
    name = context.takeName(`the name of the ${property}${required ? "" : ' or "-"'}`);
  }
  args.count += 1;
  if (isTime) {
    args.times.push(time);
  } else {
    args.names.push(name);
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Takes a time; an impossible one is reported. */
export function takeTime(context: ProvNContext, property: string): DateTimeText | undefined {
  const { cursor } = context;
  const text = cursor.tryTime();
  if (text === undefined) {
    throw cursor.unexpected(`the ${property}, an xsd:dateTime, or "-"`);
  }
  const { time, error, warning } = readTime(ownText(text, 0, text.length));
  const at = cursor.pos - text.length;
  if (error !== undefined) {
    context.error("time", error, at);
  }
  if (warning !== undefined) {
    context.warning("time", warning, at);
  }
  return time;
}

/** Reads `[name=value, …]`. */
export function readAttributes(context: ProvNContext): Attribute[] {
  const { cursor } = context;
  const attributes: Attribute[] = [];
  cursor.take("[");
  if (cursor.tryTake("]")) {
    return attributes;
  }
  do {
    const name = context.takeName("the name of an attribute");
    cursor.take("=");
    const value = readLiteral(context);
    if (name !== undefined && value !== undefined) {
      attributes.push([name, value]);
    }
  } while (cursor.tryTake(","));
  cursor.take("]", '"," or "]"');
  return attributes;
}

// Optional arguments stand all or not at all (PROV-N 3.2.2): a reader could not tell them apart.
function checkCount(
  context: ProvNContext,
  formals: readonly Formal[],
  { kind, count }: Arguments,
  spelt: string,
  start: number,
): void {
  const fewest = formals.filter(({ required }) => required).length;
  if (count === fewest || count === formals.length) {
    return;
  }
  // Git2PROV and others leave out the plan alone; ProvToolbox reads that.
  if (kind === "wasAssociatedWith" && count === 2) {
    const message = `PROV-N wants a plan, or "-", after the agent of wasAssociatedWith; read as "-".`;
    context.warning("arguments", message, start);
    return;
  }
  const names = formals.map(({ property, required }) => (required ? property : `${property} or -`));
  context.error(
    "arguments",
    `Expected ${fewest === formals.length ? fewest : `${fewest} or ${formals.length}`} arguments of ${spelt} (${names.join(", ")}), got ${count}.`,
    start,
  );
}

function checkAttributes(
  context: ProvNContext,
  formals: readonly Formal[],
  attributes: readonly Attribute[],
  spelt: string,
  start: number,
): void {
  for (const [name] of attributes) {
    if (
      name.namespace.uri === provNamespace.uri &&
      formals.some(({ property }) => property === name.local)
    ) {
      const message = `${nameText(name)} is an argument of ${spelt} and cannot be an attribute too.`;
      context.error("attribute-name", message, start);
    }
  }
}
