import { parseDateTime } from "./date-time.js";
import { withoutTrailingZeros } from "./trailing-zeros.js";
import type { DateTimeText } from "./values.js";

/**
 * An xsd:dateTime in canonical spelling: in UTC if it has an offset, no zeros at the end of the
 * fraction, no hour 24. Years beyond 1 to 9999, and what is no dateTime, stay as they are.
 */
export function canonicalDateTime(text: DateTimeText): DateTimeText {
  const parsed = parseDateTime(text);
  if (parsed === undefined) {
    return text;
  }
  const { epochNs, beyondNs, zoned } = parsed;
  const nanosOfSecond = ((epochNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (epochNs - nanosOfSecond) / 1_000_000_000n;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime()) || !/^\d{4}-/.test(date.toISOString())) {
    return text;
  }
  const fraction = withoutTrailingZeros(`${nanosOfSecond.toString().padStart(9, "0")}${beyondNs}`);
  const whole = date.toISOString().slice(0, 19);
  return `${whole}${fraction === "" ? "" : `.${fraction}`}${zoned ? "Z" : ""}`;
}
