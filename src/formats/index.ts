export { type Dialect, dialects } from "./dialect.js";
export { DocumentError } from "./document-error.js";
export { type Finding, findingText, type Place } from "./finding.js";
export { anonymousId } from "./prov-json/anonymous-id.js";
export {
  documentTail,
  memberSeparator,
  sectionHead,
  sectionOrder,
  sectionTail,
} from "./prov-json/layout.js";
export { recordMember, type SpellName } from "./prov-json/record-member.js";
export { documentHead, type WriteProvJsonOptions, writeProvJson } from "./prov-json/write.js";
