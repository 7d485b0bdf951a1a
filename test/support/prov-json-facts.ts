/** PROV-JSON as `JSON.parse` gives it; the tests below read only what they need. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json };
export type JsonObject = { readonly [k: string]: Json };

/** The sections of PROV-JSON, spelt as in PROV-N, with ProvToolbox's name for each. */
export const kinds = {
  entity: "PROV_ENTITY",
  activity: "PROV_ACTIVITY",
  agent: "PROV_AGENT",
  wasGeneratedBy: "PROV_GENERATION",
  used: "PROV_USAGE",
  wasInformedBy: "PROV_COMMUNICATION",
  wasStartedBy: "PROV_START",
  wasEndedBy: "PROV_END",
  wasInvalidatedBy: "PROV_INVALIDATION",
  wasDerivedFrom: "PROV_DERIVATION",
  wasAttributedTo: "PROV_ATTRIBUTION",
  wasAssociatedWith: "PROV_ASSOCIATION",
  actedOnBehalfOf: "PROV_DELEGATION",
  wasInfluencedBy: "PROV_INFLUENCE",
  specializationOf: "PROV_SPECIALIZATION",
  alternateOf: "PROV_ALTERNATE",
  hadMember: "PROV_MEMBERSHIP",
  mentionOf: "PROV_MENTION",
} as const;
type Kind = keyof typeof kinds;

const formalNames = new Set(
  "activity agent alternate1 alternate2 bundle collection delegate endTime ender entity generalEntity generatedEntity generation influencee influencer informant informed plan responsible specificEntity startTime starter time trigger usage usedEntity"
    .split(" ")
    .map((name) => `prov:${name}`),
);
const timeNames = new Set(["prov:startTime", "prov:endTime", "prov:time"]);

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells whether parsed JSON is a PROV-JSON document: an object with a `prefix` or a section. */
export function isProvJson(value: Json): value is JsonObject {
  return (
    isObject(value) &&
    (isObject(value["prefix"]) || isObject(value["bundle"])) &&
    Object.keys(value).every((key) => key in kinds || key === "prefix" || key === "bundle")
  );
}

/** Every record with its kind, records of bundles included. */
function* recordsOf(document: JsonObject): Generator<readonly [Kind, JsonObject]> {
  for (const [section, content] of Object.entries(document)) {
    if (section === "bundle" && isObject(content)) {
      for (const bundle of Object.values(content)) if (isObject(bundle)) yield* recordsOf(bundle);
    }
    if (!isKind(section) || !isObject(content)) continue;
    for (const value of Object.values(content)) {
      for (const record of Array.isArray(value) ? value : [value]) {
        if (isObject(record)) yield [section, record];
      }
    }
  }
}

function isKind(section: string): section is Kind {
  return Object.hasOwn(kinds, section);
}

/** Records per kind; kinds without records are absent. */
export function countRecords(document: JsonObject): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [kind] of recordsOf(document)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Attribute values in the text: formal ones, and the others by form. */
export function countAttributes(document: JsonObject): {
  readonly formal: number;
  readonly scalar: number;
  readonly inArrays: number;
} {
  let formal = 0;
  let scalar = 0;
  let inArrays = 0;
  for (const [, record] of recordsOf(document)) {
    for (const [name, value] of Object.entries(record)) {
      if (formalNames.has(name)) formal += 1;
      else if (Array.isArray(value)) inArrays += value.length;
      else scalar += 1;
    }
  }
  return { formal, scalar, inArrays };
}

/**
 * What ProvToolbox's JSON reader keeps of a document: it drops attributes that are not arrays
 * and cuts formal times to milliseconds. Everything else must survive.
 */
export function asProvToolboxKeeps(document: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(document).map(([section, content]): [string, Json] => [
      section,
      isKind(section) && isObject(content) ? mapValues(content, keepRecord) : content,
    ]),
  );
}

function keepRecord(record: Json): Json {
  if (!isObject(record)) return record;
  const kept: [string, Json][] = [];
  for (const [name, value] of Object.entries(record)) {
    if (timeNames.has(name) && typeof value === "string") kept.push([name, cutToMillis(value)]);
    else if (formalNames.has(name) || Array.isArray(value)) kept.push([name, value]);
  }
  return Object.fromEntries(kept);
}

function cutToMillis(time: string): string {
  return time.replace(/(\.\d{3})\d+/, "$1");
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
