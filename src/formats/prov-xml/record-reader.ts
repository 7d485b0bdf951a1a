import {
  type Attribute,
  createRecord,
  datatypes,
  isElementKind,
  langString,
  type ProvRecord,
  provAttributes,
  provNamespace,
  type QualifiedName,
  recordFormals,
  typedLiteral,
  uriOf,
  type Value,
  xsdNamespace,
} from "../../prov/index.js";
import { readTime } from "../lexical.js";
import { quoted } from "../quoted.js";
import type { ProvXmlContext } from "./context.js";
import type { ElementMeaning } from "./terms.js";
import type { XmlNode } from "./xml-tree.js";

const stringUri = uriOf(datatypes.string);
const languageUri = uriOf(datatypes.internationalizedString);

/**
 * The records that an element stands for: one, or several for a hadMember with several entities.
 *
 * @returns none when the element is wrong and that was reported.
 */
export function readRecords(
  context: ProvXmlContext,
  { kind, type }: ElementMeaning,
  node: XmlNode,
): ProvRecord[] {
  const before = context.errors;
  const { id } = node;
  const formals = recordFormals[kind];
  const names: (QualifiedName | undefined)[] = formals
    .filter((formal) => formal.type !== "time")
    .map(() => undefined);
  const times: (string | undefined)[] = [];
  const attributes: Attribute[] = [];
  const members: QualifiedName[] = [];
  for (const child of node.children) {
    const slot = isProv(child) ? formals.findIndex(({ property }) => property === child.local) : -1;
    if (slot === -1) {
      attributes.push(...attributeOf(context, child));
    } else if (slot >= names.length) {
      rejectSecond(context, child, times[slot - names.length]);
      times[slot - names.length] = timeOf(context, child);
    } else if (kind === "hadMember" && names[slot] !== undefined && slot === 1) {
      members.push(...present(referenceOf(context, child)));
    } else {
      rejectSecond(context, child, names[slot]);
      names[slot] = referenceOf(context, child);
    }
  }
  if (type !== undefined) {
    attributes.push([provAttributes.type, type]);
  }
  if (node.type !== undefined && !isSame(node.type, type)) {
    attributes.push([provAttributes.type, node.type]);
  }
  if (context.errors > before) {
    return [];
  }
  if (id === undefined && isElementKind(kind)) {
    context.error("required", `Expected the attribute prov:id of <${node.local}>.`, node.at);
    return [];
  }
  context.fillUnknown(kind, names, node.at);
  const [collection] = names;
  return present(createRecord(kind, id, names, times, attributes)).concat(
    members.map((entity) => memberOf(collection ?? entity, entity, id, attributes)),
  );
}

function memberOf(
  collection: QualifiedName,
  entity: QualifiedName,
  id: QualifiedName | undefined,
  attributes: readonly Attribute[],
): ProvRecord {
  return { kind: "hadMember", collection, entity, attributes, ...(id !== undefined && { id }) };
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

function isSame(a: QualifiedName, b: QualifiedName | undefined): boolean {
  return b !== undefined && uriOf(a) === uriOf(b);
}

// Whether an element is in the namespace of PROV.
function isProv({ namespace }: XmlNode): boolean {
  return namespace.uri === provNamespace.uri;
}

function rejectSecond(context: ProvXmlContext, node: XmlNode, first: unknown): void {
  if (first !== undefined) {
    context.error("structure", `<${node.local}> stands twice in one record.`, node.at);
  }
}

/** The name that an element refers to, by prov:ref or, as ProvToolbox does it, in a child. */
export function referenceOf(context: ProvXmlContext, node: XmlNode): QualifiedName | undefined {
  const [child] = node.children;
  if (node.ref === undefined && child?.ref !== undefined && node.children.length === 1) {
    const message = `The attribute prov:ref of <${node.local}> stands on an element inside it; read as its own.`;
    context.warning("structure", message, child.at);
    return child.ref;
  }
  if (node.ref === undefined) {
    context.error("structure", `Expected the attribute prov:ref of <${node.local}>.`, node.at);
  }
  return node.ref;
}

function timeOf(context: ProvXmlContext, node: XmlNode): string | undefined {
  const { time, error, warning } = readTime(node.text.trim());
  if (error !== undefined) {
    context.error("time", error, node.at);
  }
  if (warning !== undefined) {
    context.warning("time", warning, node.at);
  }
  return time;
}

function attributeOf(context: ProvXmlContext, node: XmlNode): Attribute[] {
  const { namespace, local } = node;
  if (namespace.uri === "") {
    const message = `Expected an element in a namespace as attribute, got <${local}>; the name of an attribute is a qualified name.`;
    context.error("name", message, node.at);
    return [];
  }
  const value = readValue(context, node);
  const name = context.elementName(namespace, local, node.at);
  return value === undefined ? [] : [[name, value]];
}

/** The value of an attribute's element. */
export function readValue(context: ProvXmlContext, node: XmlNode): Value | undefined {
  const { type, text, lang, ref } = node;
  if (node.children.length > 0) {
    const message = `<${node.local}> holds elements, which no attribute of PROV can; only its text was read.`;
    context.warning("structure", message, node.at);
  }
  if (ref !== undefined) {
    return ref;
  }
  if (node.name !== undefined || isNameType(type)) {
    return node.name;
  }
  const uri = type === undefined ? stringUri : uriOf(type);
  if (lang !== undefined && (uri === stringUri || uri === languageUri)) {
    return langString(text, lang);
  }
  if (lang !== undefined) {
    const message = `A text in the language ${quoted(lang)} cannot have the type ${quoted(uri)} too; the language was left out.`;
    context.warning("literal", message, node.at);
  }
  if (type === undefined || uri === stringUri) {
    return text;
  }
  return typedLiteral(type.namespace.uri === xsdNamespace.uri ? collapsed(text, type) : text, type);
}

/** Whether `xsi:type` says that the text is a name. */
export function isNameType(type: QualifiedName | undefined): boolean {
  return (
    type !== undefined && (isSame(type, datatypes.qName) || isSame(type, datatypes.qualifiedName))
  );
}

const xmlLiteralUri = "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral";

/** Whether `xsi:type` says that the value is XML. */
export function isXmlLiteral(type: QualifiedName | undefined): boolean {
  return type !== undefined && uriOf(type) === xmlLiteralUri;
}

const keepsSpace: ReadonlySet<string> = new Set(["normalizedString", "anySimpleType"]);

// XML Schema collapses white space around all values but those of strings.
function collapsed(text: string, { local }: QualifiedName): string {
  return keepsSpace.has(local) ? text : text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}
