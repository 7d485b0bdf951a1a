import type { Format } from "../format.js";
import { readRdf } from "../rdf/read-rdf.js";
import { beginsLikeTurtle } from "../rdf/sniff.js";
import { writeTurtle } from "./write.js";

/** PROV-O (W3C Recommendation of 2013) in Turtle. */
export const turtle: Format = {
  name: "turtle",
  title: "Turtle",
  extensions: [".ttl", ".turtle"],
  mediaTypes: ["text/turtle", "application/x-turtle"],
  sniff: (head) => (beginsLikeTurtle(head) ? 1 : 0),
  read: (source, handler, options) => readRdf(source, "Turtle", handler, options),
  write: (document, options) => writeTurtle(document, options),
};
