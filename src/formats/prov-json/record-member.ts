import {
  type Attribute,
  formalNames,
  formalTimes,
  isLangString,
  isQualifiedName,
  isTypedLiteral,
  type Namespace,
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
import { type MemberSink, MemberText } from "./member-sink.js";
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
  const out = new MemberText();
  writeMember(out, record, dialect, anonymousId, spell);
  return out.text;
}

/** The object of one record, `{…}`, without its key. */
export function recordBody(record: ProvRecord, dialect: Spelling, spell: SpellName): string {
  const out = new MemberText();
  writeBody(out, record, dialect, spell);
  return out.text;
}

/** Writes what {@link recordMember} gives, piece by piece. */
export function writeMember(
  out: MemberSink,
  record: ProvRecord,
  dialect: Spelling,
  anonymousId: string,
  spell: SpellName = nameText,
): void {
  const { id } = record;
  if (id === undefined || isAnonymous(record)) writeString(out, anonymousId);
  else writeName(out, id, spell);
  out.add(":");
  writeBody(out, record, dialect, spell);
}

function writeBody(out: MemberSink, record: ProvRecord, dialect: Spelling, spell: SpellName): void {
  out.add("{");
  const isBegun = writeFormals(out, record, spell);
  writeAttributes(out, record, dialect, spell, isBegun);
  out.add("}");
}

/** Whether there were any. Names and times in PROV-N order, without lists made for the purpose. */
function writeFormals(out: MemberSink, record: ProvRecord, spell: SpellName): boolean {
  const keys = formalKeys[record.kind];
  switch (record.kind) {
    case "entity":
    case "agent":
      return false;
    case "activity":
      return writeTime(out, keys[1], record.endTime, writeTime(out, keys[0], record.startTime));
    case "used": {
      const isBegun = writeFormal(out, keys[0], record.activity, spell);
      return writeTime(
        out,
        keys[2],
        record.time,
        writeFormal(out, keys[1], record.entity, spell, isBegun),
      );
    }
    case "wasGeneratedBy":
    case "wasInvalidatedBy": {
      const isBegun = writeFormal(out, keys[0], record.entity, spell);
      return writeTime(
        out,
        keys[2],
        record.time,
        writeFormal(out, keys[1], record.activity, spell, isBegun),
      );
    }
    case "wasInformedBy": {
      const isBegun = writeFormal(out, keys[0], record.informed, spell);
      return writeFormal(out, keys[1], record.informant, spell, isBegun);
    }
    case "wasAssociatedWith": {
      const isBegun = writeFormal(out, keys[0], record.activity, spell);
      return writeFormal(
        out,
        keys[2],
        record.plan,
        spell,
        writeFormal(out, keys[1], record.agent, spell, isBegun),
      );
    }
    default:
      return writeOtherFormals(out, record, spell);
  }
}

/** The same for kinds that a run has few of. */
function writeOtherFormals(out: MemberSink, record: ProvRecord, spell: SpellName): boolean {
  const keys = formalKeys[record.kind];
  const names = formalNames(record);
  let isBegun = false;
  names.forEach((name, i) => {
    isBegun = writeFormal(out, keys[i], name, spell, isBegun);
  });
  formalTimes(record).forEach((time, i) => {
    isBegun = writeTime(out, keys[names.length + i], time, isBegun);
  });
  return isBegun;
}

/** Whether the record has begun. */
function writeFormal(
  out: MemberSink,
  key: MemberKey | undefined,
  name: QualifiedName | undefined,
  spell: SpellName,
  isBegun = false,
): boolean {
  if (name === undefined || isUnknownArgument(name)) return isBegun;
  writeKey(out, key, isBegun);
  writeName(out, name, spell);
  return true;
}

/** Whether the record has begun. */
function writeTime(
  out: MemberSink,
  key: MemberKey | undefined,
  time: string | undefined,
  isBegun = false,
): boolean {
  if (time === undefined) return isBegun;
  writeKey(out, key, isBegun);
  writeString(out, time);
  return true;
}

/** The key of a member, with what separates it from the one before. */
interface MemberKey {
  /** `"prefix:local":` */
  readonly first: string;
  /** `,"prefix:local":` */
  readonly next: string;
}

function memberKey(name: string): MemberKey {
  const first = `${jsonString(name)}:`;
  return { first, next: `,${first}` };
}

function writeKey(out: MemberSink, key: MemberKey | undefined, isBegun: boolean): void {
  if (key !== undefined) out.add(isBegun ? key.next : key.first);
}

function writeString(out: MemberSink, text: string): void {
  out.add('"');
  out.addEscaped(text);
  out.add('"');
}

/** `"prefix:`; a document has a few, and writes them a million times. */
const nameBeginnings = new WeakMap<Namespace, string>();

/** A name as a JSON string. */
function writeName(out: MemberSink, name: QualifiedName, spell: SpellName): void {
  if (spell !== nameText) {
    writeString(out, spell(name));
    return;
  }
  const { namespace, local } = name;
  let beginning = nameBeginnings.get(namespace);
  if (beginning === undefined) {
    const { prefix } = namespace;
    beginning = prefix === "" ? '"' : `${jsonString(prefix).slice(0, -1)}:`;
    nameBeginnings.set(namespace, beginning);
  }
  out.add(beginning);
  out.addEscaped(local);
  out.add('"');
}

function writeAttributes(
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

const formalKeys: Readonly<Record<RecordKind, readonly MemberKey[]>> = keysOfFormals();

function keysOfFormals(): Record<RecordKind, readonly MemberKey[]> {
  const of = (kind: RecordKind): readonly MemberKey[] =>
    recordFormals[kind].map(({ property }) => memberKey(`prov:${property}`));
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
