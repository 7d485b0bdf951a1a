import {
  type Attribute,
  formalNames,
  formalTimes,
  isLangString,
  isQualifiedName,
  isTypedLiteral,
  nameText,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  recordFormals,
  type Value,
  xsdNamespace,
} from "../../prov/index.js";
import type { Dialect } from "../dialect.js";
import { rejectFormal } from "../formal-attribute.js";
import { isAnonymous } from "../is-anonymous.js";
import { numberDatatype } from "../lexical.js";
import { isUnknownArgument } from "../unknown-argument.js";
import { jsonString } from "./json-text.js";
import { taskprovNamespace, yprovPrefix } from "./terms.js";

/** Spells a name as `prefix:local`; {@link nameText} where all prefixes are fit to be written. */
export type SpellName = (name: QualifiedName) => string;

/** How literals are spelt: by a dialect, or in their shortest forms. */
export type Spelling = Dialect | "compact";

/**
 * One record as a member of its PROV-JSON section: `"id":{…}`, on one line, without separator.
 *
 * Members written this way, joined with the texts of `layout.ts` in `sectionOrder`, are byte for
 * byte what `writeProvJson` yields for the same records.
 *
 * @param anonymousId - the key of a record without id or with a `_:` id (see `anonymousId`).
 * @param spell - how names are spelt; by default with their own prefix, which must then be
 *   declared in the head and must not be the default one.
 * @throws {@link DocumentError} when an attribute bears the name of a formal property.
 */
export function recordMember(
  record: ProvRecord,
  dialect: Spelling,
  anonymousId: string,
  spell: SpellName = nameText,
): string {
  const { id } = record;
  const key =
    id === undefined || isAnonymous(record) ? jsonString(anonymousId) : nameJson(id, spell);
  return `${key}:${recordBody(record, dialect, spell)}`;
}

/** The object of one record, `{…}`, without its key. */
export function recordBody(record: ProvRecord, dialect: Spelling, spell: SpellName): string {
  const body = formalMembers(record, spell) + attributeMembers(record, dialect, spell);
  // Every member begins with its separator, the first one's is dropped here.
  return `{${body.slice(1)}}`;
}

function formalMembers(record: ProvRecord, spell: SpellName): string {
  const keys = formalKeys[record.kind];
  const names = formalNames(record);
  let text = "";
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name !== undefined && !isUnknownArgument(name)) {
      text += keys[i] + nameJson(name, spell);
    }
  }
  const times = formalTimes(record);
  for (let i = 0; i < times.length; i++) {
    const time = times[i];
    if (time !== undefined) {
      text += keys[names.length + i] + jsonString(time);
    }
  }
  return text;
}

/** Names spelt last: the records of a task follow each other and name the same few things. */
const recentNames: (QualifiedName | undefined)[] = new Array(8).fill(undefined);
const recentTexts: string[] = new Array(8).fill("");
let nextRecent = 0;

/** A name as a JSON string. */
function nameJson(name: QualifiedName, spell: SpellName): string {
  if (spell !== nameText) return jsonString(spell(name));
  const known = recentNames.indexOf(name);
  if (known >= 0) return recentTexts[known] ?? "";
  const text = jsonString(nameText(name));
  recentNames[nextRecent] = name;
  recentTexts[nextRecent] = text;
  nextRecent = (nextRecent + 1) % recentNames.length;
  return text;
}

function attributeMembers(record: ProvRecord, dialect: Spelling, spell: SpellName): string {
  const attributes = dialect === "yprov" ? withPlainType(record) : record.attributes;
  const count = attributes.length;
  if (count > 16) {
    return groupedMembers(record, attributes, dialect, spell);
  }
  let text = "";
  for (let i = 0; i < count; i++) {
    const attribute = attributes[i];
    if (attribute === undefined || indexOfName(attributes, attribute[0], 0) < i) {
      continue;
    }
    const [name, value] = attribute;
    rejectFormal(record, name);
    let next = indexOfName(attributes, name, i + 1);
    if (next === count) {
      text += attributeKey(name, spell) + single(name, value, dialect, spell);
      continue;
    }
    text += `${attributeKey(name, spell)}[${itemText(value, dialect, spell)}`;
    for (; next < count; next = indexOfName(attributes, name, next + 1)) {
      text += `,${itemText(attributes[next]?.[1] ?? "", dialect, spell)}`;
    }
    text += "]";
  }
  return text;
}

/** Attribute names with their own prefixes: a program has a few, and writes them a million times. */
const knownKeys = new WeakMap<QualifiedName, string>();

/** `,"prefix:local":` */
function attributeKey(name: QualifiedName, spell: SpellName): string {
  if (spell !== nameText) return `,${jsonString(spell(name))}:`;
  let key = knownKeys.get(name);
  if (key === undefined) {
    key = `,${jsonString(nameText(name))}:`;
    knownKeys.set(name, key);
  }
  return key;
}

// The same for records with many attributes, where looking for each name would be quadratic.
function groupedMembers(
  record: ProvRecord,
  attributes: readonly Attribute[],
  dialect: Spelling,
  spell: SpellName,
): string {
  const groups = new Map<string, { name: QualifiedName; values: Value[] }>();
  for (const [name, value] of attributes) {
    const key = spell(name);
    const group = groups.get(key);
    if (group === undefined) {
      rejectFormal(record, name);
      groups.set(key, { name, values: [value] });
    } else {
      group.values.push(value);
    }
  }
  let text = "";
  for (const [key, { name, values }] of groups) {
    const [first] = values;
    text +=
      values.length === 1 && first !== undefined
        ? `,${jsonString(key)}:${single(name, first, dialect, spell)}`
        : `,${jsonString(key)}:[${values.map((value) => itemText(value, dialect, spell)).join(",")}]`;
  }
  return text;
}

function indexOfName(attributes: readonly Attribute[], name: QualifiedName, from: number): number {
  const { local, namespace } = name;
  for (let i = from; i < attributes.length; i++) {
    const other = attributes[i]?.[0];
    if (
      other === name ||
      (other !== undefined && other.local === local && other.namespace.uri === namespace.uri)
    ) {
      return i;
    }
  }
  return attributes.length;
}

function single(name: QualifiedName, value: Value, dialect: Spelling, spell: SpellName): string {
  if (dialect === "compact") {
    return shortText(value, spell);
  }
  return typeof value === "string" && isScalar(name, dialect)
    ? jsonString(value)
    : `[${valueText(value, spell)}]`;
}

function isScalar(name: QualifiedName, dialect: Spelling): boolean {
  const { prefix, uri } = name.namespace;
  switch (dialect) {
    case "portable":
    case "compact":
      return false;
    case "yprov":
      return true;
    default:
      return prefix === yprovPrefix || (name.local === "label" && uri === provNamespace.uri);
  }
}

function itemText(value: Value, dialect: Spelling, spell: SpellName): string {
  return dialect === "compact" ? shortText(value, spell) : valueText(value, spell);
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

// Bare where readers give a bare value the same datatype.
function shortText(value: Value, spell: SpellName): string {
  if (typeof value === "object" && isTypedLiteral(value) && isXsd(value.datatype)) {
    const { text, datatype } = value;
    const isBoolean = datatype.local === "boolean" && (text === "true" || text === "false");
    const isNumber = jsonNumber.test(text) && numberDatatype(text).local === datatype.local;
    return isBoolean || isNumber ? text : valueText(value, spell);
  }
  return valueText(value, spell);
}

function isXsd({ namespace }: QualifiedName): boolean {
  return namespace.uri === xsdNamespace.uri;
}

function valueText(value: Value, spell: SpellName): string {
  if (typeof value === "string") {
    return jsonString(value);
  }
  if (isQualifiedName(value)) {
    return `{"$":${nameJson(value, spell)},"type":"prov:QUALIFIED_NAME"}`;
  }
  return isLangString(value)
    ? `{"$":${jsonString(value.text)},"lang":${jsonString(value.lang)}}`
    : `{"$":${jsonString(value.text)},"type":${jsonString(spell(value.datatype))}}`;
}

const plainTypes: Partial<Readonly<Record<RecordKind, string>>> = {
  entity: "prov:Entity",
  activity: "prov:Activity",
  agent: "prov:Agent",
};
const provType = qualifiedName(provNamespace, "type");
const taskprovType = qualifiedName(taskprovNamespace, "type");

function withPlainType(record: ProvRecord): readonly Attribute[] {
  const plainType = plainTypes[record.kind];
  if (plainType === undefined) {
    return record.attributes;
  }
  const attributes = record.attributes.map(
    ([name, value]): Attribute => [isProvType(name) ? taskprovType : name, value],
  );
  return [[provType, plainType], ...attributes];
}

function isProvType(name: QualifiedName): boolean {
  return name.local === "type" && name.namespace.uri === provNamespace.uri;
}

const formalKeys: Readonly<Record<RecordKind, readonly string[]>> = keysOfFormals();

function keysOfFormals(): Record<RecordKind, readonly string[]> {
  const of = (kind: RecordKind): readonly string[] =>
    recordFormals[kind].map(({ property }) => `,"prov:${property}":`);
  return {
    entity: of("entity"),
    activity: of("activity"),
    agent: of("agent"),
    wasGeneratedBy: of("wasGeneratedBy"),
    used: of("used"),
    wasInformedBy: of("wasInformedBy"),
    wasStartedBy: of("wasStartedBy"),
    wasEndedBy: of("wasEndedBy"),
    wasInvalidatedBy: of("wasInvalidatedBy"),
    wasDerivedFrom: of("wasDerivedFrom"),
    wasAttributedTo: of("wasAttributedTo"),
    wasAssociatedWith: of("wasAssociatedWith"),
    actedOnBehalfOf: of("actedOnBehalfOf"),
    wasInfluencedBy: of("wasInfluencedBy"),
    specializationOf: of("specializationOf"),
    alternateOf: of("alternateOf"),
    hadMember: of("hadMember"),
    mentionOf: of("mentionOf"),
  };
}
