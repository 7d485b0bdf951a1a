import { isElementKind } from "./formals.js";
import { blankNamespace, type QualifiedName, qualifiedName } from "./names.js";
import type { Bundle, ProvDocument, ProvRecord } from "./records.js";
import { type RenameName, renameRecord } from "./rename.js";
import { referredBlankIds } from "./unify.js";

/** Tells whether a name is in the blank namespace (`_:x`). */
export function isBlank(name: QualifiedName): boolean {
  return name.namespace.uri === blankNamespace.uri;
}

/** A record that mentions blank nodes, and which, by their local parts. */
export interface BlankRecord {
  readonly record: ProvRecord;
  /** The index of its bundle, -1 for the top level. */
  readonly bundle: number;
  readonly blanks: readonly string[];
}

/** The blank nodes of a document: names that mean the same under any other name. */
export interface BlankNodes {
  /** Their local parts, in the order in which they are met. */
  readonly locals: readonly string[];
  readonly records: readonly BlankRecord[];
  /** Bundles with a blank id, by its local part. */
  readonly bundles: ReadonlyMap<string, number>;
}

/**
 * Finds the blank nodes of a document. The anonymous id of a relation is none, unless a derivation
 * refers to it.
 */
export function findBlankNodes(document: ProvDocument): BlankNodes {
  const locals = new Set<string>();
  const found: BlankRecord[] = [];
  const bundles = new Map<string, number>();
  const collect = (records: readonly ProvRecord[], bundle: number): void => {
    const referred = referredBlankIds(records);
    for (const record of records) {
      const blanks = blanksOf(record, referred);
      if (blanks.length > 0) {
        found.push({ record, bundle, blanks });
        for (const blank of blanks) {
          locals.add(blank);
        }
      }
    }
  };
  collect(document.records, -1);
  for (const [index, { id, records }] of document.bundles.entries()) {
    if (isBlank(id)) {
      bundles.set(id.local, index);
      locals.add(id.local);
    }
    collect(records, index);
  }
  return { locals: [...locals], records: found, bundles };
}

/** A document with its blank nodes renamed; anonymous ids of relations are left out. */
export function renameBlanks(document: ProvDocument, rename: RenameName): ProvDocument {
  const renameRecords = (records: readonly ProvRecord[]): readonly ProvRecord[] => {
    const referred = referredBlankIds(records);
    return records.map((record) => renameBlanksOf(record, referred, rename));
  };
  return {
    ...document,
    records: renameRecords(document.records),
    bundles: document.bundles.map((bundle): Bundle => {
      const id = isBlank(bundle.id) ? rename(bundle.id) : bundle.id;
      return { ...bundle, id, records: renameRecords(bundle.records) };
    }),
  };
}

/** A record with its blank nodes renamed. */
export function renameBlanksOf(
  record: ProvRecord,
  referred: ReadonlySet<string>,
  rename: RenameName,
): ProvRecord {
  const renameIfBlank: RenameName = (name) => (isBlank(name) ? rename(name) : name);
  return renameRecord(record, renameIfBlank, (id) =>
    isBlank(id) && !isElementKind(record.kind) && !referred.has(id.local)
      ? undefined
      : renameIfBlank(id),
  );
}

/** The name that stands for a blank node of a local part. */
export function blankName(local: string): QualifiedName {
  return qualifiedName(blankNamespace, local);
}

function blanksOf(record: ProvRecord, referred: ReadonlySet<string>): readonly string[] {
  const blanks = new Set<string>();
  renameBlanksOf(record, referred, (name) => {
    blanks.add(name.local);
    return name;
  });
  return [...blanks];
}
