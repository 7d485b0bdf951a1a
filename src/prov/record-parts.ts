import { createRecord } from "./create-record.js";
import { formalNames, formalTimes } from "./formal-values.js";
import { recordKinds } from "./formals.js";
import type { QualifiedName } from "./names.js";
import type { Attribute, ProvRecord, RecordKind } from "./records.js";
import type { DateTimeText } from "./values.js";

/**
 * A record taken apart, in one shape for all kinds: code that takes millions of records is compiled
 * once for it, and not again for every kind. The object is used again for the next record.
 */
export interface RecordParts {
  kind: RecordKind;
  /** The kind's place among `recordKinds`. */
  kindNumber: number;
  id: QualifiedName | undefined;
  /** The names in formal positions, in PROV-N order; nothing behind those that the kind has. */
  readonly names: (QualifiedName | undefined)[];
  /** The times in formal positions, in PROV-N order. */
  readonly times: (DateTimeText | undefined)[];
  attributes: readonly Attribute[];
}

/** Parts of nothing yet. */
export function newParts(): RecordParts {
  return {
    kind: "entity",
    kindNumber: 0,
    id: undefined,
    names: [undefined, undefined, undefined, undefined, undefined],
    times: [undefined, undefined],
    attributes: [],
  };
}

/** Takes a record apart. */
export function takeApart(record: ProvRecord, parts: RecordParts): void {
  const { kind, id, attributes } = record;
  parts.kind = kind;
  parts.kindNumber = recordKinds.indexOf(kind);
  parts.id = id;
  parts.attributes = attributes;
  const names = formalNames(record);
  for (let i = 0; i < parts.names.length; i++) {
    parts.names[i] = names[i];
  }
  const times = formalTimes(record);
  parts.times[0] = times[0];
  parts.times[1] = times[1];
}

/** The record that parts make; `undefined` when a required one is missing. */
export function putTogether({
  kind,
  id,
  names,
  times,
  attributes,
}: RecordParts): ProvRecord | undefined {
  return createRecord(kind, id, names, times, attributes);
}
