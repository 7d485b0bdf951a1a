import type { ProvDocument } from "../../prov/index.js";
import { turtleLayout } from "../rdf/turtle-layout.js";
import { type WriteRdfOptions, writeRdf } from "../rdf/write-rdf.js";

/**
 * Writes a document as PROV-O in Turtle, in chunks of about 64 thousand characters.
 *
 * Turtle has no bundles: their records are written among those of the document, with a warning.
 */
export function writeTurtle(
  document: ProvDocument,
  options: WriteRdfOptions = {},
): Iterable<string> {
  return writeRdf(document, turtleLayout("Turtle", false, options.compact ?? false), options);
}
