import { mayBeUnknown } from "../formats/unknown-argument.js";
import { type Formal, type RecordKind, recordFormals, recordKinds } from "../prov/index.js";

/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The `$id` of {@link provJsonSchema}. */
export const provJsonSchemaId: string = "https://w3id.org/taskprov/schemas/prov-json.schema.json";

const name: JsonSchema = { $ref: "#/$defs/name" };

/** The sections of PROV-Dictionary, which are allowed but not looked into. */
export const dictionarySections: readonly string[] = [
  "derivedByInsertionFrom",
  "derivedByRemovalFrom",
  "hadDictionaryMember",
];

/** What a time must look like. */
const dateTimePattern: string =
  "^-?(?:[1-9]\\d{4,}|\\d{4})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?|24:00:00(?:\\.0+)?)(?:Z|[+-](?:0\\d|1[0-3]):[0-5]\\d|[+-]14:00)?$";

/** The name of the definition that a section of records must fulfil. */
export function sectionDefinition(kind: RecordKind): string {
  return `${kind}Section`;
}

/**
 * The schema of PROV-JSON (draft 2020-12), of which `schemas/prov-json.schema.json` is a copy.
 *
 * Unlike the one of the W3C Member Submission it spells `wasEndedBy` and knows `mentionOf`,
 * checks times, allows several records under one id and several members in one hadMember, and
 * describes bundles as strictly as documents. PROV-Dictionary's sections may be there, unchecked.
 */
export const provJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: provJsonSchemaId,
  title: "PROV-JSON",
  type: "object",
  properties: {
    ...contentProperties(),
    bundle: {
      type: "object",
      propertyNames: name,
      additionalProperties: { $ref: "#/$defs/bundleContent" },
    },
  },
  additionalProperties: false,
  $defs: {
    ...valueDefinitions(),
    bundleContent: {
      type: "object",
      properties: { "@id": name, ...contentProperties() },
      additionalProperties: false,
    },
    ...Object.fromEntries(recordKinds.flatMap((kind) => recordDefinitions(kind))),
  },
};

function contentProperties(): JsonSchema {
  return {
    prefix: { $ref: "#/$defs/prefix" },
    ...Object.fromEntries(
      recordKinds.map((kind) => [kind, { $ref: `#/$defs/${sectionDefinition(kind)}` }]),
    ),
    ...Object.fromEntries(dictionarySections.map((section) => [section, { type: "object" }])),
  };
}

function valueDefinitions(): JsonSchema {
  return {
    prefix: {
      description: "IRIs by prefix; `default` is the default namespace.",
      type: "object",
      propertyNames: { type: "string", pattern: "^(?!_$)[^:]+$" },
      additionalProperties: { type: "string", minLength: 1 },
    },
    name: {
      description: "A qualified name, `prefix:local` or, in the default namespace, `local`.",
      type: "string",
      pattern: "^[^:]",
    },
    dateTime: {
      description: "An xsd:dateTime; the offset may be missing.",
      type: "string",
      pattern: dateTimePattern,
    },
    literal: {
      description: "A literal: bare, with a datatype or in a language.",
      type: "object",
      required: ["$"],
      properties: {
        $: { type: ["string", "number", "boolean"] },
        type: name,
        lang: { type: "string" },
      },
      additionalProperties: false,
      dependentSchemas: {
        lang: {
          type: "object",
          properties: {
            $: { type: "string" },
            type: { enum: ["prov:InternationalizedString", "xsd:string"] },
          },
        },
      },
    },
    value: {
      description: "One value of an attribute.",
      type: ["string", "number", "boolean", "object"],
      if: { type: "object" },
      // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema.
      then: { $ref: "#/$defs/literal" },
    },
    values: {
      description: "What stands beside an attribute's name: one value or several.",
      type: ["string", "number", "boolean", "object", "array"],
      if: { type: "array" },
      // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema.
      then: { type: "array", minItems: 1, items: { $ref: "#/$defs/value" } },
      else: { $ref: "#/$defs/value" },
    },
    names: {
      description: "One name or several.",
      type: ["string", "array"],
      if: { type: "array" },
      // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema.
      then: { type: "array", minItems: 1, items: name },
      else: name,
    },
  };
}

function recordDefinitions(kind: RecordKind): [string, JsonSchema][] {
  const formals = recordFormals[kind];
  const required = formals.filter(
    (formal) => formal.required && !mayBeUnknown(kind, formal.property),
  );
  const record: JsonSchema = {
    type: "object",
    ...(required.length > 0 && { required: required.map(({ property }) => `prov:${property}`) }),
    properties: Object.fromEntries(
      formals.map((formal) => [`prov:${formal.property}`, formalSchema(kind, formal)]),
    ),
    propertyNames: name,
    additionalProperties: { $ref: "#/$defs/values" },
  };
  const section: JsonSchema = {
    type: "object",
    propertyNames: name,
    additionalProperties: {
      type: ["object", "array"],
      if: { type: "array" },
      // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema.
      then: { type: "array", minItems: 1, items: { $ref: `#/$defs/${kind}` } },
      else: { $ref: `#/$defs/${kind}` },
    },
  };
  return [
    [kind, record],
    [sectionDefinition(kind), section],
  ];
}

function formalSchema(kind: RecordKind, { type, property }: Formal): JsonSchema {
  if (type === "time") {
    return { $ref: "#/$defs/dateTime" };
  }
  return kind === "hadMember" && property === "entity" ? { $ref: "#/$defs/names" } : name;
}
