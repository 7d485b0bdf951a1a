import type { Place } from "../formats/index.js";
import type { CheckFinding } from "./check-finding.js";

const maxRecords = 20;

/**
 * A finding as text: one line, and one more for every record in conflict.
 *
 * @example
 * ```text
 * error constraint 24 unique-generation at line 4, column 1 (byte 90): An activity generates …
 *     wasGeneratedBy(ex:g1; ex:e, ex:a) at line 3, column 1 (byte 50)
 *     wasGeneratedBy(ex:g2; ex:e, ex:a) at line 4, column 1 (byte 90)
 * ```
 */
export function checkFindingText(finding: CheckFinding): string {
  const { severity, rule, constraint, message, path, place, bundle, records = [] } = finding;
  const number = constraint === undefined ? "" : ` constraint ${constraint}`;
  const inBundle = bundle === undefined ? "" : ` in bundle ${bundle}`;
  const line = `${severity}${number} ${rule}${inBundle}${at(place, path)}: ${message}`;
  if (constraint === undefined && records.length < 2) {
    return line;
  }
  const shown = records
    .slice(0, maxRecords)
    .map((each) => `    ${each.text}${at(each.place, each.path)}`);
  const more = records.length > maxRecords ? [`    and ${records.length - maxRecords} more`] : [];
  return [line, ...shown, ...more].join("\n");
}

function at(place: Place | undefined, path: string | undefined): string {
  const text =
    place === undefined
      ? ""
      : ` at line ${place.line}, column ${place.column} (byte ${place.offset})`;
  return path === undefined ? text : `${text}, ${path}`;
}
