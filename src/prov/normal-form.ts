import { Budget, rankedColors, refineColors } from "./blank-colors.js";
import { blankName, findBlankNodes, isBlank, renameBlanks } from "./blank-nodes.js";
import { canonicalDateTime } from "./canonical-date-time.js";
import { canonicalXsd } from "./canonical-xsd.js";
import { compareTexts } from "./compare-texts.js";
import { createRecord } from "./create-record.js";
import { recordKey } from "./equality.js";
import { respellSections, sortedSections } from "./extra-sections.js";
import { formalNames, formalTimes } from "./formal-values.js";
import { recordKinds } from "./formals.js";
import { merge } from "./merge.js";
import { type Namespace, type QualifiedName, uriOf } from "./names.js";
import type { Attribute, ExtraSection, ProvDocument, ProvRecord } from "./records.js";
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
 * for one namespace, the first by the alphabet does. Extra sections are kept, with the namespaces
 * that they use.
 */
export function normalForm(document: ProvDocument, options: NormalFormOptions = {}): ProvDocument {
  // First of all: which of the names that are the same is kept would depend on their order.
  const spelt = withOneSpelling(withSettledPrefixes(document));
  const merged =
    options.unify === false
      ? { ...spelt, bundles: joinBundles(spelt.bundles) }
      : unify(spelt).document;
  const named = withNumberedBlanks(merged);
  const records = sortedRecords(named.records);
  const bundles = named.bundles
    .map((bundle) => ({
      ...bundle,
      namespaces: [],
      records: sortedRecords(bundle.records),
      ...withSortedSections(bundle),
    }))
    .toSorted(byId);
  const content = { ...named, records, bundles, ...withSortedSections(named) };
  return { ...content, namespaces: usedNamespaces(content) };
}

interface WithSections {
  readonly extraSections?: readonly ExtraSection[];
}

/**
 * Names in extra sections are text, so for them a prefix has to stand for the same namespace all
 * over the document; a document without such sections is the same.
 */
function withSettledPrefixes(document: ProvDocument): ProvDocument {
  if (sectionsOf(document).length === 0) {
    return document;
  }
  const namespaces = document.namespaces.toSorted(byPrefix);
  const bundles = document.bundles
    .map((bundle) => ({ ...bundle, namespaces: bundle.namespaces.toSorted(byPrefix) }))
    .toSorted(byId);
  return merge([{ ...document, namespaces, bundles }], { unify: false }).document;
}

function byPrefix(a: Namespace, b: Namespace): number {
  return compareTexts(a.prefix, b.prefix) || compareTexts(a.uri, b.uri);
}

function byId(a: { readonly id: QualifiedName }, b: { readonly id: QualifiedName }): number {
  return compareTexts(uriOf(a.id), uriOf(b.id));
}

function sectionsOf(document: ProvDocument): readonly ExtraSection[] {
  return [document, ...document.bundles].flatMap(({ extraSections = [] }) => extraSections);
}

function withSortedSections({ extraSections = [] }: WithSections): WithSections {
  return extraSections.length === 0 ? {} : { extraSections: sortedSections(extraSections) };
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
  const use = (namespace: Namespace): void => {
    used.set(`${namespace.prefix} ${namespace.uri}`, namespace);
  };
  renameDocument(document, (name) => {
    if (!isBlank(name)) {
      use(name.namespace);
    }
    return name;
  });
  const byText = new Map(document.namespaces.map((each) => [each.prefix, each]));
  respellSections(sectionsOf(document), (text) => {
    const namespace = byText.get(text.slice(0, Math.max(text.indexOf(":"), 0)));
    if (namespace !== undefined) {
      use(namespace);
    }
    return text;
  });
  return [...used].toSorted(([a], [b]) => compareTexts(a, b)).map(([, namespace]) => namespace);
}

function textOf(name: QualifiedName | undefined): string {
  return name === undefined ? "" : uriOf(name);
}
