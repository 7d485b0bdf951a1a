export { type Dialect, dialects } from "./dialect.js";
export { DocumentCollector } from "./document-collector.js";
export { DocumentError } from "./document-error.js";
export { writeDot } from "./dot/write.js";
export { type Finding, findingText, type Place } from "./finding.js";
export type {
  Format,
  FormatName,
  Likelihood,
  ReadFormatOptions,
  ReadResult,
  WriteFormatOptions,
} from "./format.js";
export { findFormat, formatOfFile, formats, guessFormat } from "./formats.js";
export type { ProvHandler, RecordPlace, RecordWhereabouts } from "./handler.js";
export { writeNquads } from "./nquads/write.js";
export { anonymousId } from "./prov-json/anonymous-id.js";
export {
  documentTail,
  memberSeparator,
  sectionHead,
  sectionOrder,
  sectionTail,
} from "./prov-json/layout.js";
export type { SpellName } from "./prov-json/member-words.js";
export {
  ProvJsonParser,
  type ReadProvJsonOptions,
  type ReadProvJsonResult,
} from "./prov-json/parser.js";
export { type ParseProvJsonOptions, parseProvJson, readProvJson } from "./prov-json/read.js";
export type { Spelling } from "./prov-json/record-attributes.js";
export { recordMember } from "./prov-json/record-member.js";
export { documentHead, type WriteProvJsonOptions, writeProvJson } from "./prov-json/write.js";
export {
  type JsonldContext,
  type JsonldTerm,
  provJsonldContext,
} from "./prov-jsonld/context.js";
export type { WriteRdfOptions } from "./rdf/write-rdf.js";
export { type ReadDocumentOptions, readDocument } from "./read-document.js";
export type { ByteChunks, DocumentSource } from "./source.js";
export { type DrawOptions, drawSvg } from "./svg/draw-svg.js";
export { writeTrig } from "./trig/write.js";
export { writeTurtle } from "./turtle/write.js";
export { type WriteDocumentOptions, writeDocument } from "./write-document.js";
export { type Repair, type Repaired, type RepairRule, repairYprov } from "./yprov-repair.js";
