import { dateTimeKey, isDateTime } from "./date-time.js";
import { withoutTrailingZeros } from "./trailing-zeros.js";

type Bound = bigint | undefined;

/** The least and the greatest value of every integer type (XML Schema part 2, 3.4.13 to 3.4.25). */
const integerRanges: ReadonlyMap<string, readonly [least: Bound, greatest: Bound]> = new Map([
  ["integer", [undefined, undefined]],
  ["nonNegativeInteger", [0n, undefined]],
  ["positiveInteger", [1n, undefined]],
  ["nonPositiveInteger", [undefined, 0n]],
  ["negativeInteger", [undefined, -1n]],
  ["long", [-(2n ** 63n), 2n ** 63n - 1n]],
  ["int", [-(2n ** 31n), 2n ** 31n - 1n]],
  ["short", [-(2n ** 15n), 2n ** 15n - 1n]],
  ["byte", [-128n, 127n]],
  ["unsignedLong", [0n, 2n ** 64n - 1n]],
  ["unsignedInt", [0n, 2n ** 32n - 1n]],
  ["unsignedShort", [0n, 2n ** 16n - 1n]],
  ["unsignedByte", [0n, 255n]],
]);

/**
 * Whether a text is a legal value of an XML Schema datatype, as far as we know the datatype:
 * integers with their ranges, decimal, float, double, boolean and dateTime.
 *
 * @param local - the datatype's name without `xsd:`.
 * @returns true for datatypes that are not known here.
 */
export function fitsXsd(local: string, text: string): boolean {
  const range = integerRanges.get(local);
  if (range === undefined) {
    return !otherTypes.has(local) || canonicalXsd(local, text) !== undefined;
  }
  const [least, greatest] = range;
  if (text.length <= 15 && /^-?\d+$/.test(text)) {
    return isWithin(Number(text), least, greatest);
  }
  const canonical = canonicalXsd(local, text);
  if (canonical === undefined) {
    return false;
  }
  if (canonical.length > 20) {
    return (canonical.startsWith("-") ? least : greatest) === undefined;
  }
  return isWithin(BigInt(canonical), least, greatest);
}

function isWithin(value: number | bigint, least: Bound, greatest: Bound): boolean {
  return (least === undefined || value >= least) && (greatest === undefined || value <= greatest);
}

const otherTypes: ReadonlySet<string> = new Set([
  "boolean",
  "double",
  "float",
  "decimal",
  "dateTime",
]);

/**
 * The canonical spelling of a literal of an XML Schema datatype, or `undefined` when the datatype
 * is not one of numbers, booleans and dateTime, or the text is none of its lexical forms.
 *
 * @param local - the datatype's name without `xsd:`.
 */
export function canonicalXsd(local: string, text: string): string | undefined {
  if (integerRanges.has(local)) {
    return canonicalInteger(text);
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
      return isDateTime(text) ? dateTimeKey(text) : undefined;
    default:
      return undefined;
  }
}

function signed(sign: string | undefined, digits: string): string {
  return sign === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

// The expressions below are linear: a literal of megabytes must not stop the reader.
function canonicalInteger(text: string): string | undefined {
  if (!/^[+-]?\d+$/.test(text)) {
    return undefined;
  }
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return signed(sign, withoutLeadingZeros(text.slice(sign.length)));
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
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
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
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
  const digits = withoutLeadingZeros(whole) || "0";
  const rest = withoutTrailingZeros(fraction);
  return signed(parts[1], rest === "" ? digits : `${digits}.${rest}`);
}
