import { dateTimeKey } from "./date-time.js";
import { uriOf, xsdNamespace } from "./names.js";
import { isLangString, isQualifiedName, type TypedLiteral, type Value } from "./values.js";

/**
 * A text that is the same for two values exactly when they are equal: names by full URI, literals
 * by datatype and value (so `"01"^^xsd:int` is `"1"^^xsd:int`, two dateTimes of one instant are
 * the same, NaN is NaN), `xsd:string` like a bare string, different datatypes never.
 */
export function valueKey(value: Value): string {
  if (typeof value === "string") {
    return `s${value}`;
  }
  if (isQualifiedName(value)) {
    return `q${uriOf(value)}`;
  }
  if (isLangString(value)) {
    return `l${JSON.stringify(value.lang)}${value.text}`;
  }
  return literalKey(value);
}

function literalKey({ text, datatype }: TypedLiteral): string {
  if (datatype.namespace.uri === xsdNamespace.uri) {
    return datatype.local === "string" ? `s${text}` : xsdKey(datatype.local, text);
  }
  return `t${JSON.stringify(uriOf(datatype))}${text}`;
}

const integerTypes: ReadonlySet<string> = new Set([
  "integer",
  "long",
  "int",
  "short",
  "byte",
  "nonNegativeInteger",
  "nonPositiveInteger",
  "positiveInteger",
  "negativeInteger",
  "unsignedLong",
  "unsignedInt",
  "unsignedShort",
  "unsignedByte",
]);

function xsdKey(local: string, text: string): string {
  const canonical = canonicalXsd(local, text);
  return canonical === undefined ? `x${local}?${text}` : `x${local}=${canonical}`;
}

function canonicalXsd(local: string, text: string): string | undefined {
  if (integerTypes.has(local)) {
    const digits = /^([+-]?)0*(\d+)$/.exec(text);
    return digits?.[2] === undefined ? undefined : signed(digits[1], digits[2]);
  }
  switch (local) {
    case "boolean":
      return canonicalBoolean(text);
    case "double":
      return canonicalDouble(text, Number);
    case "float":
      return canonicalDouble(text, (digits) => Math.fround(Number(digits)));
    case "decimal":
      return canonicalDecimal(text);
    case "dateTime":
      return dateTimeKey(text);
    default:
      return undefined;
  }
}

function signed(sign: string | undefined, digits: string): string {
  return sign === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

function canonicalBoolean(text: string): string | undefined {
  switch (text) {
    case "true":
    case "1":
      return "true";
    case "false":
    case "0":
      return "false";
    default:
      return undefined;
  }
}

function canonicalDouble(text: string, round: (digits: string) => number): string | undefined {
  if (text === "NaN" || text === "INF" || text === "-INF") {
    return text;
  }
  if (text === "+INF") {
    return "INF";
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    return undefined;
  }
  const number = round(text);
  return Number.isFinite(number) ? String(number) : number < 0 ? "-INF" : "INF";
}

function canonicalDecimal(text: string): string | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  const whole = parts?.[2] ?? "";
  const fraction = parts?.[3] ?? "";
  if (parts === null || whole + fraction === "") {
    return undefined;
  }
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const rest = fraction.replace(/0+$/, "");
  return signed(parts[1], rest === "" ? digits : `${digits}.${rest}`);
}
