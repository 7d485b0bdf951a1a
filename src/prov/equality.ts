import { dateTimeKey } from "./date-time.js";
import { formalNames, formalTimes } from "./formal-values.js";
import { isElementKind } from "./formals.js";
import { blankNamespace, uriOf } from "./names.js";
import type { Attribute, ProvDocument, ProvRecord } from "./records.js";
import { valueKey } from "./value-key.js";

/** How two documents or records are compared. */
export interface EqualityOptions {
  /**
   * Compare bags: a repeated record or a repeated attribute value counts. By default both are
   * sets, as in Python prov.
   *
   * @defaultValue false
   */
  readonly strict?: boolean;
}

/**
 * Tells whether two documents say the same.
 *
 * Order, prefixes and anonymous ids (`_:x`) do not matter; names are compared by full URI, times
 * by instant (a zone-less time never equals a zoned one), literals by value within one datatype,
 * `alternateOf` in both directions, bundles by id.
 */
export function sameDocument(
  a: ProvDocument,
  b: ProvDocument,
  options: EqualityOptions = {},
): boolean {
  const { strict = false } = options;
  const ours = recordSets(a, strict);
  const theirs = recordSets(b, strict);
  if (ours.size !== theirs.size) {
    return false;
  }
  for (const [bundle, records] of ours) {
    const others = theirs.get(bundle);
    if (others === undefined || !sameCounts(records, others)) {
      return false;
    }
  }
  return true;
}

/** Tells whether two records say the same; see {@link sameDocument}. */
export function sameRecord(a: ProvRecord, b: ProvRecord, options: EqualityOptions = {}): boolean {
  return recordKey(a, options) === recordKey(b, options);
}

/** Tells whether two attribute lists hold the same name-value pairs, in any order. */
export function sameAttributes(
  a: readonly Attribute[],
  b: readonly Attribute[],
  options: EqualityOptions = {},
): boolean {
  const { strict = false } = options;
  return attributeKeys(a, strict).join("\n") === attributeKeys(b, strict).join("\n");
}

/** A text that is the same for two records exactly when {@link sameRecord} holds. */
export function recordKey(record: ProvRecord, options: EqualityOptions = {}): string {
  const { strict = false } = options;
  const names = formalNames(record).map((name) => (name === undefined ? null : uriOf(name)));
  if (record.kind === "alternateOf") {
    names.sort();
  }
  const times = formalTimes(record).map((time) => (time === undefined ? null : dateTimeKey(time)));
  return JSON.stringify([
    record.kind,
    identityOf(record),
    names,
    times,
    attributeKeys(record.attributes, strict),
  ]);
}

function identityOf({ id, kind }: ProvRecord): string | null {
  const anonymous = id?.namespace.uri === blankNamespace.uri && !isElementKind(kind);
  return id === undefined || anonymous ? null : uriOf(id);
}

function attributeKeys(attributes: readonly Attribute[], strict: boolean): string[] {
  const keys = attributes.map(([name, value]) => JSON.stringify([uriOf(name), valueKey(value)]));
  return (strict ? keys : [...new Set(keys)]).sort();
}

type Counts = Map<string, number>;

function recordSets(document: ProvDocument, strict: boolean): Map<string, Counts> {
  const sets = new Map<string, Counts>([["", countRecords(new Map(), document.records, strict)]]);
  for (const bundle of document.bundles) {
    const key = `bundle ${uriOf(bundle.id)}`;
    sets.set(key, countRecords(sets.get(key) ?? new Map(), bundle.records, strict));
  }
  return sets;
}

function countRecords(counts: Counts, records: readonly ProvRecord[], strict: boolean): Counts {
  for (const record of records) {
    const key = recordKey(record, { strict });
    counts.set(key, strict ? (counts.get(key) ?? 0) + 1 : 1);
  }
  return counts;
}

function sameCounts(a: Counts, b: Counts): boolean {
  if (a.size !== b.size) {
    return false;
  }
  for (const [key, count] of a) {
    if (b.get(key) !== count) {
      return false;
    }
  }
  return true;
}
