import type { Finding, Place } from "../formats/index.js";

/** A record that has part in a finding. */
export interface FindingRecord {
  /** The record as PROV-N shows it, without its attributes. */
  readonly text: string;
  /** The JSON pointer of the record, where the text has such paths. */
  readonly path?: string;
  /** Where the record begins in the text; absent for documents that are not text. */
  readonly place?: Place;
}

/** Something wrong or doubtful in a document, with the rule and the records behind it. */
export interface CheckFinding extends Finding {
  /** The number in PROV-CONSTRAINTS; `rule` is its name there. */
  readonly constraint?: number;
  /** Other constraints and inferences of PROV-CONSTRAINTS that led to it. */
  readonly involves?: readonly number[];
  /** The records in conflict; of a cycle of events in the order of the cycle. */
  readonly records?: readonly FindingRecord[];
  /** The bundle it is in, as it is spelt; absent at the top level. */
  readonly bundle?: string;
}
