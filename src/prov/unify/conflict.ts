import type { RecordKind } from "../records.js";

/** The number of a uniqueness constraint of PROV-CONSTRAINTS, or the one of PROV-LINKS. */
export type UniquenessConstraint = 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | "unique-mention";

/** Two records that must be the same, or agree, and cannot. */
export interface Conflict {
  readonly constraint: UniquenessConstraint;
  /** What kind of record they are, or make known. */
  readonly kind: RecordKind;
  /** The records that say different things; twice the same if one contradicts itself. */
  readonly records: readonly [number, number];
  /** Where they differ: `id` or a formal property without `prov:`. */
  readonly property: string;
  /** What the two say, as text; `-` for nothing. */
  readonly values: readonly [string, string];
  /** The constraint that made them one, when it was not their common id. */
  readonly because?: 24 | 25 | 26 | 27;
}
