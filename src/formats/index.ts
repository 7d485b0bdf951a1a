export { type Dialect, dialects } from "./dialect.js";
export { DocumentError } from "./document-error.js";
export { type Finding, findingText, type Place } from "./finding.js";
export { type Format, type FormatName, findFormat, formats } from "./formats.js";
export { anonymousId } from "./prov-json/anonymous-id.js";
export type { ProvHandler, RecordPlace } from "./prov-json/handler.js";
export {
  documentTail,
  memberSeparator,
  sectionHead,
  sectionOrder,
  sectionTail,
} from "./prov-json/layout.js";
export {
  ProvJsonParser,
  type ReadProvJsonOptions,
  type ReadProvJsonResult,
} from "./prov-json/parser.js";
export {
  type ByteChunks,
  DocumentCollector,
  type ParseProvJsonOptions,
  parseProvJson,
  readProvJson,
} from "./prov-json/read.js";
export { recordMember, type SpellName } from "./prov-json/record-member.js";
export { documentHead, type WriteProvJsonOptions, writeProvJson } from "./prov-json/write.js";
