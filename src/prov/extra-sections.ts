import { compareTexts } from "./compare-texts.js";
import { blankNamespace } from "./names.js";
import type { ExtraSection } from "./records.js";

type Json = string | number | boolean | null | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

/** Gives another spelling for a name, `prefix:local`, or the same. */
export type RespellName = (text: string) => string;

/** Members that are words of the form, not names of attributes. */
const words: ReadonlySet<string> = new Set(
  "$ $key-datatype arguments id key lang record set time tuple type".split(" "),
);
/** Those of them whose text is a name. */
const nameWords: ReadonlySet<string> = new Set(["$key-datatype", "id", "record", "type"]);
/** Attributes whose text is a text, as that of all attributes that are not of PROV. */
const textAttributes: ReadonlySet<string> = new Set(
  "prov:label prov:location prov:role prov:type prov:value".split(" "),
);

/**
 * Sections with the names in them respelt: their own, ids, those of attributes, the values of
 * `prov:` properties, datatypes and typed names. What is no JSON object stays as it is.
 */
export function respellSections(
  sections: readonly ExtraSection[],
  respell: RespellName,
): readonly ExtraSection[] {
  return sections.map(({ name, json }) => {
    const value = parsed(json);
    return value === undefined
      ? { name, json }
      : {
          name: name.includes(":") ? respell(name) : name,
          json: JSON.stringify(respellObject(value, respell)),
        };
  });
}

/** Sections in an order that depends on what they say only. */
export function sortedSections(sections: readonly ExtraSection[]): readonly ExtraSection[] {
  return sections
    .map(({ name, json }) => {
      const value = parsedJson(json);
      return { name, json: value === undefined ? json : JSON.stringify(sortedJson(value)) };
    })
    .toSorted((a, b) => compareTexts(a.name, b.name) || compareTexts(a.json, b.json));
}

function sortedJson(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(sortedJson);
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => compareTexts(a, b))
          .map(([key, each]) => [key, sortedJson(each)]),
      )
    : value;
}

/** Sections of several documents, those of one name joined; records under one id become a list. */
export function joinSections(sections: readonly ExtraSection[]): readonly ExtraSection[] {
  const byName = new Map<string, ExtraSection>();
  for (const section of sections) {
    const first = byName.get(section.name);
    byName.set(section.name, first === undefined ? section : joined(first, section));
  }
  return [...byName.values()];
}

function joined(first: ExtraSection, second: ExtraSection): ExtraSection {
  const [a, b] = [parsed(first.json), parsed(second.json)];
  if (a === undefined || b === undefined) {
    return first;
  }
  const all = new Map<string, Json>(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const before = all.get(key);
    all.set(key, before === undefined ? value : listed(before, value));
  }
  return { name: first.name, json: JSON.stringify(Object.fromEntries(all)) };
}

function listed(a: Json, b: Json): Json {
  const texts = new Set([a, b].flat().map((each) => JSON.stringify(each)));
  const values = [...texts].map((text): Json => JSON.parse(text));
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

function parsed(json: string): JsonObject | undefined {
  const value = parsedJson(json);
  return value !== undefined && isObject(value) ? value : undefined;
}

// What is no JSON stays as it is; writers tell it.
function parsedJson(json: string): Json | undefined {
  try {
    const value: Json = JSON.parse(json);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function respellObject(value: JsonObject, respell: RespellName): JsonObject {
  const named = holdsName(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      words.has(key) ? key : respell(key),
      key === "$" && typeof each === "string" && named
        ? respell(each)
        : respellUnder(key, each, respell),
    ]),
  );
}

// Of a pair of key and entity, or a value with a type, whether its "$" is a name.
function holdsName({ key, type }: JsonObject): boolean {
  return (
    key !== undefined ||
    (typeof type === "string" && /^(?:prov:QUALIFIED_NAME|xsd:QName)$/.test(type))
  );
}

function respellUnder(key: string, value: Json, respell: RespellName): Json {
  if (typeof value === "string") {
    const isName = words.has(key)
      ? nameWords.has(key)
      : key.startsWith("prov:") && !textAttributes.has(key);
    return isName ? respell(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map((each) => respellUnder(key, each, respell));
  }
  if (!isObject(value)) {
    return value;
  }
  return key === "prov:key-entity-set" && value["key"] === undefined
    ? respellPairs(value, respell)
    : respellObject(value, respell);
}

// {"$key-datatype": "xsd:string", "a key": "ex:e"}: the keys are values.
function respellPairs(pairs: JsonObject, respell: RespellName): JsonObject {
  return Object.fromEntries(
    Object.entries(pairs).map(([key, each]) => [
      key,
      typeof each === "string" ? respell(each) : each,
    ]),
  );
}

/** Whether a spelling is that of a blank id. */
export function isBlankText(text: string): boolean {
  return text.startsWith(`${blankNamespace.prefix}:`);
}
