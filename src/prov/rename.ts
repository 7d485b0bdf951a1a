import { createRecord } from "./create-record.js";
import { formalNames, formalTimes } from "./formal-values.js";
import type { QualifiedName } from "./names.js";
import type { Attribute, Bundle, ProvDocument, ProvRecord } from "./records.js";
import { isQualifiedName, isTypedLiteral, type Value } from "./values.js";

/** Gives another name for a name, or the same. */
export type RenameName = (name: QualifiedName) => QualifiedName;

/**
 * A record with every name in it replaced: ids, arguments, attribute names, values, datatypes.
 *
 * @param rename - for every name that is part of what the record says.
 * @param renameId - for the record's own id; by default like all others.
 */
export function renameRecord(
  record: ProvRecord,
  rename: RenameName,
  renameId: (id: QualifiedName) => QualifiedName | undefined = rename,
): ProvRecord {
  const id = record.id === undefined ? undefined : renameId(record.id);
  const names = formalNames(record).map((name) => (name === undefined ? name : rename(name)));
  const attributes = record.attributes.map(
    ([name, value]): Attribute => [rename(name), renameValue(value, rename)],
  );
  // Nothing that was there is missing now, so this is always a record.
  return createRecord(record.kind, id, names, formalTimes(record), attributes) ?? record;
}

/** A document with every name in its records and every id of a bundle replaced. */
export function renameDocument(document: ProvDocument, rename: RenameName): ProvDocument {
  const renameRecords = (records: readonly ProvRecord[]): readonly ProvRecord[] =>
    records.map((record) => renameRecord(record, rename));
  return {
    ...document,
    records: renameRecords(document.records),
    bundles: document.bundles.map(
      (bundle): Bundle => ({
        ...bundle,
        id: rename(bundle.id),
        records: renameRecords(bundle.records),
      }),
    ),
  };
}

function renameValue(value: Value, rename: RenameName): Value {
  if (typeof value === "string") {
    return value;
  }
  if (isQualifiedName(value)) {
    return rename(value);
  }
  return isTypedLiteral(value) ? { ...value, datatype: rename(value.datatype) } : value;
}
