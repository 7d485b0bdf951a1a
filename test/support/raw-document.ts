import { readFileSync } from "node:fs";
import type { Json } from "./prov-json-facts.js";

/** A PROV-JSON text by section, id and attribute, as it stands in the file. */
export type RawDocument = Readonly<Record<string, Readonly<Record<string, RawRecord>> | undefined>>;

/** Attributes of a record by their name in the file. */
export type RawRecord = Readonly<Record<string, Json>>;

/** Reads a document without interpreting it. */
export function readRaw(path: string): RawDocument {
  const document: RawDocument = JSON.parse(readFileSync(path, "utf8"));
  return document;
}

/** The records of a section, by id. */
export function sectionOf(document: RawDocument, name: string): [id: string, RawRecord][] {
  return Object.entries(document[name] ?? {});
}

/** First value of an attribute as text; undefined when it is not there. */
export function attribute(record: RawRecord | undefined, name: string): string | undefined {
  const value = record?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === "object" && first !== null && "$" in first) return String(first["$"]);
  return first === undefined || first === null ? undefined : String(first);
}

/**
 * The key of an activity or entity as canonical JSON; undefined for what has none. Without an
 * attribute it is the id's local name, up to the first dot.
 */
export function keyOf(id: string, record: RawRecord | undefined): string | undefined {
  const json = attribute(record, "taskprov:keyJson");
  if (json !== undefined) return JSON.stringify(JSON.parse(json));
  const key = attribute(record, "taskprov:key");
  if (key !== undefined) return JSON.stringify(key);
  const type = attribute(record, "prov:type");
  const isKeyed = type === "taskprov:TaskAttempt" || type === "taskprov:Data";
  const local = /^(?:task|data):([^.]+)(?:\.g?\d+)?$/.exec(id)?.[1];
  return isKeyed && local !== undefined ? JSON.stringify(local) : undefined;
}

/** The key of an entity and which of its results it is, from 1, as canonical JSON. */
export function resultOf(id: string, record: RawRecord | undefined): string | undefined {
  const key = keyOf(id, record);
  const generation = Number(/\.g(\d+)$/.exec(id)?.[1] ?? 1);
  return key === undefined ? undefined : JSON.stringify([JSON.parse(key), generation]);
}

/** `taskprov:status` of an attempt; `ok` is understood beside `success`. */
export function statusOf(record: RawRecord | undefined): string | undefined {
  const isAttempt = attribute(record, "prov:type") === "taskprov:TaskAttempt";
  const isFine = isAttempt && attribute(record, "yprov4wfs:status") === "success";
  return attribute(record, "taskprov:status") ?? (isFine ? "ok" : undefined);
}

/** `taskprov:status` of each attempt of a key, by number of the attempt. */
export function statusesOf(document: RawDocument, key: unknown): (string | undefined)[] {
  return sectionOf(document, "activity")
    .filter(([id, record]) => keyOf(id, record) === JSON.stringify(key))
    .map(([, record]) => statusOf(record));
}

/** How an entity is named; undefined for what is left out. */
type Naming = (id: string, record: RawRecord | undefined) => string | undefined;

/**
 * What the data of each key was made from, by the document: its `wasDerivedFrom`, and for another
 * name of the same data its `alternateOf`. Keys are canonical JSON; files, which have none, are
 * left out. With {@link resultOf} the results of a key are told apart.
 */
export function lineageOf(document: RawDocument, nameOf: Naming = keyOf): Map<string, string[]> {
  const entities = document["entity"] ?? {};
  const names = namesOf(document, nameOf);
  const lineage = new Map<string, string[]>();
  for (const name of names.values()) if (name !== undefined) lineage.set(name, []);
  const join = (from: Json | undefined, to: Json | undefined): void => {
    const [made, source] = [String(from), String(to)];
    const [name, other] = [names.get(made), names.get(source)];
    if (name === undefined || other === undefined) throw new Error(`${from} or ${to} has no key`);
    // The results of a key are alternates too: none is made from the other.
    if (keyOf(made, entities[made]) !== keyOf(source, entities[source])) {
      lineage.get(name)?.push(other);
    }
  };
  for (const [, { "prov:generatedEntity": made, "prov:usedEntity": used }] of sectionOf(
    document,
    "wasDerivedFrom",
  )) {
    if (!isFile(made) && !isFile(used)) join(made, used);
  }
  for (const [, { "prov:alternate1": name, "prov:alternate2": data }] of sectionOf(
    document,
    "alternateOf",
  )) {
    join(name, data);
  }
  for (const sources of lineage.values()) sources.sort((a, b) => (a < b ? -1 : 1));
  return lineage;
}

/**
 * What the data of each key was made from, by the document's activities: its `wasGeneratedBy` and
 * what that activity `used`, and for another name of the same data its `alternateOf`. Keys are
 * canonical JSON; literal arguments, which have no key, are left out. With {@link resultOf} the
 * results of a key are told apart.
 */
export function usesOf(document: RawDocument, nameOf: Naming = keyOf): Map<string, string[]> {
  const entities = document["entity"] ?? {};
  const names = namesOf(document, nameOf);
  const usedBy = new Map<string, string[]>();
  for (const [, { "prov:activity": activity, "prov:entity": entity }] of sectionOf(
    document,
    "used",
  )) {
    const name = names.get(String(entity));
    if (name === undefined) continue;
    const used = usedBy.get(String(activity)) ?? [];
    used.push(name);
    usedBy.set(String(activity), used);
  }
  const sources = new Map<string, string[]>();
  const join = (made: string | undefined, from: readonly string[]): void => {
    if (made !== undefined) sources.set(made, [...(sources.get(made) ?? []), ...from]);
  };
  for (const [, { "prov:entity": made, "prov:activity": by }] of sectionOf(
    document,
    "wasGeneratedBy",
  )) {
    join(names.get(String(made)), usedBy.get(String(by)) ?? []);
  }
  for (const [, { "prov:alternate1": one, "prov:alternate2": of }] of sectionOf(
    document,
    "alternateOf",
  )) {
    const [alias, data] = [String(one), String(of)];
    const name = names.get(data);
    if (name !== undefined && keyOf(alias, entities[alias]) !== keyOf(data, entities[data])) {
      join(names.get(alias), [name]);
    }
  }
  return sources;
}

function namesOf(document: RawDocument, nameOf: Naming): Map<string, string | undefined> {
  return new Map(sectionOf(document, "entity").map(([id, record]) => [id, nameOf(id, record)]));
}

function isFile(id: Json | undefined): boolean {
  return String(id).startsWith("run:file.");
}

/** A file of a document, with who wrote and who read it, by key of the task. */
export interface RecordedFile {
  readonly record: RawRecord;
  readonly id: string;
  readonly writers: readonly string[];
  readonly readers: readonly string[];
}

/** The versions of each file, by path, in the order of the document. */
export function filesOf(document: RawDocument): Map<string, RecordedFile[]> {
  const keyOfActivity = (id: Json | undefined): string =>
    keyOf(String(id), document["activity"]?.[String(id)]) ?? String(id);
  const of = (section: string, id: string): string[] =>
    sectionOf(document, section)
      .filter(([, relation]) => relation["prov:entity"] === id)
      .map(([, relation]) => keyOfActivity(relation["prov:activity"]))
      .sort((a, b) => (a < b ? -1 : 1));
  const files = new Map<string, RecordedFile[]>();
  for (const [id, record] of sectionOf(document, "entity")) {
    if (!isFile(id)) continue;
    const path = attribute(record, "taskprov:path") ?? "";
    const version = { id, record, writers: of("wasGeneratedBy", id), readers: of("used", id) };
    files.set(path, [...(files.get(path) ?? []), version]);
  }
  return files;
}
