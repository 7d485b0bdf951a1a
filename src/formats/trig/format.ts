import type { Format } from "../format.js";
import { readRdf } from "../rdf/read-rdf.js";
import { beginsLikeTurtle } from "../rdf/sniff.js";
import { writeTrig } from "./write.js";

/** PROV-O in TriG, bundles as named graphs; it reads Turtle too and is therefore guessed first. */
export const trig: Format = {
  name: "trig",
  title: "TriG",
  extensions: [".trig"],
  mediaTypes: ["application/trig"],
  sniff: (head) => (beginsLikeTurtle(head) ? 2 : 0),
  read: (source, handler, options) => readRdf(source, "TriG", handler, options),
  write: (document, options) => writeTrig(document, options),
};
