import type { Format } from "../format.js";
import { wholeText } from "../whole-text.js";
import { parseProvN } from "./parser.js";
import { writeProvN } from "./write.js";

/** PROV-N (W3C Recommendation of 2013). */
export const provN: Format = {
  name: "prov-n",
  title: "PROV-N",
  extensions: [".provn", ".prov-n", ".pn"],
  mediaTypes: ["text/provenance-notation"],
  sniff: (head) => (/^(?:\/\/.*\n\s*|\/\*[\s\S]*?\*\/\s*)*document\b/.test(head) ? 2 : 0),
  read: async (source, handler, options) => parseProvN(await wholeText(source), handler, options),
  write: (document, options) => writeProvN(document, options),
};
