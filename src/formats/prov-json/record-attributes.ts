import {
  type Attribute,
  isLangString,
  isQualifiedName,
  isTypedLiteral,
  nameText,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  type Value,
  xsdNamespace,
} from "../../prov/index.js";
import type { Dialect } from "../dialect.js";
import { rejectFormal } from "../formal-attribute.js";
import { numberDatatype } from "../lexical.js";
import type { MemberSink } from "./member-sink.js";
import {
  type MemberKey,
  memberKey,
  type SpellName,
  writeKey,
  writeName,
  writeString,
} from "./member-words.js";
import { taskprovNamespace, yprovPrefix } from "./terms.js";

/** How literals are spelt: by a dialect, or in their shortest forms. */
export type Spelling = Dialect | "compact";

/** Writes the attributes of a record: each name once, with all its values. */
export function writeAttributes(
  out: MemberSink,
  record: ProvRecord,
  dialect: Spelling,
  spell: SpellName,
  isBegun: boolean,
): void {
  const attributes = dialect === "yprov" ? withPlainType(record) : record.attributes;
  const count = attributes.length;
  if (count > 16) {
    writeGrouped(out, record, attributes, dialect, spell, isBegun);
    return;
  }
  let hasSome = isBegun;
  for (let i = 0; i < count; i++) {
    const attribute = attributes[i];
    if (attribute === undefined || indexOfName(attributes, attribute[0], 0) < i) {
      continue;
    }
    const [name, value] = attribute;
    rejectFormal(record, name);
    writeKey(out, attributeKey(name, spell), hasSome);
    hasSome = true;
    let next = indexOfName(attributes, name, i + 1);
    if (next === count) {
      writeSingle(out, name, value, dialect, spell);
      continue;
    }
    out.add("[");
    writeItem(out, value, dialect, spell);
    for (; next < count; next = indexOfName(attributes, name, next + 1)) {
      out.add(",");
      writeItem(out, attributes[next]?.[1] ?? "", dialect, spell);
    }
    out.add("]");
  }
}

/** Attribute names with their own prefixes, of which a program has a few too. */
const knownKeys = new WeakMap<QualifiedName, MemberKey>();

function attributeKey(name: QualifiedName, spell: SpellName): MemberKey {
  if (spell !== nameText) return memberKey(spell(name));
  let key = knownKeys.get(name);
  if (key === undefined) {
    key = memberKey(nameText(name));
    knownKeys.set(name, key);
  }
  return key;
}

// The same for records with many attributes, where looking for each name would be quadratic.
function writeGrouped(
  out: MemberSink,
  record: ProvRecord,
  attributes: readonly Attribute[],
  dialect: Spelling,
  spell: SpellName,
  isBegun: boolean,
): void {
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
  let hasSome = isBegun;
  for (const [key, { name, values }] of groups) {
    writeKey(out, memberKey(key), hasSome);
    hasSome = true;
    const [first] = values;
    if (values.length === 1 && first !== undefined) {
      writeSingle(out, name, first, dialect, spell);
      continue;
    }
    values.forEach((value, i) => {
      out.add(i === 0 ? "[" : ",");
      writeItem(out, value, dialect, spell);
    });
    out.add("]");
  }
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

function writeSingle(
  out: MemberSink,
  name: QualifiedName,
  value: Value,
  dialect: Spelling,
  spell: SpellName,
): void {
  if (dialect === "compact") {
    writeShort(out, value, spell);
  } else if (typeof value === "string" && isScalar(name, dialect)) {
    writeString(out, value);
  } else {
    out.add("[");
    writeValue(out, value, spell);
    out.add("]");
  }
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

function writeItem(out: MemberSink, value: Value, dialect: Spelling, spell: SpellName): void {
  if (dialect === "compact") writeShort(out, value, spell);
  else writeValue(out, value, spell);
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

// Bare where readers give a bare value the same datatype.
function writeShort(out: MemberSink, value: Value, spell: SpellName): void {
  if (typeof value === "object" && isTypedLiteral(value) && isXsd(value.datatype)) {
    const { text, datatype } = value;
    const isBoolean = datatype.local === "boolean" && (text === "true" || text === "false");
    const isNumber = jsonNumber.test(text) && numberDatatype(text).local === datatype.local;
    if (isBoolean || isNumber) {
      out.add(text);
      return;
    }
  }
  writeValue(out, value, spell);
}

function isXsd({ namespace }: QualifiedName): boolean {
  return namespace.uri === xsdNamespace.uri;
}

function writeValue(out: MemberSink, value: Value, spell: SpellName): void {
  if (typeof value === "string") {
    writeString(out, value);
    return;
  }
  out.add('{"$":');
  if (isQualifiedName(value)) {
    writeName(out, value, spell);
    out.add(',"type":"prov:QUALIFIED_NAME"}');
    return;
  }
  writeString(out, value.text);
  if (isLangString(value)) {
    out.add(',"lang":');
    writeString(out, value.lang);
  } else {
    out.add(',"type":');
    writeName(out, value.datatype, spell);
  }
  out.add("}");
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
