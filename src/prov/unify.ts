import { compareTexts } from "./compare-texts.js";
import { createRecord } from "./create-record.js";
import { recordKey } from "./equality.js";
import { joinSections } from "./extra-sections.js";
import { formalNames } from "./formal-values.js";
import { recordFormals } from "./formals.js";
import { blankNamespace, type QualifiedName, uriOf } from "./names.js";
import type {
  Attribute,
  Bundle,
  ExtraSection,
  ProvDocument,
  ProvRecord,
  RecordKind,
} from "./records.js";
import type { UniquenessConstraint } from "./unify/conflict.js";
import { Instance } from "./unify/instance.js";
import { absent } from "./unify/statements.js";
import { Unifier } from "./unify/unifier.js";
import { valueKey } from "./value-key.js";
import type { DateTimeText } from "./values.js";

export type { UniquenessConstraint } from "./unify/conflict.js";

/** Two records that PROV-CONSTRAINTS says are one, and that contradict each other. */
export interface UnifyConflict {
  /** The number of the constraint in PROV-CONSTRAINTS, or the one of PROV-LINKS. */
  readonly constraint: UniquenessConstraint;
  /** What kind of record they are, or make known. */
  readonly kind: RecordKind;
  readonly records: readonly [ProvRecord, ProvRecord];
  /** Where they differ: `id`, or a formal property without `prov:`. */
  readonly property: string;
  /** What the two say, as text; `-` for nothing. */
  readonly values: readonly [string, string];
  /** The bundle they are in, if any. */
  readonly bundle?: QualifiedName;
}

/** What {@link unify} made of a document. */
export interface UnifyResult {
  readonly document: ProvDocument;
  /** What could not be merged; those records are in the document as they were. */
  readonly conflicts: readonly UnifyConflict[];
}

/**
 * Merges the records of a document that PROV-CONSTRAINTS 22 to 29 say are one: same id, or same
 * generation, invalidation, start or end. Attributes are united, what one of them leaves out is
 * taken from the other. Identical records without an id collapse. The top level and every bundle
 * are looked at separately; bundles of one id are joined first.
 *
 * @example
 * ```ts
 * const { document, conflicts } = unify(await readDocument("run.json"));
 * ```
 */
export function unify(document: ProvDocument): UnifyResult {
  const conflicts: UnifyConflict[] = [];
  const records = unifyRecords(document.records, undefined, conflicts);
  const bundles = joinBundles(document.bundles).map((bundle) => ({
    ...bundle,
    records: unifyRecords(bundle.records, bundle.id, conflicts),
  }));
  return { document: { ...document, records, bundles }, conflicts };
}

/** The bundles of a document, those of one id joined in the place of the first. */
export function joinBundles(bundles: readonly Bundle[]): readonly Bundle[] {
  const byId = new Map<string, Bundle>();
  for (const bundle of bundles) {
    const key = uriOf(bundle.id);
    const first = byId.get(key);
    byId.set(
      key,
      first === undefined
        ? bundle
        : {
            id: first.id,
            namespaces: [...first.namespaces, ...bundle.namespaces],
            records: [...first.records, ...bundle.records],
            ...joinedExtras(first, bundle),
          },
    );
  }
  return [...byId.values()];
}

function joinedExtras(
  { extraSections: first = [] }: Bundle,
  { extraSections: second = [] }: Bundle,
): { extraSections?: readonly ExtraSection[] } {
  const extraSections = joinSections([...first, ...second]);
  return extraSections.length === 0 ? {} : { extraSections };
}

function unifyRecords(
  records: readonly ProvRecord[],
  bundle: QualifiedName | undefined,
  conflicts: UnifyConflict[],
): readonly ProvRecord[] {
  const instance = new Instance();
  for (const record of records) {
    instance.add(record);
  }
  instance.infer();
  const unifier = new Unifier(instance);
  unifier.run();
  const untouchable = new Set<number>();
  for (const { records: pair, ...conflict } of unifier.conflicts) {
    const [a, b] = pair.map((number) => records[number]);
    if (a !== undefined && b !== undefined) {
      conflicts.push({ ...conflict, records: [a, b], ...(bundle !== undefined && { bundle }) });
    }
    for (const number of pair) {
      untouchable.add(unifier.find(number));
    }
  }
  return withoutRepeats(mergeClasses(records, instance, unifier, untouchable));
}

function mergeClasses(
  records: readonly ProvRecord[],
  instance: Instance,
  unifier: Unifier,
  untouchable: ReadonlySet<number>,
): ProvRecord[] {
  const classes = new Map<number, RecordClass>();
  for (const [number, record] of records.entries()) {
    const root = unifier.find(number);
    const key = untouchable.has(root) ? -1 - number : root;
    const known = classes.get(key);
    if (known === undefined) {
      classes.set(key, { statement: number, first: record, others: [] });
    } else {
      known.others.push(record);
    }
  }
  return [...classes].map(([key, each]) => (key < 0 ? each.first : mergeRecords(instance, each)));
}

/** Records that are one. */
interface RecordClass {
  /** The number of the first. */
  readonly statement: number;
  readonly first: ProvRecord;
  readonly others: ProvRecord[];
}

// What is known of a class: the values of its variables may have come from anywhere.
function mergeRecords(
  { statements, terms, times }: Instance,
  { statement, first, others }: RecordClass,
): ProvRecord {
  const nameAt = (term: number): QualifiedName | undefined =>
    term === absent ? undefined : terms.nameOf(terms.find(term));
  const formals = recordFormals[first.kind];
  const own = formalNames(first);
  const names: (QualifiedName | undefined)[] = [];
  const foundTimes: (DateTimeText | undefined)[] = [];
  for (const { type } of formals) {
    if (type === "time") {
      const slot = (statements.time[statement] ?? absent) + foundTimes.length;
      foundTimes.push(times.textOf(slot));
    } else {
      // A variable has no name where an anonymous id was referred to.
      const position = names.length;
      names.push(nameAt(statements.argument(statement, position)) ?? own[position]);
    }
  }
  const all = [first, ...others];
  const id =
    nameAt(statements.id[statement] ?? absent) ?? (others.length === 0 ? first.id : idOfAll(all));
  return createRecord(first.kind, id, names, foundTimes, unitedAttributes(all)) ?? first;
}

// Of ids that no constraint makes one (those of mentions), one that does not depend on the order.
function idOfAll(records: readonly ProvRecord[]): QualifiedName | undefined {
  const ids = records.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const named = ids.filter(({ namespace }) => namespace.uri !== blankNamespace.uri);
  return named.toSorted((a, b) => compareTexts(uriOf(a), uriOf(b)))[0] ?? ids[0];
}

function unitedAttributes(records: readonly ProvRecord[]): readonly Attribute[] {
  const lists = records.map(({ attributes }) => attributes);
  const [only] = lists;
  if (lists.length === 1 && only !== undefined && only.length < 2) {
    return only;
  }
  const byKey = new Map<string, Attribute>();
  for (const attribute of lists.flat()) {
    const key = JSON.stringify([uriOf(attribute[0]), valueKey(attribute[1])]);
    if (!byKey.has(key)) {
      byKey.set(key, attribute);
    }
  }
  return [...byKey.values()];
}

function withoutRepeats(records: readonly ProvRecord[]): readonly ProvRecord[] {
  const seen = new Set<string>();
  const referred = referredBlankIds(records);
  return records.filter((record) => {
    const { id } = record;
    if (id !== undefined && (id.namespace.uri !== blankNamespace.uri || referred.has(id.local))) {
      return true;
    }
    const key = recordKey(record);
    return seen.size !== seen.add(key).size;
  });
}

/** The anonymous ids of generations and usages that derivations refer to, without `_:`. */
export function referredBlankIds(records: readonly ProvRecord[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const record of records) {
    if (record.kind === "wasDerivedFrom") {
      for (const name of [record.generation, record.usage]) {
        if (name?.namespace.uri === blankNamespace.uri) {
          found.add(name.local);
        }
      }
    }
  }
  return found;
}
