import {
  type Bundle,
  nameText,
  type ProvDocument,
  type ProvRecord,
  provTypes,
  type QualifiedName,
  uriOf,
} from "../../prov/index.js";
import type { Finding } from "../finding.js";
import type { WriteFormatOptions } from "../format.js";
import { notCarried } from "../not-carried.js";
import { planPrefixes } from "../prov-json/prefix-plan.js";
import { quoted } from "../quoted.js";
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
  for (const { name } of document.extraSections ?? []) {
    warn(
      notCarried(layout.title, quoted(name), "sections that are not of PROV-DM; it is left out"),
    );
  }
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
  for (const { id, records } of scopesOf(document, layout, speller)) {
    if (id !== undefined) {
      speller.record = `bundle(${nameText(id)})`;
      yield layout.openGraph(id, speller);
      if (records.length === 0) {
        yield layout.node(emptyBundle(id), speller);
      }
    }
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
    if (id !== undefined) {
      yield layout.closeGraph();
    }
  }
}

// A graph without statements is no graph to RDF: the bundle says of itself that it is one.
function emptyBundle(id: QualifiedName): RdfNode {
  return { id, statements: [[rdfType, provTypes.Bundle]] };
}

function scopesOf(
  { records, bundles }: ProvDocument,
  { hasGraphs }: RdfLayout,
  speller: RdfSpeller,
): readonly Scope[] {
  if (hasGraphs) {
    return [{ id: undefined, records }, ...joinById(bundles)];
  }
  for (const { id } of bundles) {
    speller.record = `bundle(${nameText(id)})`;
    speller.warn(
      "bundles; its records are written among those of the document (TriG keeps them apart)",
    );
  }
  return [{ id: undefined, records: [...records, ...bundles.flatMap((bundle) => bundle.records)] }];
}

function joinById(bundles: readonly Bundle[]): readonly Scope[] {
  const byId = new Map<string, { id: QualifiedName; records: readonly ProvRecord[] }>();
  for (const { id, records } of bundles) {
    const uri = uriOf(id);
    const known = byId.get(uri);
    byId.set(uri, { id, records: known === undefined ? records : [...known.records, ...records] });
  }
  return [...byId.values()];
}
