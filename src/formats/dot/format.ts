import type { Format } from "../format.js";
import { writeDot } from "./write.js";

/** The DOT language of Graphviz; a picture, never read. */
export const dot: Format = {
  name: "dot",
  title: "DOT",
  extensions: [".dot", ".gv"],
  mediaTypes: ["text/vnd.graphviz"],
  write: (document) => writeDot(document),
};
