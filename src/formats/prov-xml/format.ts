import type { Format } from "../format.js";
import { wholeText } from "../whole-text.js";
import { parseProvXml } from "./parser.js";
import { writeProvXml } from "./write.js";

/** PROV-XML (W3C Note of 2013). */
export const provXml: Format = {
  name: "prov-xml",
  title: "PROV-XML",
  extensions: [".xml", ".provx"],
  mediaTypes: ["application/provenance+xml", "application/xml", "text/xml"],
  sniff: (head) =>
    /^<(?:\?|!--|[\w.-]*:?document\b)/.test(head) ? 2 : head.startsWith("<") ? 1 : 0,
  read: async (source, handler, options) =>
    await parseProvXml(await wholeText(source), handler, options),
  write: (document, options) => writeProvXml(document, options),
};
