import type { Format } from "../format.js";
import { readRdf } from "../rdf/read-rdf.js";
import { beginsLikeQuads } from "../rdf/sniff.js";
import { writeNquads } from "./write.js";

/** PROV-O in N-Quads, bundles as named graphs; it reads N-Triples too. */
export const nquads: Format = {
  name: "nquads",
  title: "N-Quads",
  extensions: [".nq", ".nt"],
  mediaTypes: ["application/n-quads", "application/n-triples"],
  sniff: (head) => (beginsLikeQuads(head) ? 2 : 0),
  read: (source, handler, options) => readRdf(source, "N-Quads", handler, options),
  write: (document, options) => writeNquads(document, options),
};
