import { isBlank } from "./blank-nodes.js";
import { isBlankText, joinSections, respellSections } from "./extra-sections.js";
import {
  blankNamespace,
  type Namespace,
  provNamespace,
  qualifiedName,
  xsdNamespace,
} from "./names.js";
import type { Bundle, ExtraSection, ProvDocument, ProvRecord } from "./records.js";
import { type RenameName, renameRecord } from "./rename.js";
import { joinBundles, type UnifyConflict, unify } from "./unify.js";

/** How {@link merge} works. */
export interface MergeOptions {
  /**
   * Merge records that are one by PROV-CONSTRAINTS (see `unify`): documents of one run need it,
   * and those of several runs share no ids but those of common things.
   *
   * @defaultValue true
   */
  readonly unify?: boolean;
}

/** A prefix that stood for several namespaces. */
export interface RenamedPrefix {
  readonly prefix: string;
  readonly uri: string;
  /** What the namespace is called in the merged document. */
  readonly newPrefix: string;
}

/** What {@link merge} made. */
export interface MergeResult {
  readonly document: ProvDocument;
  /** Records that should be one and contradict each other; all of them are in the document. */
  readonly conflicts: readonly UnifyConflict[];
  readonly renamedPrefixes: readonly RenamedPrefix[];
}

/**
 * Puts documents together: those of one run, made by different programs or at different times, or
 * those of several runs. Names that have the same full URI are the same; a prefix that stands for
 * several namespaces is renamed where it came second; blank ids of different documents stay
 * different; bundles are kept, those of one id joined.
 *
 * @example
 * ```ts
 * const { document, conflicts } = merge([first, second]);
 * ```
 */
export function merge(documents: readonly ProvDocument[], options: MergeOptions = {}): MergeResult {
  const prefixes = new Prefixes();
  const renamed = documents.map((document, index) => renamedDocument(document, index, prefixes));
  const together: ProvDocument = {
    namespaces: prefixes.namespaces(),
    records: renamed.flatMap(({ records }) => records),
    bundles: joinBundles(renamed.flatMap(({ bundles }) => bundles)),
    ...withSections(joinSections(renamed.flatMap(({ extraSections = [] }) => extraSections))),
  };
  const { document, conflicts } =
    options.unify === false ? { document: together, conflicts: [] } : unify(together);
  return { document, conflicts, renamedPrefixes: prefixes.renamed };
}

/** One prefix for every namespace, and one namespace for every prefix. */
class Prefixes {
  readonly renamed: RenamedPrefix[] = [];
  readonly #byUri = new Map<string, Namespace>();
  readonly #taken = new Set<string>([
    blankNamespace.prefix,
    provNamespace.prefix,
    xsdNamespace.prefix,
  ]);

  constructor() {
    for (const namespace of [provNamespace, xsdNamespace, blankNamespace]) {
      this.#byUri.set(namespace.uri, namespace);
    }
  }

  of(namespace: Namespace): Namespace {
    const known = this.#byUri.get(namespace.uri);
    if (known !== undefined) {
      return known;
    }
    const { prefix, uri } = namespace;
    const newPrefix = this.#free(prefix);
    const settled = newPrefix === prefix ? namespace : { prefix: newPrefix, uri };
    if (newPrefix !== prefix) {
      this.renamed.push({ prefix, uri, newPrefix });
    }
    this.#taken.add(newPrefix);
    this.#byUri.set(uri, settled);
    return settled;
  }

  namespaces(): readonly Namespace[] {
    return [...this.#byUri.values()].filter(({ uri }) => uri !== blankNamespace.uri);
  }

  #free(prefix: string): string {
    if (!this.#taken.has(prefix)) {
      return prefix;
    }
    const stem = prefix === "" ? "ns" : prefix;
    let n = 2;
    while (this.#taken.has(`${stem}${n}`)) {
      n += 1;
    }
    return `${stem}${n}`;
  }
}

function renamedDocument(document: ProvDocument, index: number, prefixes: Prefixes): ProvDocument {
  const rename: RenameName = (name) => {
    if (isBlank(name)) {
      return index === 0 ? name : qualifiedName(name.namespace, `d${index + 1}-${name.local}`);
    }
    const namespace = prefixes.of(name.namespace);
    return namespace === name.namespace ? name : qualifiedName(namespace, name.local);
  };
  const declare = ({ namespaces }: { readonly namespaces: readonly Namespace[] }): void => {
    for (const namespace of namespaces) {
      prefixes.of(namespace);
    }
  };
  declare(document);
  const sections = (
    { extraSections = [] }: { readonly extraSections?: readonly ExtraSection[] },
    namespaces: readonly Namespace[],
  ): { extraSections?: readonly ExtraSection[] } =>
    withSections(respellSections(extraSections, respelling(index, namespaces, prefixes)));
  const bundles = document.bundles.map((bundle): Bundle => {
    declare(bundle);
    return {
      id: rename(bundle.id),
      namespaces: [],
      records: renamedRecords(bundle.records, rename),
      ...sections(bundle, [...document.namespaces, ...bundle.namespaces]),
    };
  });
  return {
    namespaces: [],
    records: renamedRecords(document.records, rename),
    bundles,
    ...sections(document, document.namespaces),
  };
}

function renamedRecords(records: readonly ProvRecord[], rename: RenameName): readonly ProvRecord[] {
  return records.map((record) => renameRecord(record, rename));
}

function withSections(extraSections: readonly ExtraSection[]): {
  extraSections?: readonly ExtraSection[];
} {
  return extraSections.length === 0 ? {} : { extraSections };
}

// Names in extra sections are text: what their prefix stands for depends on where they are.
function respelling(
  index: number,
  namespaces: readonly Namespace[],
  prefixes: Prefixes,
): (text: string) => string {
  const newPrefix = new Map(
    namespaces.map((namespace) => [namespace.prefix, prefixes.of(namespace).prefix]),
  );
  return (text) => {
    const colon = text.indexOf(":");
    if (isBlankText(text)) {
      return index === 0 ? text : `_:d${index + 1}-${text.slice(colon + 1)}`;
    }
    const prefix = text.slice(0, Math.max(colon, 0));
    const changed = newPrefix.get(prefix);
    return changed === undefined || changed === prefix
      ? text
      : `${changed}:${text.slice(colon + 1)}`;
  };
}
