import {
  datatypes,
  langString,
  provAttributes,
  type QualifiedName,
  typedLiteral,
  uriOf,
  type Value,
} from "../../prov/index.js";
import { numberDatatype } from "../lexical.js";
import { quoted } from "../quoted.js";
import type { ContextScope } from "./context-scope.js";
import type { JsonMember, JsonNode } from "./json-tree.js";
import type { ReportJson } from "./read-context.js";

/** The terms that the context types `@id`. */
const nameTyped: ReadonlySet<QualifiedName> = new Set([
  provAttributes.type,
  provAttributes.location,
  provAttributes.role,
]);
const nameTypes: ReadonlySet<string> = new Set([
  uriOf(datatypes.qName),
  uriOf(datatypes.qualifiedName),
]);
const stringTypes: ReadonlySet<string> = new Set([
  uriOf(datatypes.string),
  uriOf(datatypes.internationalizedString),
]);

/** A name: a text, or an object with `@id`; what is none is reported. */
export function nameIn(
  node: JsonNode,
  scope: ContextScope,
  report: ReportJson,
): QualifiedName | undefined {
  const inner =
    node.type === "object" ? node.members.find(({ key }) => key === "@id")?.value : node;
  if (inner?.type !== "string") {
    report("error", "name", "Expected a name in double quotes.", node.at);
    return undefined;
  }
  const { name, problem } = scope.resolve(inner.text);
  if (name === undefined) {
    report("error", "name", problem ?? `${quoted(inner.text)} is no name.`, inner.at);
  }
  return name;
}

/** The value of an attribute; what is none is reported. */
export function valueIn(
  node: JsonNode,
  attribute: QualifiedName,
  scope: ContextScope,
  report: ReportJson,
): Value | undefined {
  switch (node.type) {
    case "string":
      // The context types some terms as names. For all others ProvToolbox writes names like this
      // and strings as value objects, as the schema of the submission has it; labels are texts.
      return nameTyped.has(attribute) ||
        (attribute !== provAttributes.label && scope.isPrefixed(node.text))
        ? nameIn(node, scope, report)
        : node.text;
    case "number":
      return typedLiteral(node.text, numberDatatype(node.text));
    case "boolean":
      return typedLiteral(node.text, datatypes.boolean);
    case "object":
      return objectValue(node.members, node.at, scope, report);
    default:
      report("error", "attribute-value", `Expected a value, got ${node.type}.`, node.at);
      return undefined;
  }
}

function objectValue(
  members: readonly JsonMember[],
  at: number,
  scope: ContextScope,
  report: ReportJson,
): Value | undefined {
  const member = (key: string): JsonNode | undefined =>
    members.find((each) => each.key === key)?.value;
  const id = member("@id");
  if (id !== undefined) {
    return nameIn(id, scope, report);
  }
  const value = member("@value");
  const type = member("@type");
  const lang = member("@language");
  if (value === undefined || !("text" in value)) {
    report("error", "attribute-value", 'Expected an object with "@value", a string or number.', at);
    return undefined;
  }
  if (lang?.type === "string") {
    return langString(value.text, lang.text);
  }
  if (type?.type === "string") {
    return typedValue(value.text, value.at, type.text, type.at, scope, report);
  }
  if (value.type === "number") {
    return typedLiteral(value.text, numberDatatype(value.text));
  }
  return value.type === "boolean" ? typedLiteral(value.text, datatypes.boolean) : value.text;
}

function typedValue(
  text: string,
  at: number,
  type: string,
  typeAt: number,
  scope: ContextScope,
  report: ReportJson,
): Value | undefined {
  if (type === "@id") {
    return nameIn({ type: "string", at, text }, scope, report);
  }
  const { name: datatype, problem } = scope.resolve(type);
  if (datatype === undefined) {
    report("error", "datatype", problem ?? `${quoted(type)} is no datatype.`, typeAt);
    return undefined;
  }
  const uri = uriOf(datatype);
  if (nameTypes.has(uri)) {
    return nameIn({ type: "string", at, text }, scope, report);
  }
  return stringTypes.has(uri) ? text : typedLiteral(text, datatype);
}
