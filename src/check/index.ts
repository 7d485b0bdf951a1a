export { type Finding, findingText, type Place } from "../formats/index.js";
export { type CheckOptions, type CheckResult, checkDocument } from "./check-document.js";
export { type JsonSchema, provJsonSchema, provJsonSchemaId } from "./prov-json-schema.js";
