import type { Format } from "../format.js";
import { chunksOf } from "../source.js";
import { ProvJsonParser } from "./parser.js";
import { readProvJson } from "./read.js";
import { writeProvJson } from "./write.js";

/** PROV-JSON (W3C member submission of 2013). */
export const provJson: Format = {
  name: "prov-json",
  title: "PROV-JSON",
  extensions: [".json"],
  mediaTypes: ["application/json"],
  sniff: (head) => (head.startsWith("{") ? 1 : 0),
  read: async (source, handler, options) =>
    typeof source === "string"
      ? new ProvJsonParser(handler, options).readText(source)
      : await readProvJson(chunksOf(source), handler, options),
  write: (document, { dialect = "shared", compact = false }) =>
    writeProvJson(document, { dialect, compact }),
};
