import { blankNamespace } from "./names.js";
import type { ExtraSection } from "./records.js";

type Json = string | number | boolean | null | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

/** Gives another spelling for a name, `prefix:local`, or the same. */
export type RespellName = (text: string) => string;

/**
 * Sections with the names in them respelt: keys, and the values of `prov:` properties and
 * datatypes. What is no JSON object stays as it is.
 */
export function respellSections(
  sections: readonly ExtraSection[],
  respell: RespellName,
): readonly ExtraSection[] {
  return sections.map(({ name, json }) => {
    const value = parsed(json);
    return value === undefined
      ? { name, json }
      : { name, json: JSON.stringify(respellObject(value, respell)) };
  });
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
  const value: Json = JSON.parse(json);
  return isObject(value) ? value : undefined;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function respellObject(value: JsonObject, respell: RespellName): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [respell(key), respellUnder(key, each, respell)]),
  );
}

function respellUnder(key: string, value: Json, respell: RespellName): Json {
  if (typeof value === "string") {
    return key.startsWith("prov:") || key === "type" ? respell(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map((each) => respellUnder(key, each, respell));
  }
  return isObject(value) ? respellObject(value, respell) : value;
}

/** Whether a spelling is that of a blank id. */
export function isBlankText(text: string): boolean {
  return text.startsWith(`${blankNamespace.prefix}:`);
}
