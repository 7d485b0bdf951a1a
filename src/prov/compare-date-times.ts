import { parseDateTime } from "./date-time.js";
import type { DateTimeText } from "./values.js";

const utcForm = /^\d{4}-\d\d-\d\dT[\d:]{8}(?:\.\d+)?Z$/;

/**
 * Compares two xsd:dateTime: negative when the first is earlier, 0 when they are the same, or
 * cannot be compared because one has an offset and the other has none, or one is no dateTime.
 */
export function compareDateTimes(a: DateTimeText, b: DateTimeText): number {
  if (a.length === b.length && utcForm.test(a) && utcForm.test(b)) {
    return compare(a, b);
  }
  const [first, second] = [parseDateTime(a), parseDateTime(b)];
  if (first === undefined || second === undefined || first.zoned !== second.zoned) {
    return 0;
  }
  return compare(first.epochNs, second.epochNs) || compare(first.beyondNs, second.beyondNs);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
