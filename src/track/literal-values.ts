import type { Encoded, ObjectDescription } from "../describe/encoded.js";
import { isTagged } from "../describe/encoded.js";
import type { EngineName } from "../events/run-event.js";
import type { Attribute } from "../prov/records.js";
import { typedLiteral } from "../prov/values.js";
import { taskprovAttributes as attr, prov, xsd, yprovAttributes as yprov } from "./vocabulary.js";

/** Names of plain types as the engine's language spells them. */
interface PlainTypes {
  readonly null: string;
  readonly boolean: string;
  readonly integer: string;
  readonly float: string;
  readonly string: string;
  readonly list: string;
  readonly tuple: string;
  readonly mapping: string;
  readonly bigInteger: string;
  readonly bytes: string;
}

const javascriptTypes: PlainTypes = {
  null: "null",
  boolean: "boolean",
  integer: "number",
  float: "number",
  string: "string",
  list: "Array",
  tuple: "Array",
  mapping: "Object",
  bigInteger: "bigint",
  bytes: "Uint8Array",
};

const pythonTypes: PlainTypes = {
  null: "NoneType",
  boolean: "bool",
  integer: "int",
  float: "float",
  string: "str",
  list: "list",
  tuple: "tuple",
  mapping: "dict",
  bigInteger: "int",
  bytes: "bytes",
};

/** The attributes that say what a literal argument was: value, type, size, shape. */
export function literalAttributes(value: Encoded, engine: EngineName): Attribute[] {
  const types = engine !== "local" ? pythonTypes : javascriptTypes;
  if (!isTagged(value)) return scalarAttributes(value, types);
  switch (value[0]) {
    case "o":
      return isWholeFloat(value, engine)
        ? pythonFloat(value[2].head ?? "")
        : objectAttributes(value[1], value[2]);
    case "x":
      return [[attr.redacted, typedLiteral("true", xsd.boolean)]];
    case "i":
      return withValue(types.bigInteger, value[1], [
        [prov.value, typedLiteral(value[1], xsd.integer)],
      ]);
    case "s":
      return withValue(types.string, value[1], [[prov.value, value[1]]]);
    case "b":
      return withValue(types.bytes, value[1], [[prov.value, value[1]]]);
    default: {
      const text = valueText(value);
      return withValue(containerType(value[0], types), text, [[prov.value, text]]);
    }
  }
}

/** Python's `2.0` and `inf`: as a bare number it would be an integer, or nothing. */
function isWholeFloat(value: Encoded, engine: EngineName): boolean {
  return engine !== "local" && isTagged(value) && value[0] === "o" && value[1] === "float";
}

const pythonFloats: Readonly<Record<string, string>> = { inf: "INF", "-inf": "-INF", nan: "NaN" };

function pythonFloat(text: string): Attribute[] {
  const lexical = Object.hasOwn(pythonFloats, text) ? (pythonFloats[text] ?? text) : text;
  return withValue(pythonTypes.float, text, [[prov.value, typedLiteral(lexical, xsd.double)]]);
}

function scalarAttributes(value: null | boolean | number | string, types: PlainTypes): Attribute[] {
  if (value === null) return withValue(types.null, types.null === "null" ? "null" : "None", []);
  if (typeof value === "boolean") {
    return withValue(types.boolean, String(value), [
      [prov.value, typedLiteral(String(value), xsd.boolean)],
    ]);
  }
  if (typeof value === "string") return withValue(types.string, value, [[prov.value, value]]);
  const text = numberText(value);
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    return withValue(types.integer, text, [[prov.value, integerLiteral(value)]]);
  }
  return withValue(types.float, text, [[prov.value, typedLiteral(text, xsd.double)]]);
}

/** The lexical form of xsd:double: `NaN`, `INF`, `-INF`, or JavaScript's shortest. */
function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "INF";
  if (value === Number.NEGATIVE_INFINITY) return "-INF";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** An integer as xsd:int where it fits 32 bits, else xsd:long, as PROV-JSON numbers read. */
export function integerLiteral(value: number): { text: string; datatype: typeof xsd.int } {
  return typedLiteral(String(value), (value | 0) === value ? xsd.int : xsd.long);
}

function withValue(type: string, text: string, more: Attribute[]): Attribute[] {
  return [[yprov.value, text], [yprov.dtype, type], ...more];
}

function containerType(tag: "r" | "q" | "l" | "t" | "d", types: PlainTypes): string {
  if (tag === "d") return types.mapping;
  return tag === "t" ? types.tuple : types.list;
}

function objectAttributes(type: string, about: ObjectDescription): Attribute[] {
  const attributes: Attribute[] = [[yprov.dtype, about.rich ?? type]];
  if (about.head !== undefined) {
    attributes.push([yprov.value, about.head], [attr.head, about.head]);
  }
  return [...attributes, ...descriptionAttributes(about)];
}

/** Length, size, shape, type of elements, dimensions, chunks and columns. */
export function descriptionAttributes(about: ObjectDescription): Attribute[] {
  const attributes: Attribute[] = [];
  if (about.len !== undefined) attributes.push([attr.len, integerLiteral(about.len)]);
  if (about.nbytes !== undefined) attributes.push([attr.nbytes, integerLiteral(about.nbytes)]);
  if (about.shape !== undefined) attributes.push([attr.shape, JSON.stringify(about.shape)]);
  if (about.dtype !== undefined) attributes.push([attr.dtype, about.dtype]);
  if (about.dims !== undefined) attributes.push([attr.dims, JSON.stringify(about.dims)]);
  if (about.chunks !== undefined) attributes.push([attr.chunks, JSON.stringify(about.chunks)]);
  for (const column of about.columns ?? []) attributes.push([attr.columns, column]);
  if (about.digest !== undefined) attributes.push([attr.digest, about.digest]);
  return attributes;
}

/** A value as JSON, with described objects by their type; for people, not for parsing back. */
export function valueText(value: Encoded): string {
  if (!isTagged(value))
    return typeof value === "number" ? numberText(value) : JSON.stringify(value);
  switch (value[0]) {
    case "l":
    case "t":
      return `[${value[1].map(valueText).join(",")}]`;
    case "d":
      return `{${value[1].map(([k, v]) => `${keyText(k)}:${valueText(v)}`).join(",")}}`;
    case "i":
      return value[1];
    case "s":
      return `"${value[1]}"`;
    case "b":
      return JSON.stringify(value[1]);
    case "o":
      return describedText(value[1], value[2]);
    case "x":
      return '"[redacted]"';
    case "r":
    case "q":
      return `<${value[1]}>`;
    default:
      return JSON.stringify(value);
  }
}

/** The text of an object; of one that was cut it is told that there is more. */
function describedText(type: string, { head, len, digest }: ObjectDescription): string {
  if (head !== undefined && len === undefined) return head;
  const parts = [type, head === undefined ? "" : `${head}…`, digest?.slice(0, 20) ?? ""];
  return `<${parts.filter((part) => part !== "").join(" ")}>`;
}

function keyText(key: Encoded): string {
  return typeof key === "string" ? JSON.stringify(key) : JSON.stringify(valueText(key));
}
