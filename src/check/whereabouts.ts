import type { Finding, Place } from "../formats/index.js";

/** Where a record stands, if it stands in a text. */
export interface Whereabouts {
  place(): Place | undefined;
  path(): string | undefined;
}

/** Where the records of a document in memory stand. */
export const nowhere: Whereabouts = { place: () => undefined, path: () => undefined };

/** A finding about a record. */
export function findingAt(
  severity: Finding["severity"],
  rule: string,
  message: string,
  at: Whereabouts,
): Finding {
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
