import {
  blankNamespace,
  formalNames,
  isElementKind,
  isQualifiedName,
  nameText,
  type ProvRecord,
  provAttributes,
  provNamespace,
  type QualifiedName,
  type RecordKind,
  recordKey,
  uriOf,
} from "../../prov/index.js";
import { unknownFiller } from "../unknown-argument.js";
import { blankClaims } from "./blank-claims.js";
import { type DescribeOptions, describeRecord, needsQualification } from "./describe-record.js";
import { Graph, type RdfTerm, resourceOf } from "./graph.js";
import { IriNames } from "./iri-names.js";
import { classRules, predicateRules } from "./predicate-rules.js";
import { isRdfNode, type RdfNode } from "./rdf-node.js";
import { readGraph } from "./read-graph.js";
import { provextNamespace, rdfNamespace, rdfsNamespace } from "./vocabulary.js";

/** How the records of one graph are described, and which of them lose something thereby. */
export interface ScopePlan {
  readonly describe: DescribeOptions;
  readonly losses: ReadonlyMap<ProvRecord, string>;
}

/**
 * Looks at all records of a graph before they are written, because RDF joins what is stated about
 * one node, whatever record it comes from.
 *
 * @param unqualified - see {@link DescribeOptions}.
 */
export function planScope(records: readonly ProvRecord[], unqualified: boolean): ScopePlan {
  const keptBy = blankClaims(records);
  const keepsBlank = (record: ProvRecord): boolean =>
    record.id !== undefined && keptBy.get(record.id.local) === record;
  const qualifiedPairs = contestedPairs(records, keepsBlank);
  const qualifies = (record: ProvRecord): boolean => {
    const pairs = qualifiedPairs.get(record.kind);
    return pairs !== undefined && (pairs.has(pairOf(record)) || pairs.has(openPairOf(record)));
  };
  const describe = { unqualified, keepsBlank, qualifies };
  const losses = new Map<ProvRecord, string>();
  for (const group of joinedRecords(records)) {
    findLosses(group, describe, losses);
  }
  return { describe, losses };
}

type Pairs = ReadonlyMap<RecordKind, ReadonlySet<string>>;

// The pairs of qualified relations, for kinds of which some need no qualification.
function contestedPairs(
  records: readonly ProvRecord[],
  keepsBlank: (record: ProvRecord) => boolean,
): Pairs {
  const bare = new Set<RecordKind>();
  const qualified = new Map<RecordKind, ProvRecord[]>();
  for (const record of records) {
    if (isElementKind(record.kind) || record.kind === "mentionOf") {
      continue;
    }
    if (!needsQualification(record, keepsBlank)) {
      bare.add(record.kind);
      continue;
    }
    const list = qualified.get(record.kind);
    if (list === undefined) {
      qualified.set(record.kind, [record]);
    } else {
      list.push(record);
    }
  }
  return new Map([...bare].map((kind) => [kind, new Set((qualified.get(kind) ?? []).map(pairOf))]));
}

function pairOf(record: ProvRecord): string {
  const [first, second] = formalNames(record);
  return `${first === undefined ? "" : uriOf(first)} ${second === undefined ? "" : uriOf(second)}`;
}

// The pair of a relation that has the same subject and names nothing else: a direct statement
// beside it would be taken for what it does not name.
function openPairOf(record: ProvRecord): string {
  const [first] = formalNames(record);
  return `${first === undefined ? "" : uriOf(first)} `;
}

// The records that share a node, and those that state something PROV-O reads in its own way.
function joinedRecords(records: readonly ProvRecord[]): Iterable<readonly ProvRecord[]> {
  const byNode = new Map<string, ProvRecord | ProvRecord[]>();
  const groups = new Set<readonly ProvRecord[]>();
  for (const record of records) {
    const node = nodeOf(record);
    const suspicious = isSuspicious(record);
    if (node === undefined) {
      if (suspicious) {
        groups.add([record]);
      }
      continue;
    }
    const known = byNode.get(node);
    if (known === undefined && !suspicious) {
      byNode.set(node, record);
    } else if (Array.isArray(known)) {
      known.push(record);
    } else {
      const group = known === undefined ? [record] : [known, record];
      byNode.set(node, group);
      groups.add(group);
    }
  }
  return groups;
}

function nodeOf(record: ProvRecord): string | undefined {
  if (record.kind === "mentionOf") {
    return `mention ${uriOf(record.specificEntity)}`;
  }
  const { id } = record;
  return id === undefined ||
    (id.namespace.uri === blankNamespace.uri && !isElementKind(record.kind))
    ? undefined
    : uriOf(id);
}

const watched: ReadonlySet<string> = new Set([
  provNamespace.uri,
  rdfNamespace.uri,
  rdfsNamespace.uri,
  provextNamespace.uri,
]);
const plain: ReadonlySet<string> = new Set(
  [
    provAttributes.label,
    provAttributes.location,
    provAttributes.role,
    provAttributes.type,
    provAttributes.value,
  ].map(uriOf),
);

function isSuspicious(record: ProvRecord): boolean {
  if (record.kind === "mentionOf") {
    return record.attributes.length > 0 || nodeIdOf(record) !== undefined;
  }
  for (const [name, value] of record.attributes) {
    if (watched.has(name.namespace.uri) || name.namespace.uri === "") {
      const uri = uriOf(name);
      if (!plain.has(uri)) {
        return true;
      }
      if (
        name.local === provAttributes.type.local &&
        typeof value === "object" &&
        isQualifiedName(value) &&
        classRules.has(uriOf(value))
      ) {
        return true;
      }
    } else if (predicateRules.has(uriOf(name))) {
      return true;
    }
  }
  return false;
}

function nodeIdOf({ id }: ProvRecord): QualifiedName | undefined {
  return id?.namespace.uri === blankNamespace.uri ? undefined : id;
}

// Writes and reads a few records in memory: what does not come back is lost.
function findLosses(
  group: readonly ProvRecord[],
  describe: DescribeOptions,
  losses: Map<ProvRecord, string>,
): void {
  const graph = new Graph();
  const blanks = { count: 0 };
  for (const record of group) {
    for (const node of describeRecord(record, describe)) {
      addNode(graph, node, blanks);
    }
  }
  const names = new IriNames([], new Set());
  const context = {
    names,
    report: () => undefined,
    isBundle: () => false,
    fillUnknown: unknownFiller(),
  };
  const { stated } = readGraph(graph, context);
  const back = new Set(stated.map(({ record }) => recordKey(record)));
  const ours = new Set(group.map((record) => recordKey(record)));
  const more = [...back].some((key) => !ours.has(key));
  for (const record of group) {
    if (more || !back.has(recordKey(record))) {
      losses.set(record, lossOf(record, group));
    }
  }
}

function lossOf(record: ProvRecord, group: readonly ProvRecord[]): string {
  if (record.kind === "mentionOf") {
    return group.length > 1
      ? "several mentions by one entity; which bundle belongs to which is lost"
      : "the id and attributes of a mentionOf, which are left out";
  }
  if (group.length > 1 && record.id !== undefined) {
    return `several records with the id ${nameText(record.id)} apart; what they say is joined`;
  }
  return "an attribute or type that PROV-O gives a meaning of its own; it is read in that meaning";
}

function addNode(graph: Graph, node: RdfNode, blanks: { count: number }): string {
  blanks.count += node.id === undefined ? 1 : 0;
  const id = node.id === undefined ? `_: ${blanks.count}` : uriOf(node.id);
  for (const [predicate, object] of node.statements) {
    const term = isRdfNode(object) ? resourceOf(addNode(graph, object, blanks)) : termOf(object);
    graph.add(id, { predicate: uriOf(predicate), object: term, line: 0, column: 0 });
  }
  return id;
}

function termOf(value: Exclude<RdfNode["statements"][number][1], RdfNode>): RdfTerm {
  if (typeof value === "object" && isQualifiedName(value)) {
    return resourceOf(uriOf(value));
  }
  if (typeof value === "string") {
    return literal(value, "", `http://www.w3.org/2001/XMLSchema#string`);
  }
  return "lang" in value
    ? literal(value.text, value.lang, `${rdfNamespace.uri}langString`)
    : literal(value.text, "", uriOf(value.datatype));
}

function literal(value: string, language: string, datatype: string): RdfTerm {
  return { termType: "Literal", value, language, datatype, id: value };
}
