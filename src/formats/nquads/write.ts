import type { ProvDocument } from "../../prov/index.js";
import { type WriteRdfOptions, writeRdf } from "../rdf/write-rdf.js";
import { nquadsLayout } from "./layout.js";

/** Writes a document as PROV-O in N-Quads, each bundle a graph, in chunks of about 64 thousand characters. */
export function writeNquads(
  document: ProvDocument,
  options: WriteRdfOptions = {},
): Iterable<string> {
  return writeRdf(document, nquadsLayout(), options);
}
