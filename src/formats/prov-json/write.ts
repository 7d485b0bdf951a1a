import {
  type Bundle,
  blankNamespace,
  type ExtraSection,
  formalNames,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provNamespace,
  type RecordKind,
  xsdNamespace,
} from "../../prov/index.js";
import type { Dialect } from "../dialect.js";
import { DocumentError } from "../document-error.js";
import { documentExtensions } from "../extension-document.js";
import { extraSectionsOf } from "../extension-json.js";
import { isAnonymous } from "../is-anonymous.js";
import { quoted } from "../quoted.js";
import { anonymousId } from "./anonymous-id.js";
import { jsonString } from "./json-text.js";
import { documentTail, memberSeparator, sectionHead, sectionOrder, sectionTail } from "./layout.js";
import { type PrefixPlan, planPrefixes } from "./prefix-plan.js";
import type { Spelling } from "./record-attributes.js";
import { recordBody, recordMember } from "./record-member.js";
import { taskprovNamespace } from "./terms.js";

/** How {@link writeProvJson} writes. */
export interface WriteProvJsonOptions {
  /** @defaultValue "shared" */
  readonly dialect?: Dialect;
  /**
   * Write literals in their shortest forms: numbers, booleans and single values bare. Python prov
   * reads them; ProvToolbox drops them, as it does with what `"shared"` writes as scalars.
   *
   * @defaultValue false
   */
  readonly compact?: boolean;
}

const chunkChars = 65_536;

/**
 * Writes a document as PROV-JSON, in chunks of about 64 thousand characters.
 *
 * One record a line, sections in PROV-DM order, `prefix` first. Records that share a real id
 * within one kind come out as one array, because PROV-JSON has no other form for them; anonymous
 * records never do: those without a usable `_:` key of their own get a fresh one.
 *
 * @throws {@link DocumentError} when an attribute bears the name of a formal property, or an extra
 *   section cannot be kept.
 */
export function* writeProvJson(
  document: ProvDocument,
  options: WriteProvJsonOptions = {},
): Generator<string, void, undefined> {
  const { dialect = "shared", compact = false } = options;
  const spelling = compact && dialect !== "yprov" ? "compact" : dialect;
  const plan = planPrefixes(document, neededBy(dialect));
  let text = documentText(plan.namespaces);
  for (const piece of documentPieces(document, spelling, plan)) {
    text += piece;
    if (text.length >= chunkChars) {
      yield text;
      text = "";
    }
  }
  yield text + documentTail;
}

/**
 * The beginning of a document: the opening brace and the `prefix` object, with `prov` and `xsd`
 * (and what the dialect needs) before the given namespaces.
 *
 * @param namespaces - what the names of the document use; no default prefix, one URI per prefix.
 */
export function documentHead(namespaces: readonly Namespace[], dialect: Dialect): string {
  return documentText(
    planPrefixes({ namespaces, records: [], bundles: [] }, neededBy(dialect)).namespaces,
  );
}

function neededBy(dialect: Dialect): readonly Namespace[] {
  return dialect === "yprov" ? [taskprovNamespace] : [];
}

function documentText(namespaces: readonly Namespace[]): string {
  return `{\n${prefixText(namespaces)}`;
}

function prefixText(namespaces: readonly Namespace[]): string {
  const members = namespaces.map(({ prefix, uri }) => `${jsonString(prefix)}:${jsonString(uri)}`);
  return `"prefix":{\n${members.join(memberSeparator)}\n}`;
}

function* documentPieces(
  document: ProvDocument,
  spelling: Spelling,
  plan: PrefixPlan,
): Generator<string, void, undefined> {
  const { records, bundles } = document;
  if (spelling === "yprov") {
    yield* sections([...records, ...bundles.flatMap((bundle) => bundle.records)], spelling, plan);
    yield* extraPieces(document, document.namespaces, plan);
    return;
  }
  yield* sections(records, spelling, plan);
  if (bundles.length > 0) {
    yield sectionHead("bundle");
    let separator = "";
    for (const bundle of joinById(bundles, plan)) {
      yield separator;
      yield* bundlePieces(bundle, document.namespaces, spelling, plan);
      separator = memberSeparator;
    }
    yield sectionTail;
  }
  yield* extraPieces(document, document.namespaces, plan);
}

function* extraPieces(
  content: Pick<ProvDocument, "extraSections">,
  namespaces: readonly Namespace[],
  plan: PrefixPlan,
): Generator<string, void, undefined> {
  for (const { name, json } of plannedSections(content.extraSections ?? [], namespaces, plan)) {
    const section = JSON.stringify(name);
    if (reservedSections.has(name) || !isJson(json)) {
      throw unwritable(
        `Expected a JSON value under a name of its own in \`extraSections\`, got ${section}.`,
      );
    }
    yield `,\n${section}:${json}`;
  }
}

// Prefixes that had to be changed are changed in them too, where their form is known.
function plannedSections(
  extraSections: readonly ExtraSection[],
  namespaces: readonly Namespace[],
  plan: PrefixPlan,
): readonly ExtraSection[] {
  const renamed = namespaces.find((namespace) => plan.prefixOf(namespace) !== namespace.prefix);
  const names = new Set(extraSections.map(({ name }) => name));
  if (renamed === undefined && names.size === extraSections.length) {
    return extraSections;
  }
  const { records, others } = documentExtensions({ extraSections }, namespaces);
  const [other] = others;
  if (other !== undefined) {
    throw unwritable(
      renamed === undefined
        ? `There are several sections ${JSON.stringify(other.name)}, which cannot be joined. Remove all but one from \`extraSections\`.`
        : `The section ${JSON.stringify(other.name)} cannot be kept, because the prefix ${quoted(renamed.prefix)} that it may use had to be changed. Remove it from \`extraSections\`.`,
    );
  }
  return extraSectionsOf(records, plan.spell);
}

const reservedSections: ReadonlySet<string> = new Set(["prefix", "bundle", ...sectionOrder]);

function unwritable(message: string): DocumentError {
  return new DocumentError([{ severity: "error", rule: "extra-section", message }]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return false;
    }
    throw error;
  }
}

function* bundlePieces(
  bundle: Bundle,
  inherited: readonly Namespace[],
  spelling: Spelling,
  plan: PrefixPlan,
): Generator<string, void, undefined> {
  // prov and xsd are repeated, because not every reader lets bundles inherit prefixes.
  const own = bundle.namespaces.map((namespace) => ({
    prefix: plan.prefixOf(namespace),
    uri: namespace.uri,
  }));
  const declared = new Map(
    [provNamespace, xsdNamespace, ...own].map((namespace) => [namespace.prefix, namespace]),
  );
  yield `${jsonString(plan.spell(bundle.id))}:{\n${prefixText([...declared.values()])}`;
  yield* sections(bundle.records, spelling, plan);
  yield* extraPieces(bundle, [...inherited, ...bundle.namespaces], plan);
  yield sectionTail;
}

// Two bundles of one id are one JSON member, and say the same together as apart.
function joinById(bundles: readonly Bundle[], plan: PrefixPlan): Iterable<Bundle> {
  const joined = new Map<string, Bundle>();
  for (const bundle of bundles) {
    const key = plan.spell(bundle.id);
    const first = joined.get(key);
    joined.set(
      key,
      first === undefined
        ? bundle
        : {
            id: first.id,
            namespaces: [...first.namespaces, ...bundle.namespaces],
            records: [...first.records, ...bundle.records],
            extraSections: [...(first.extraSections ?? []), ...(bundle.extraSections ?? [])],
          },
    );
  }
  return joined.values();
}

function* sections(
  records: readonly ProvRecord[],
  spelling: Spelling,
  plan: PrefixPlan,
): Generator<string, void, undefined> {
  const byKind = new Map<RecordKind, ProvRecord[]>();
  for (const record of records) {
    const list = byKind.get(record.kind);
    if (list === undefined) {
      byKind.set(record.kind, [record]);
    } else {
      list.push(record);
    }
  }
  const taken = blankIds(records);
  for (const kind of sectionOrder) {
    const list = byKind.get(kind);
    if (list !== undefined) {
      yield sectionHead(kind);
      yield* members(list, spelling, plan, taken);
      yield sectionTail;
    }
  }
}

function* members(
  records: readonly ProvRecord[],
  spelling: Spelling,
  plan: PrefixPlan,
  taken: ReadonlySet<string>,
): Generator<string, void, undefined> {
  const { spell } = plan;
  const repeated = repeatedIds(records, plan);
  const usedBlanks = new Set<string>();
  let separator = "";
  let anonymous = 0;
  for (const record of records) {
    const { id } = record;
    let key = id === undefined ? "" : spell(id);
    if (isAnonymous(record)) {
      if (id === undefined || usedBlanks.has(key)) {
        do {
          anonymous += 1;
          key = anonymousId(record.kind, anonymous);
        } while (taken.has(key));
      }
      usedBlanks.add(key);
    }
    const group = repeated.get(key);
    if (group === undefined) {
      yield separator + recordMember(record, spelling, key, spell);
    } else if (group[0] === record) {
      const bodies = group.map((each) => recordBody(each, spelling, spell));
      yield `${separator}${jsonString(key)}:[${bodies.join(",")}]`;
    } else {
      continue;
    }
    separator = memberSeparator;
  }
}

// Real ids that several of the records bear, with those records.
function repeatedIds(
  records: readonly ProvRecord[],
  { spell }: PrefixPlan,
): ReadonlyMap<string, readonly ProvRecord[]> {
  const seen = new Set<string>();
  const repeated = new Map<string, ProvRecord[]>();
  for (const record of records) {
    if (record.id === undefined || isAnonymous(record)) {
      continue;
    }
    const key = spell(record.id);
    if (seen.has(key)) {
      repeated.set(key, []);
    }
    seen.add(key);
  }
  if (repeated.size > 0) {
    for (const record of records) {
      if (record.id !== undefined && !isAnonymous(record)) {
        repeated.get(spell(record.id))?.push(record);
      }
    }
  }
  return repeated;
}

// Blank ids that records bear or mention: fresh keys must not be mistaken for them.
function blankIds(records: readonly ProvRecord[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const record of records) {
    for (const name of [record.id, ...formalNames(record)]) {
      if (name !== undefined && name.namespace.uri === blankNamespace.uri) {
        ids.add(`_:${name.local}`);
      }
    }
  }
  return ids;
}
