import type { ProvHandler } from "../formats/index.js";
import { DocumentCollector } from "../formats/index.js";
import { formalNames } from "../prov/formal-values.js";
import { isElementKind } from "../prov/formals.js";
import { blankNamespace, type QualifiedName, uriOf } from "../prov/names.js";
import type { ProvDocument, ProvRecord } from "../prov/records.js";
import { uriOfNode } from "./index/details.js";
import { elementKindOf } from "./index/index-builder.js";
import { edgeCode } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";

/**
 * The part of a document that is about some nodes and what belongs to them: who ran them, by which
 * plan, from which place, in which run. A relation is kept when all it names is kept.
 *
 * @param deliver - hands the whole document to a handler, once more.
 */
export async function sliceDocument(
  index: LineageIndex,
  nodes: Iterable<number>,
  deliver: (handler: ProvHandler) => Promise<unknown>,
): Promise<ProvDocument> {
  const kept = keptUris(index, nodes);
  const collector = new DocumentCollector();
  const relations = new RelationIds();
  await deliver({
    namespace: (namespace) => {
      collector.namespace(namespace);
    },
    startBundle: (id) => {
      collector.startBundle(id);
    },
    endBundle: () => {
      collector.endBundle();
    },
    record: (record) => {
      if (isKept(record, kept, relations)) collector.record(record);
    },
  });
  const document = collector.document();
  const named = namedBlanks(document);
  return {
    ...document,
    records: document.records.map((record) => withoutBlankId(record, named)),
    bundles: document.bundles
      .filter(({ records }) => records.length > 0)
      .map((bundle) => ({
        ...bundle,
        records: bundle.records.map((record) => withoutBlankId(record, named)),
      })),
  };
}

/** Ids of anonymous relations that derivations name. */
function namedBlanks({ records, bundles }: ProvDocument): ReadonlySet<string> {
  const named = new Set<string>();
  for (const record of [...records, ...bundles.flatMap((bundle) => bundle.records)]) {
    if (record.kind !== "wasDerivedFrom") continue;
    for (const name of [record.generation, record.usage]) {
      if (name !== undefined) named.add(uriOf(name));
    }
  }
  return named;
}

/** The number that a source gave an anonymous relation says nothing in a slice: new ones are given. */
function withoutBlankId(record: ProvRecord, named: ReadonlySet<string>): ProvRecord {
  if (isElementKind(record.kind) || record.id === undefined) return record;
  if (record.id.namespace.uri !== blankNamespace.uri || named.has(uriOf(record.id))) return record;
  const { id, ...anonymous } = record;
  // Only elements must have an id, and this is none.
  return anonymous as ProvRecord;
}

/** Ids of kept generations and usages: derivations may name them. */
class RelationIds {
  readonly #dropped = new Set<string>();

  drop(id: QualifiedName): void {
    this.#dropped.add(uriOf(id));
  }

  isDropped(id: QualifiedName): boolean {
    return this.#dropped.has(uriOf(id));
  }
}

function isKept(record: ProvRecord, kept: ReadonlySet<string>, relations: RelationIds): boolean {
  if (isElementKind(record.kind)) return record.id !== undefined && kept.has(uriOf(record.id));
  if (isWhole(record, kept, relations)) return true;
  if (record.id !== undefined) relations.drop(record.id);
  return false;
}

function isWhole(record: ProvRecord, kept: ReadonlySet<string>, relations: RelationIds): boolean {
  if (record.kind === "wasDerivedFrom") {
    const { generation, usage } = record;
    if (generation !== undefined && relations.isDropped(generation)) return false;
    if (usage !== undefined && relations.isDropped(usage)) return false;
    const { generatedEntity, usedEntity, activity } = record;
    return [generatedEntity, usedEntity, activity].every((name) => isIn(name, kept));
  }
  if (record.kind === "mentionOf") {
    return isIn(record.specificEntity, kept) && isIn(record.generalEntity, kept);
  }
  return formalNames(record).every((name) => isIn(name, kept));
}

function isIn(name: QualifiedName | undefined, kept: ReadonlySet<string>): boolean {
  return name === undefined || kept.has(uriOf(name));
}

/** The nodes and what belongs to them, by full URI. */
function keptUris(index: LineageIndex, nodes: Iterable<number>): ReadonlySet<string> {
  const { edges, activities, run } = index;
  const kept = new Set<number>();
  const open = [...nodes];
  if (run !== none) open.push(run);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (kept.has(node)) continue;
    kept.add(node);
    const row = index.nodes.row[node] ?? none;
    if (row !== none) {
      for (const column of [activities.worker, activities.plan, activities.site]) {
        const other = column[row] ?? none;
        if (other !== none) open.push(other);
      }
    }
    for (let edge = edges.first[node] ?? 0; edge < (edges.first[node + 1] ?? 0); edge++) {
      if (isContext(index, edge)) open.push(edges.to[edge] ?? 0);
    }
  }
  return new Set([...kept].map((node) => uriOfNode(index, node)));
}

const contextKinds: ReadonlySet<number> = new Set([
  edgeCode.wasAssociatedWith,
  edgeCode.hadPlan,
  edgeCode.wasAttributedTo,
  edgeCode.actedOnBehalfOf,
]);

function isContext({ edges, nodes }: LineageIndex, edge: number): boolean {
  if (contextKinds.has(edges.kind[edge] ?? 0)) return true;
  // What an agent was influenced by has no other way into a slice.
  const from = edges.from[edge] ?? 0;
  const isAgent = elementKindOf(nodes.type[from] ?? 0) === "agent";
  return isAgent && edges.follows[edge] === 0;
}
