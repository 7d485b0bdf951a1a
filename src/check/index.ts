export { type Finding, findingText, type Place } from "../formats/index.js";
export { type CheckOptions, type CheckResult, checkDocument } from "./check-document.js";
export type { CheckFinding, FindingRecord } from "./check-finding.js";
export { checkFindingText } from "./finding-text.js";
export { type Lint, type LintName, lints, type ReaderName, readerNames } from "./lint-names.js";
export { type JsonSchema, provJsonSchema, provJsonSchemaId } from "./prov-json-schema.js";
export { type Constraint, constraints } from "./rules.js";
export { type CheckedFile, type SarifJson, toSarif } from "./sarif.js";
