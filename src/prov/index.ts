export { fitsXsd } from "./canonical-xsd.js";
export { compareDateTimes } from "./compare-date-times.js";
export { createRecord } from "./create-record.js";
export { type DateTime, dateTimeKey, isDateTime, parseDateTime } from "./date-time.js";
export { type DocumentDifference, type DocumentDifferences, differences } from "./differences.js";
export { type EqualOptions, equal } from "./equal.js";
export {
  type EqualityOptions,
  recordKey,
  sameAttributes,
  sameDocument,
  sameRecord,
} from "./equality.js";
export { formalNames, formalTimes } from "./formal-values.js";
export {
  type Formal,
  type FormalType,
  isElementKind,
  recordFormals,
  recordKinds,
} from "./formals.js";
export {
  type MergeOptions,
  type MergeResult,
  merge,
  type RenamedPrefix,
} from "./merge.js";
export {
  blankNamespace,
  type Namespace,
  nameText,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  uriOf,
  xsdNamespace,
} from "./names.js";
export { type NormalFormOptions, normalForm } from "./normal-form.js";
export { newParts, putTogether, type RecordParts, takeApart } from "./record-parts.js";
export type {
  ActedOnBehalfOf,
  Activity,
  Agent,
  AlternateOf,
  Attribute,
  Bundle,
  Entity,
  ExtraSection,
  HadMember,
  MentionOf,
  ProvDocument,
  ProvRecord,
  RecordKind,
  SpecializationOf,
  Used,
  WasAssociatedWith,
  WasAttributedTo,
  WasDerivedFrom,
  WasEndedBy,
  WasGeneratedBy,
  WasInfluencedBy,
  WasInformedBy,
  WasInvalidatedBy,
  WasStartedBy,
} from "./records.js";
export { type DocumentStats, stats } from "./stats.js";
export {
  type UnifyConflict,
  type UnifyResult,
  type UniquenessConstraint,
  unify,
} from "./unify.js";
export { valueKey } from "./value-key.js";
export {
  type DateTimeText,
  isLangString,
  isQualifiedName,
  isTypedLiteral,
  type LangString,
  langString,
  type TypedLiteral,
  typedLiteral,
  type Value,
} from "./values.js";
export { datatypes, provAttributes, provName, provTypes, xsdName } from "./well-known.js";
