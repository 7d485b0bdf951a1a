import { parseDateTime } from "../../prov/date-time.js";

let knownText = "";
let knownSeconds = Number.NaN;

/**
 * An xsd:dateTime as seconds since the epoch, NaN when it is none. Times without an offset are
 * taken as UTC: within one document they can at least be compared.
 */
export function secondsOf(text: string | undefined): number {
  if (text === undefined) return Number.NaN;
  // Times of one run share their seconds, and taking a text apart costs ten times the rest.
  const second = text.slice(0, 19);
  if (second !== knownText || !isUtc(text)) {
    const parsed = parseDateTime(text);
    if (parsed === undefined) return Number.NaN;
    if (!isUtc(text)) return Number(parsed.epochNs / 1000n) / 1e6;
    knownText = second;
    knownSeconds = Number(parsed.epochNs / 1_000_000_000n);
  }
  const fraction = text.length > 20 ? Number(text.slice(19, -1)) : 0;
  return Number.isNaN(fraction) ? Number.NaN : knownSeconds + fraction;
}

/** Four-digit years only, so that the first 19 characters are the second. */
function isUtc(text: string): boolean {
  return text.charCodeAt(text.length - 1) === 0x5a && text.charCodeAt(10) === 0x54;
}
