import type { RecordWhereabouts } from "../formats/index.js";
import type { CheckFinding } from "./check-finding.js";

/** Where the records of a document in memory stand. */
export const nowhere: RecordWhereabouts = { place: () => undefined, path: () => undefined };

/** Takes findings. */
export type Report = (finding: CheckFinding) => void;

/** A finding about one record. */
export function findingAt(
  severity: CheckFinding["severity"],
  rule: string,
  message: string,
  at: RecordWhereabouts,
): CheckFinding {
  const place = at.place();
  const path = at.path();
  return {
    severity,
    rule,
    message,
    ...(path !== undefined && { path }),
    ...(place !== undefined && { place }),
  };
}
