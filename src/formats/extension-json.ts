import {
  type Attribute,
  blankNamespace,
  datatypes,
  type ExtraSection,
  isLangString,
  isQualifiedName,
  provNamespace,
  type QualifiedName,
  typedLiteral,
  uriOf,
  type Value,
} from "../prov/index.js";
import {
  type DictionaryRelation,
  dictionaryRelation,
  type ExtensionArgument,
  type ExtensionRecord,
} from "./extension.js";
import { numberDatatype } from "./lexical.js";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** Spells a name with a prefix that the document declares. */
export type Spell = (name: QualifiedName) => string;
/** Finds the name that a text with a prefix spells. */
export type Resolve = (text: string) => QualifiedName | undefined;

/**
 * The extra sections that keep extension records, in the forms of ProvToolbox's PROV-JSON schema
 * for PROV-Dictionary, in a form of our own for others.
 */
export function extraSectionsOf(records: readonly ExtensionRecord[], spell: Spell): ExtraSection[] {
  const sections = new Map<string, Map<string, JsonObject[]>>();
  let anonymous = 0;
  for (const record of records) {
    const relation = relationOf(record);
    const name = relation ?? spell(record.name);
    const section = sections.get(name) ?? new Map<string, JsonObject[]>();
    sections.set(name, section);
    anonymous += 1;
    const key = record.id === undefined ? `_:x${anonymous}` : spell(record.id);
    const bodies = section.get(key) ?? [];
    section.set(key, bodies);
    bodies.push(bodyOf(record, relation, spell));
  }
  return [...sections].map(([name, section]) => ({
    name,
    json: JSON.stringify(
      Object.fromEntries(
        [...section].map(([key, bodies]) => [key, bodies.length === 1 ? bodies[0] : bodies]),
      ),
    ),
  }));
}

/** The extension records that extra sections keep, and the sections that keep something else. */
export function extensionsOf(
  sections: readonly ExtraSection[],
  resolve: Resolve,
): { records: readonly ExtensionRecord[]; others: readonly ExtraSection[] } {
  const records: ExtensionRecord[] = [];
  const others: ExtraSection[] = [];
  for (const section of sections) {
    const found = recordsIn(section, resolve);
    if (found === undefined) {
      others.push(section);
    } else {
      records.push(...found);
    }
  }
  return { records, others };
}

function relationOf({ name, arguments: args }: ExtensionRecord): DictionaryRelation | undefined {
  const relation =
    name.namespace.uri === provNamespace.uri ? dictionaryRelation(name.local) : undefined;
  const [first, second, third] = args;
  const namesTwo = nameIn(first) !== undefined && nameIn(second) !== undefined;
  return args.length === 3 && namesTwo && fits(relation, third) ? relation : undefined;
}

function fits(relation: DictionaryRelation | undefined, last: ExtensionArgument): boolean {
  switch (relation) {
    case "hadDictionaryMember":
      return last !== undefined && "value" in last;
    case "derivedByInsertionFrom":
      return pairsIn(last) !== undefined;
    case "derivedByRemovalFrom":
      return keysIn(last) !== undefined;
    default:
      return false;
  }
}

/** The id that an argument is; `undefined` for anything else. */
export function nameIn(argument: ExtensionArgument): QualifiedName | undefined {
  return argument !== undefined && "id" in argument ? argument.id : undefined;
}

/** The key-entity pairs of an argument `{(key, entity), …}`. */
export function pairsIn(
  argument: ExtensionArgument,
): readonly (readonly [key: Value, entity: QualifiedName])[] | undefined {
  if (argument === undefined || !("items" in argument)) {
    return undefined;
  }
  const pairs: (readonly [Value, QualifiedName])[] = [];
  for (const item of argument.items) {
    const [key, entity, ...rest] = item !== undefined && "items" in item ? item.items : [];
    const name = nameIn(entity);
    if (key === undefined || !("value" in key) || name === undefined || rest.length > 0) {
      return undefined;
    }
    pairs.push([key.value, name]);
  }
  return pairs;
}

/** The keys of an argument `{key, …}`. */
export function keysIn(argument: ExtensionArgument): readonly Value[] | undefined {
  if (argument === undefined || !("items" in argument)) {
    return undefined;
  }
  const keys: Value[] = [];
  for (const item of argument.items) {
    if (item === undefined || !("value" in item)) {
      return undefined;
    }
    keys.push(item.value);
  }
  return keys;
}

function bodyOf(
  record: ExtensionRecord,
  relation: DictionaryRelation | undefined,
  spell: Spell,
): JsonObject {
  return { ...argumentMembers(record, relation, spell), ...attributeMembers(record, spell) };
}

function argumentMembers(
  { arguments: args }: ExtensionRecord,
  relation: DictionaryRelation | undefined,
  spell: Spell,
): JsonObject {
  const [first, second, third] = args;
  const spelt = (argument: ExtensionArgument): string => {
    const name = nameIn(argument);
    return name === undefined ? "" : spell(name);
  };
  const pair = ([key, entity]: readonly [Value, QualifiedName]): Json => ({
    key: valueJson(key, spell),
    $: spell(entity),
  });
  switch (relation) {
    case "hadDictionaryMember": {
      const entity = nameIn(second);
      const pairs =
        third !== undefined && "value" in third && entity !== undefined
          ? [pair([third.value, entity])]
          : [];
      return { "prov:dictionary": spelt(first), "prov:key-entity-set": pairs };
    }
    case "derivedByInsertionFrom":
      return {
        "prov:after": spelt(first),
        "prov:before": spelt(second),
        "prov:key-entity-set": (pairsIn(third) ?? []).map(pair),
      };
    case "derivedByRemovalFrom":
      return {
        "prov:after": spelt(first),
        "prov:before": spelt(second),
        "prov:key-set": (keysIn(third) ?? []).map((key) => valueJson(key, spell)),
      };
    default:
      return { arguments: args.map((argument) => argumentJson(argument, spell)) };
  }
}

function attributeMembers({ attributes }: ExtensionRecord, spell: Spell): JsonObject {
  const members = new Map<string, Json[]>();
  for (const [name, value] of attributes) {
    const key = spell(name);
    members.set(key, [...(members.get(key) ?? []), valueJson(value, spell)]);
  }
  return Object.fromEntries(members);
}

function valueJson(value: Value, spell: Spell): Json {
  if (typeof value === "string") {
    return value;
  }
  if (isQualifiedName(value)) {
    return { $: spell(value), type: "prov:QUALIFIED_NAME" };
  }
  return isLangString(value)
    ? { $: value.text, lang: value.lang }
    : { $: value.text, type: spell(value.datatype) };
}

function argumentJson(argument: ExtensionArgument, spell: Spell): Json {
  if (argument === undefined) {
    return null;
  }
  if ("id" in argument) {
    return { id: spell(argument.id) };
  }
  if ("value" in argument) {
    return valueJson(argument.value, spell);
  }
  if ("time" in argument) {
    return { time: argument.time };
  }
  if ("record" in argument) {
    const { record } = argument;
    return {
      record: spell(record.name),
      ...(record.id !== undefined && { id: spell(record.id) }),
      ...bodyOf(record, undefined, spell),
    };
  }
  const items = argument.items.map((item) => argumentJson(item, spell));
  return argument.braces ? { set: items } : { tuple: items };
}

// Reading: whatever does not have exactly the forms above makes the whole section "other".

function recordsIn({ name, json }: ExtraSection, resolve: Resolve): ExtensionRecord[] | undefined {
  const relation = dictionaryRelation(name);
  const recordName = resolve(relation === undefined ? name : `prov:${name}`);
  const section = parsed(json);
  if (
    recordName === undefined ||
    section === undefined ||
    !name.includes(":") !== (relation !== undefined)
  ) {
    return undefined;
  }
  const records: ExtensionRecord[] = [];
  for (const [key, content] of Object.entries(section)) {
    const id = resolve(key);
    for (const body of Array.isArray(content) ? content : [content]) {
      const found = isObject(body) ? recordsOf(recordName, id, relation, body, resolve) : undefined;
      if (found === undefined) {
        return undefined;
      }
      records.push(...found);
    }
  }
  return records;
}

function parsed(json: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function recordsOf(
  name: QualifiedName,
  id: QualifiedName | undefined,
  relation: DictionaryRelation | undefined,
  body: JsonObject,
  resolve: Resolve,
): ExtensionRecord[] | undefined {
  const taken = relation === undefined ? ["arguments"] : dictionaryMembers[relation];
  const attributes = attributesIn(body, taken, resolve);
  const lists =
    relation === undefined ? genericLists(body, resolve) : dictionaryLists(relation, body, resolve);
  if (attributes === undefined || lists === undefined) {
    return undefined;
  }
  const isAnonymous = id === undefined || uriOf(id).startsWith(blankNamespace.uri);
  return lists.map((args) => ({
    name,
    ...(!isAnonymous && { id }),
    arguments: args,
    attributes,
  }));
}

const dictionaryMembers: Readonly<Record<DictionaryRelation, readonly string[]>> = {
  derivedByInsertionFrom: ["prov:after", "prov:before", "prov:key-entity-set"],
  derivedByRemovalFrom: ["prov:after", "prov:before", "prov:key-set"],
  hadDictionaryMember: ["prov:dictionary", "prov:key-entity-set"],
};

function attributesIn(
  body: JsonObject,
  taken: readonly string[],
  resolve: Resolve,
): Attribute[] | undefined {
  const attributes: Attribute[] = [];
  for (const [key, content] of Object.entries(body)) {
    const name = taken.includes(key) ? null : resolve(key);
    if (name === null) {
      continue;
    }
    for (const each of Array.isArray(content) ? content : [content]) {
      const value = valueIn(each, resolve);
      if (value === undefined || name === undefined) {
        return undefined;
      }
      attributes.push([name, value]);
    }
  }
  return attributes;
}

function genericLists(body: JsonObject, resolve: Resolve): ExtensionArgument[][] | undefined {
  const list = argumentList(body["arguments"], resolve);
  return list === undefined ? undefined : [list];
}

function dictionaryLists(
  relation: DictionaryRelation,
  body: JsonObject,
  resolve: Resolve,
): ExtensionArgument[][] | undefined {
  const named = (key: string): ExtensionArgument => idIn(body[key], resolve);
  if (relation === "derivedByRemovalFrom") {
    const keys = body["prov:key-set"];
    const items = Array.isArray(keys) ? keys.map((key) => keyIn(key, resolve)) : undefined;
    return complete([named("prov:after"), named("prov:before"), braced(items)]);
  }
  const pairs = pairsOf(body["prov:key-entity-set"], resolve);
  if (relation === "derivedByInsertionFrom") {
    const items = pairs?.map(
      ([key, entity]): ExtensionArgument => ({
        items: [key, entity],
        braces: false,
      }),
    );
    return complete([named("prov:after"), named("prov:before"), braced(items)]);
  }
  const dictionary = named("prov:dictionary");
  const lists = pairs?.map(([key, entity]) => [dictionary, entity, key]);
  return lists?.every((list) => complete(list) !== undefined) === true ? lists : undefined;
}

function complete(list: ExtensionArgument[]): ExtensionArgument[][] | undefined {
  return list.includes(undefined) ? undefined : [list];
}

function braced(items: readonly ExtensionArgument[] | undefined): ExtensionArgument {
  return items === undefined || items.includes(undefined) ? undefined : { items, braces: true };
}

function idIn(text: Json | undefined, resolve: Resolve): ExtensionArgument {
  const id = typeof text === "string" ? resolve(text) : undefined;
  return id === undefined ? undefined : { id };
}

function keyIn(json: Json, resolve: Resolve): ExtensionArgument {
  const value = valueIn(json, resolve);
  return value === undefined ? undefined : { value };
}

// [{"key": …, "$": "ex:e"}, …] or {"$key-datatype": "xsd:string", "key": "ex:e", …}.
function pairsOf(
  json: Json | undefined,
  resolve: Resolve,
): (readonly [ExtensionArgument, ExtensionArgument])[] | undefined {
  if (Array.isArray(json)) {
    return json.map((pair: Json) =>
      isObject(pair) && pair["key"] !== undefined
        ? [keyIn(pair["key"], resolve), idIn(pair["$"], resolve)]
        : [undefined, undefined],
    );
  }
  if (!isObject(json)) {
    return undefined;
  }
  const type = json["$key-datatype"] ?? "xsd:string";
  return Object.entries(json)
    .filter(([key]) => key !== "$key-datatype")
    .map(([key, text]) => [keyIn({ $: key, type }, resolve), idIn(text, resolve)]);
}

function argumentList(json: Json | undefined, resolve: Resolve): ExtensionArgument[] | undefined {
  if (!Array.isArray(json)) {
    return undefined;
  }
  const list: ExtensionArgument[] = [];
  for (const item of json) {
    const argument = item === null ? undefined : argumentIn(item, resolve);
    if (item !== null && argument === undefined) {
      return undefined;
    }
    list.push(argument);
  }
  return list;
}

function argumentIn(json: Json, resolve: Resolve): ExtensionArgument {
  if (isObject(json)) {
    const { time, set, tuple, record, id } = json;
    if (typeof time === "string") {
      return { time };
    }
    const items = argumentList(set ?? tuple, resolve);
    if (items !== undefined) {
      return { items, braces: set !== undefined };
    }
    if (typeof record === "string") {
      return nestedRecord(record, json, resolve);
    }
    if (typeof id === "string") {
      return idIn(id, resolve);
    }
  }
  return keyIn(json, resolve);
}

function nestedRecord(record: string, json: JsonObject, resolve: Resolve): ExtensionArgument {
  const { record: _, id, ...body } = json;
  const name = resolve(record);
  const found =
    name === undefined
      ? undefined
      : recordsOf(name, typeof id === "string" ? resolve(id) : undefined, undefined, body, resolve);
  return found?.[0] === undefined ? undefined : { record: found[0] };
}

function valueIn(json: Json, resolve: Resolve): Value | undefined {
  switch (typeof json) {
    case "string":
      return json;
    case "boolean":
      return typedLiteral(String(json), datatypes.boolean);
    case "number":
      return typedLiteral(String(json), numberDatatype(String(json)));
    default:
      return isObject(json) ? literalIn(json, resolve) : undefined;
  }
}

function literalIn({ $, type, lang }: JsonObject, resolve: Resolve): Value | undefined {
  const text = typeof $ === "object" || $ === undefined ? undefined : String($);
  if (text === undefined || typeof lang === "string") {
    return text === undefined || typeof lang !== "string" ? undefined : { text, lang };
  }
  const datatype = typeof type === "string" ? resolve(type) : undefined;
  switch (datatype === undefined ? undefined : uriOf(datatype)) {
    case undefined:
      return type === undefined ? text : undefined;
    case uriOf(datatypes.string):
      return text;
    case uriOf(datatypes.qualifiedName):
    case uriOf(datatypes.qName):
      return resolve(text);
    default:
      return datatype === undefined ? undefined : typedLiteral(text, datatype);
  }
}
