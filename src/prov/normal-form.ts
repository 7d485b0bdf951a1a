import { Budget, rankedColors, refineColors } from "./blank-colors.js";
import { blankName, findBlankNodes, isBlank, renameBlanks } from "./blank-nodes.js";
import { canonicalDateTime } from "./canonical-date-time.js";
import { canonicalXsd } from "./canonical-xsd.js";
import { compareTexts } from "./compare-texts.js";
import { createRecord } from "./create-record.js";
import { recordKey } from "./equality.js";
import { formalNames, formalTimes } from "./formal-values.js";
import { recordKinds } from "./formals.js";
import { type Namespace, type QualifiedName, uriOf } from "./names.js";
import type { Attribute, ProvDocument, ProvRecord } from "./records.js";
import { renameDocument } from "./rename.js";
import { withOneSpelling } from "./spellings.js";
import { joinBundles, unify } from "./unify.js";
import { valueKey, xsdLocal } from "./value-key.js";
import { isTypedLiteral, type Value } from "./values.js";

const maxRounds = 100;

/** How {@link normalForm} works. */
export interface NormalFormOptions {
  /**
   * Merge records that are one by PROV-CONSTRAINTS first (see `unify`).
   *
   * @defaultValue true
   */
  readonly unify?: boolean;
}

/**
 * A document in an order and spelling that depend on what it says only, so that two versions can
 * be compared line by line: records merged, repeats dropped, sorted by kind, id and content;
 * attributes sorted; times in UTC and numbers in canonical form; blank ids numbered, anonymous
 * relations without id; only namespaces that are used, sorted. Prefixes stay as they are; of several
 * for one namespace, the first by the alphabet does.
 */
export function normalForm(document: ProvDocument, options: NormalFormOptions = {}): ProvDocument {
  // First of all: which of the names that are the same is kept would depend on their order.
  const spelt = withOneSpelling(document);
  const merged =
    options.unify === false
      ? { ...spelt, bundles: joinBundles(spelt.bundles) }
      : unify(spelt).document;
  const named = withNumberedBlanks(merged);
  const records = sortedRecords(named.records);
  const bundles = named.bundles
    .map((bundle) => ({ ...bundle, namespaces: [], records: sortedRecords(bundle.records) }))
    .toSorted((a, b) => compareTexts(uriOf(a.id), uriOf(b.id)));
  const content = { ...named, records, bundles };
  return { ...content, namespaces: usedNamespaces(content) };
}

function withNumberedBlanks(document: ProvDocument): ProvDocument {
  const nodes = findBlankNodes(document);
  if (nodes.locals.length === 0) {
    return renameBlanks(document, (name) => name);
  }
  // What cannot be told apart is numbered as it is met: for what is alike that does not matter, and
  // telling apart what only looks alike can take forever.
  const budget = new Budget(Number.POSITIVE_INFINITY);
  const colors = refineColors(document, nodes, new Map(), rankedColors, budget, maxRounds);
  const order = nodes.locals.toSorted((a, b) => (colors.get(a) ?? 0) - (colors.get(b) ?? 0));
  const numbers = new Map(order.map((local, index) => [local, `b${index + 1}`]));
  return renameBlanks(document, ({ local }) => blankName(numbers.get(local) ?? local));
}

function sortedRecords(records: readonly ProvRecord[]): readonly ProvRecord[] {
  const byKey = new Map<string, ProvRecord>();
  for (const record of records) {
    const key = recordKey(record);
    if (!byKey.has(key)) {
      byKey.set(key, normalRecord(record));
    }
  }
  return [...byKey]
    .map(([key, record]) => ({ record, rank: kindRank(record), key }))
    .toSorted((a, b) => a.rank - b.rank || compareTexts(a.key, b.key))
    .map(({ record }) => record);
}

function kindRank({ kind }: ProvRecord): number {
  return recordKinds.indexOf(kind);
}

function normalRecord(record: ProvRecord): ProvRecord {
  const names = [...formalNames(record)];
  if (record.kind === "alternateOf") {
    names.sort((a, b) => compareTexts(textOf(a), textOf(b)));
  }
  const times = formalTimes(record).map((time) =>
    time === undefined ? time : canonicalDateTime(time),
  );
  const attributes = normalAttributes(record.attributes);
  return createRecord(record.kind, record.id, names, times, attributes) ?? record;
}

function normalAttributes(attributes: readonly Attribute[]): readonly Attribute[] {
  const byKey = new Map<string, Attribute>();
  for (const [name, value] of attributes) {
    byKey.set(JSON.stringify([uriOf(name), valueKey(value)]), [name, normalValue(value)]);
  }
  return [...byKey].toSorted(([a], [b]) => compareTexts(a, b)).map(([, attribute]) => attribute);
}

function normalValue(value: Value): Value {
  if (typeof value !== "object" || !isTypedLiteral(value)) {
    return value;
  }
  const { text, datatype } = value;
  const local = xsdLocal(datatype);
  if (local === undefined || local === "string") {
    return local === undefined ? value : text;
  }
  const canonical = local === "dateTime" ? canonicalDateTime(text) : canonicalXsd(local, text);
  return { text: canonical ?? text, datatype };
}

function usedNamespaces(document: ProvDocument): readonly Namespace[] {
  const used = new Map<string, Namespace>();
  renameDocument(document, (name) => {
    const { namespace } = name;
    if (!isBlank(name)) {
      used.set(`${namespace.prefix} ${namespace.uri}`, namespace);
    }
    return name;
  });
  return [...used].toSorted(([a], [b]) => compareTexts(a, b)).map(([, namespace]) => namespace);
}

function textOf(name: QualifiedName | undefined): string {
  return name === undefined ? "" : uriOf(name);
}
