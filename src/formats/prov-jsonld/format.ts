import type { Format } from "../format.js";
import { wholeText } from "../whole-text.js";
import { readProvJsonld } from "./read.js";
import { writeProvJsonld } from "./write.js";

/** PROV-JSONLD (W3C member submission of 2024). */
export const provJsonld: Format = {
  name: "prov-jsonld",
  title: "PROV-JSONLD",
  extensions: [".jsonld", ".json-ld"],
  mediaTypes: ["application/ld+json"],
  sniff: (head) =>
    /^\{[\s\S]*?"@(?:context|graph)"\s*:|^\[\s*\{[\s\S]*?"@(?:id|type|graph)"\s*:/.test(head)
      ? 2
      : 0,
  read: async (source, handler, options) =>
    readProvJsonld(await wholeText(source), handler, options),
  write: (document, options) => writeProvJsonld(document, options),
};
