import {
  type Namespace,
  nameText,
  type ProvDocument,
  type ProvRecord,
  provTypes,
  type QualifiedName,
  uriOf,
} from "../../prov/index.js";
import type { ExtensionRecord } from "../extension.js";
import { documentExtensions } from "../extension-document.js";
import type { Finding } from "../finding.js";
import type { WriteFormatOptions } from "../format.js";
import { planPrefixes } from "../prov-json/prefix-plan.js";
import { quoted } from "../quoted.js";
import { describeDictionary } from "./describe-dictionary.js";
import { describeRecord } from "./describe-record.js";
import type { RdfNode } from "./rdf-node.js";
import { RdfSpeller } from "./rdf-speller.js";
import { planScope } from "./scope-plan.js";
import { rdfDocumentNamespaces, rdfType } from "./vocabulary.js";

/** How RDF is written. */
export interface WriteRdfOptions extends WriteFormatOptions {
  /**
   * State the direct property (`prov:used`) beside every qualified one (`prov:qualifiedUsage`).
   * Simple queries are easier then, but Python prov reads two relations.
   *
   * @defaultValue false
   */
  readonly unqualified?: boolean;
}

/** What the syntaxes of RDF do differently. */
export interface RdfLayout {
  /** The name of the format for warnings. */
  readonly title: string;
  readonly hasPrefixes: boolean;
  readonly hasGraphs: boolean;
  head(speller: RdfSpeller): string;
  /** What opens a graph; called once before its nodes. */
  openGraph(id: QualifiedName, speller: RdfSpeller): string;
  closeGraph(): string;
  node(node: RdfNode, speller: RdfSpeller): string;
}

interface Scope {
  readonly id: QualifiedName | undefined;
  readonly records: readonly ProvRecord[];
  readonly extensions: readonly ExtensionRecord[];
  /** The names of sections that are not written. */
  readonly others: readonly string[];
}

const chunkChars = 65_536;

/** Writes a document in a syntax of RDF, in chunks of about 64 thousand characters. */
export function* writeRdf(
  document: ProvDocument,
  layout: RdfLayout,
  options: WriteRdfOptions,
): Generator<string, void, undefined> {
  const warn = (finding: Finding): void => options.onWarning?.(finding);
  const prefixes = layout.hasPrefixes ? planPrefixes(document, rdfDocumentNamespaces) : undefined;
  const speller = new RdfSpeller(layout.title, prefixes, warn);
  let text = layout.head(speller);
  for (const piece of pieces(document, layout, speller, options.unqualified ?? false)) {
    text += piece;
    if (text.length >= chunkChars) {
      yield text;
      text = "";
    }
  }
  yield text;
}

function* pieces(
  document: ProvDocument,
  layout: RdfLayout,
  speller: RdfSpeller,
  unqualified: boolean,
): Generator<string, void, undefined> {
  for (const scope of scopesOf(document, layout, speller)) {
    const { id, records, extensions } = scope;
    if (id !== undefined) {
      speller.record = `bundle(${nameText(id)})`;
      yield layout.openGraph(id, speller);
      if (records.length === 0 && extensions.length === 0) {
        yield layout.node(emptyBundle(id), speller);
      }
    }
    yield* recordPieces(records, layout, speller, unqualified);
    yield* extensionPieces(scope, layout, speller);
    if (id !== undefined) {
      yield layout.closeGraph();
    }
  }
}

function* recordPieces(
  records: readonly ProvRecord[],
  layout: RdfLayout,
  speller: RdfSpeller,
  unqualified: boolean,
): Generator<string, void, undefined> {
  const { describe, losses } = planScope(records, unqualified);
  for (const record of records) {
    speller.record = record;
    const loss = losses.get(record);
    if (loss !== undefined) {
      speller.warn(loss);
    }
    for (const node of describeRecord(record, describe)) {
      yield layout.node(node, speller);
    }
  }
}

function* extensionPieces(
  { extensions, others }: Scope,
  layout: RdfLayout,
  speller: RdfSpeller,
): Generator<string, void, undefined> {
  for (const record of extensions) {
    speller.record = nameText(record.name);
    const nodes = describeDictionary(record);
    if (nodes === undefined) {
      speller.warn("a record that is not of PROV-DM; it is left out");
    }
    for (const node of nodes ?? []) {
      yield layout.node(node, speller);
    }
  }
  for (const name of others) {
    speller.record = quoted(name);
    speller.warn("sections that are not of PROV-DM; it is left out");
  }
}

// A graph without statements is no graph to RDF: the bundle says of itself that it is one.
function emptyBundle(id: QualifiedName): RdfNode {
  return { id, statements: [[rdfType, provTypes.Bundle]] };
}

function scopesOf(
  document: ProvDocument,
  { hasGraphs }: RdfLayout,
  speller: RdfSpeller,
): readonly Scope[] {
  const { namespaces, bundles } = document;
  const top = scopeOf(undefined, document, namespaces);
  const inner = bundles.map((bundle) =>
    scopeOf(bundle.id, bundle, [...namespaces, ...bundle.namespaces]),
  );
  if (hasGraphs) {
    return [top, ...joinById(inner)];
  }
  for (const { id } of bundles) {
    speller.record = `bundle(${nameText(id)})`;
    speller.warn(
      "bundles; its records are written among those of the document (TriG keeps them apart)",
    );
  }
  return [inner.reduce(joined, top)];
}

function scopeOf(
  id: QualifiedName | undefined,
  content: Pick<ProvDocument, "records" | "extraSections">,
  namespaces: readonly Namespace[],
): Scope {
  const { records: extensions, others } = documentExtensions(content, namespaces);
  return { id, records: content.records, extensions, others: others.map(({ name }) => name) };
}

function joinById(scopes: readonly Scope[]): readonly Scope[] {
  const byId = new Map<string, Scope>();
  for (const scope of scopes) {
    const uri = scope.id === undefined ? "" : uriOf(scope.id);
    const known = byId.get(uri);
    byId.set(uri, known === undefined ? scope : joined(known, scope));
  }
  return [...byId.values()];
}

function joined(a: Scope, b: Scope): Scope {
  return {
    id: a.id,
    records: [...a.records, ...b.records],
    extensions: [...a.extensions, ...b.extensions],
    others: [...a.others, ...b.others],
  };
}
