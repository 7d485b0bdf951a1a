import type { ProvDocument } from "../../prov/index.js";
import { turtleLayout } from "../rdf/turtle-layout.js";
import { type WriteRdfOptions, writeRdf } from "../rdf/write-rdf.js";

/** Writes a document as PROV-O in TriG, each bundle a graph, in chunks of about 64 thousand characters. */
export function writeTrig(document: ProvDocument, options: WriteRdfOptions = {}): Iterable<string> {
  return writeRdf(document, turtleLayout("TriG", true, options.compact ?? false), options);
}
