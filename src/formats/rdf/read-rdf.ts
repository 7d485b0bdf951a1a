import { nameText } from "../../prov/index.js";
import { DocumentError } from "../document-error.js";
import { extraSectionsOf } from "../extension-json.js";
import type { Place } from "../finding.js";
import { FindingList } from "../finding-list.js";
import type { ReadFormatOptions, ReadResult } from "../format.js";
import type { ProvHandler } from "../handler.js";
import { quoted } from "../quoted.js";
import type { DocumentSource } from "../source.js";
import { unknownFiller } from "../unknown-argument.js";
import { decodedText, wholeSource } from "../whole-text.js";
import type { Graph, TextSpot } from "./graph.js";
import { fallbackBase, type ParsedRdf } from "./graph-builder.js";
import type { GraphContext } from "./graph-context.js";
import { IriNames } from "./iri-names.js";
import { LinePlaces } from "./line-places.js";
import { parseRdf, type RdfSyntax } from "./parse-rdf.js";
import { type GraphRecords, readGraph } from "./read-graph.js";

const defaultMaxFindings = 100;

/**
 * Reads PROV-O in a syntax of RDF and delivers it to a handler; named graphs are bundles.
 *
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export async function readRdf(
  source: DocumentSource,
  syntax: RdfSyntax,
  handler: ProvHandler,
  options: ReadFormatOptions = {},
): Promise<ReadResult> {
  const whole = await wholeSource(source);
  const parsed = await parseRdf(whole, syntax, options.baseIri);
  return deliverRdf(parsed, () => decodedText(whole), handler, options);
}

/**
 * Reads the PROV-O of parsed RDF and delivers it.
 *
 * @param text - what was parsed, for the places of findings.
 * @throws {@link DocumentError} with every finding, when the document has any error.
 */
export function deliverRdf(
  parsed: ParsedRdf,
  text: () => string,
  handler: ProvHandler,
  { maxFindings = defaultMaxFindings }: ReadFormatOptions,
): ReadResult {
  const findings = new FindingList(maxFindings);
  const places = new LinePlaces(text);
  const place = (at: TextSpot | undefined): { place?: Place } =>
    at === undefined || at.line === 0 ? {} : { place: places.at(at.line, at.column) };
  const report: GraphContext["report"] = (severity, rule, message, at) => {
    findings.add(severity, () => ({ severity, rule, message, ...place(at) }));
  };
  if (parsed.relative !== undefined) {
    const message = `Relative IRIs were resolved against ${fallbackBase}; give \`baseIri\`, or \`@base\` in the text.`;
    report("warning", "relative-iri", message, parsed.relative);
  }
  if (parsed.unusable !== undefined) {
    const message = "Statements about statements (RDF 1.2 triple terms) are left out.";
    report("warning", "not-prov", message, parsed.unusable);
  }
  const names = new IriNames(parsed.prefixes, parsed.labels);
  const fillUnknown = unknownFiller();
  const isBundle = (id: string): boolean => parsed.namedGraphs.has(id);
  const read = (graph: Graph): GraphRecords =>
    readGraph(graph, { names, report, isBundle, fillUnknown });
  const records = read(parsed.defaultGraph);
  const bundles = [...parsed.namedGraphs].map(
    ([id, graph]) => [names.name(id), read(graph)] as const,
  );
  for (const text of names.unresolved) {
    const message = `The prefix of the qualified name ${quoted(text)} is not declared; read as a string.`;
    report("warning", "unknown-prefix", message, undefined);
  }
  const all = findings.all();
  if (findings.errors > 0) {
    throw new DocumentError(all);
  }
  for (const namespace of names.namespaces()) {
    handler.namespace?.(namespace);
  }
  deliver(handler, records, places);
  for (const [id, bundled] of bundles) {
    handler.startBundle?.(id);
    deliver(handler, bundled, places);
    handler.endBundle?.(id);
  }
  return { warnings: all };
}

function deliver(
  handler: ProvHandler,
  { stated, extensions }: GraphRecords,
  places: LinePlaces,
): void {
  for (const { record, line, column } of stated) {
    handler.record(record, {
      place: () => places.at(line, column),
      path: () => undefined,
    });
  }
  for (const { name, json } of extraSectionsOf(extensions, nameText)) {
    handler.extraSection?.(name, json);
  }
}
