import { type EqualityOptions, recordKey } from "./equality.js";
import { nameText, uriOf } from "./names.js";
import type { ProvDocument, ProvRecord } from "./records.js";

/** A record that one of two documents has and the other has not. */
export interface DocumentDifference {
  readonly record: ProvRecord;
  /** The bundle it is in, as it is spelt. */
  readonly bundle?: string;
}

/** What {@link differences} found. */
export interface DocumentDifferences {
  readonly onlyInA: readonly DocumentDifference[];
  readonly onlyInB: readonly DocumentDifference[];
}

/**
 * The records that only one of two documents has, in their order there. Blank ids are taken by
 * their names: documents that only differ in those have differences and may be `equal`.
 */
export function differences(
  a: ProvDocument,
  b: ProvDocument,
  options: EqualityOptions = {},
): DocumentDifferences {
  return { onlyInA: without(a, b, options), onlyInB: without(b, a, options) };
}

interface Keyed extends DocumentDifference {
  readonly key: string;
}

function without(
  document: ProvDocument,
  other: ProvDocument,
  options: EqualityOptions,
): readonly DocumentDifference[] {
  const counts = new Map<string, number>();
  for (const { key } of keyed(other, options)) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const seen = new Set<string>();
  const found: DocumentDifference[] = [];
  for (const { key, ...difference } of keyed(document, options)) {
    const left = counts.get(key) ?? 0;
    const isRepeat = seen.has(key);
    seen.add(key);
    if (options.strict === true) {
      counts.set(key, left - 1);
    }
    if (left <= 0 && (options.strict === true || !isRepeat)) {
      found.push(difference);
    }
  }
  return found;
}

function keyed(document: ProvDocument, options: EqualityOptions): readonly Keyed[] {
  const all = document.records.map(
    (record): Keyed => ({ record, key: recordKey(record, options) }),
  );
  for (const { id, records } of document.bundles) {
    const bundle = nameText(id);
    for (const record of records) {
      all.push({ record, bundle, key: `${uriOf(id)} ${recordKey(record, options)}` });
    }
  }
  return all;
}
