import { withoutTrailingZeros } from "./trailing-zeros.js";
import type { DateTimeText } from "./values.js";

/** An xsd:dateTime taken apart; its lexical form stays with whoever holds the text. */
export interface DateTime {
  /**
   * Nanoseconds since 1970-01-01T00:00:00, in UTC when {@link zoned}, else on an unknown clock.
   * Digits beyond nanoseconds are in {@link beyondNs}.
   */
  readonly epochNs: bigint;
  /** Fraction digits after the ninth, without trailing zeros; almost always empty. */
  readonly beyondNs: string;
  /** Whether the text states an offset (`Z`, `+02:00`). */
  readonly zoned: boolean;
}

const lexicalForm =
  /^(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/;

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Tells whether a text is an xsd:dateTime (XML Schema 1.1 part 2, 3.3.7): with or without offset,
 * any number of fraction digits, years of up to nine digits, `24:00:00` allowed, no leap seconds.
 */
export function isDateTime(text: string): boolean {
  return fieldsOf(text) !== undefined;
}

/** Reads an xsd:dateTime; `undefined` when the text is none. */
export function parseDateTime(text: DateTimeText): DateTime | undefined {
  const fields = fieldsOf(text);
  if (fields === undefined) {
    return undefined;
  }
  const { year, month, day, hour, minute, second, fraction, zone } = fields;
  const seconds =
    daysFromCivil(year, month, day) * 86_400 +
    hour * 3_600 +
    minute * 60 +
    second -
    offsetSeconds(zone);
  const nanos = fraction.slice(0, 9).padEnd(9, "0");
  return {
    epochNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
    beyondNs: withoutTrailingZeros(fraction.slice(9)),
    zoned: zone !== "",
  };
}

/**
 * A text that is the same for two xsd:dateTime values exactly when they are the same value: the
 * same instant, or the same zone-less time. Zone-less and zoned times never meet. A text that is
 * no xsd:dateTime stands for itself.
 */
export function dateTimeKey(text: DateTimeText): string {
  const parsed = parseDateTime(text);
  return parsed === undefined
    ? `?${text}`
    : `${parsed.zoned ? "z" : "l"}${parsed.epochNs}.${parsed.beyondNs}`;
}

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: string;
  readonly zone: string;
}

function fieldsOf(text: string): Fields | undefined {
  const match = lexicalForm.exec(text);
  if (match === null) {
    return undefined;
  }
  const fields: Fields = {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4]),
    minute: Number(match[5]),
    second: Number(match[6]),
    fraction: match[7] ?? "",
    zone: match[8] ?? "",
  };
  return inRange(fields) ? fields : undefined;
}

function inRange(fields: Fields): boolean {
  const { year, month, day, hour, minute, second, fraction, zone } = fields;
  const days = month === 2 && !isLeapYear(year) ? 28 : (daysOfMonth[month - 1] ?? 0);
  const endOfDay = hour === 24 && minute === 0 && second === 0 && /^0*$/.test(fraction);
  return (
    day >= 1 &&
    day <= days &&
    (hour <= 23 || endOfDay) &&
    minute <= 59 &&
    second <= 59 &&
    Math.abs(offsetSeconds(zone)) <= 14 * 3_600 &&
    (zone.length < 6 || Number(zone.slice(4)) <= 59)
  );
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function offsetSeconds(zone: string): number {
  if (zone.length < 6) {
    return 0;
  }
  const seconds = Number(zone.slice(1, 3)) * 3_600 + Number(zone.slice(4)) * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}

// Proleptic Gregorian days since 1970-01-01. Own arithmetic, because Date ends at year 275760 and
// reads the years 0 to 99 as 19xx in the multi-argument form.
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
