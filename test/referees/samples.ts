import type { Json, JsonObject } from "../support/prov-json-facts.js";

const prefix = {
  prov: "http://www.w3.org/ns/prov#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  run: "urn:uuid:7f3a0000-0000-4000-8000-000000000001#",
  task: "urn:uuid:7f3a0000-0000-4000-8000-000000000001#task/",
  data: "urn:uuid:7f3a0000-0000-4000-8000-000000000001#data/",
  fn: "urn:uuid:7f3a0000-0000-4000-8000-000000000001#fn/",
  taskprov: "https://w3id.org/taskprov/terms#",
  provone: "http://purl.dataone.org/provone/2015/01/15/ontology#",
  yprov4wfs: "https://github.com/HPCI-Lab/yProv4WFs#",
};

const named = (name: string): JsonObject => ({ $: name, type: "prov:QUALIFIED_NAME" });
const typed = (text: string, type: string): JsonObject => ({ $: text, type });

const entity = { "prov:label": "e", "prov:type": [named("taskprov:Data")] };
const activity = {
  "prov:label": "a",
  "prov:startTime": "2026-11-20T10:00:01.300001Z",
  "prov:endTime": "2026-11-20T10:00:01.400002Z",
  "prov:type": [named("taskprov:TaskAttempt"), named("provone:Execution")],
};

/** A failed attempt, its retry, a dependent and a release, in the `shared` dialect. */
const retry: JsonObject = {
  prefix,
  entity: {
    "data:load": {
      "prov:label": "load",
      "prov:type": [named("taskprov:Data")],
      "taskprov:key": ["load"],
      "taskprov:nbytes": [typed("9007199254740993", "xsd:long")],
      "yprov4wfs:dtype": "list[int]",
    },
    "data:load.e1": {
      "prov:label": "ValueError",
      "prov:type": [named("taskprov:Exception")],
      "taskprov:exceptionType": ["builtins.ValueError"],
      "taskprov:message": ['flaky "disk"\n\ttab, \\ backslash, é, 😀, \u2028'],
    },
    "data:load.apath": { "prov:value": ["a.csv"], "prov:type": [named("taskprov:Literal")] },
    "fn:load": { "prov:type": [named("prov:Plan"), named("provone:Program")] },
  },
  activity: {
    "run:workflow": { "prov:label": "workflow", "yprov4wfs:level": "0" },
    "task:load": { ...activity, "taskprov:attempt": [typed("1", "xsd:int")] },
    "task:load.2": {
      ...activity,
      "prov:startTime": "2026-11-20T10:00:01.500000Z",
      "prov:endTime": "2026-11-20T10:00:01.700000Z",
      "taskprov:ratio": [typed("0.1", "xsd:double"), typed("INF", "xsd:double")],
      "taskprov:flag": [typed("true", "xsd:boolean")],
    },
  },
  agent: {
    "run:worker.w0": { "prov:type": [named("prov:SoftwareAgent"), named("taskprov:Worker")] },
    "run:scheduler": { "prov:type": [named("prov:SoftwareAgent")] },
  },
  wasGeneratedBy: {
    "_:g1": {
      "prov:entity": "data:load.e1",
      "prov:activity": "task:load",
      "prov:time": "2026-11-20T10:00:01.400002Z",
    },
    "_:g2": {
      "prov:entity": "data:load",
      "prov:activity": "task:load.2",
      "prov:time": "2026-11-20T10:00:01.700000Z",
    },
  },
  used: {
    "_:u1": {
      "prov:activity": "task:load.2",
      "prov:entity": "data:load.apath",
      "prov:role": ["path"],
    },
  },
  wasInformedBy: { "_:i1": { "prov:informed": "task:load", "prov:informant": "run:workflow" } },
  wasStartedBy: {
    "_:s1": {
      "prov:activity": "task:load.2",
      "prov:trigger": "data:load.e1",
      "prov:starter": "task:load",
    },
  },
  wasInvalidatedBy: {
    "_:v1": { "prov:entity": "data:load", "prov:time": "2026-11-20T10:00:02.000000Z" },
  },
  wasAssociatedWith: {
    "_:a1": {
      "prov:activity": "task:load.2",
      "prov:agent": "run:worker.w0",
      "prov:plan": "fn:load",
    },
  },
  actedOnBehalfOf: {
    "_:d1": { "prov:delegate": "run:worker.w0", "prov:responsible": "run:scheduler" },
  },
};

/** One record of every kind that all referees read (no hadMember, mentionOf, bundles). */
const everyKind: JsonObject = {
  prefix,
  entity: { "data:a": entity, "data:b": entity, "data:c": entity },
  activity: { "task:p": activity, "task:q": activity },
  agent: { "run:x": {}, "run:y": {} },
  wasGeneratedBy: { "run:g": { "prov:entity": "data:b", "prov:activity": "task:p" } },
  used: { "run:u": { "prov:activity": "task:p", "prov:entity": "data:a" } },
  wasInformedBy: { "_:1": { "prov:informed": "task:q", "prov:informant": "task:p" } },
  wasStartedBy: { "_:2": { "prov:activity": "task:q", "prov:trigger": "data:b" } },
  wasEndedBy: { "_:3": { "prov:activity": "task:q", "prov:trigger": "data:b" } },
  wasInvalidatedBy: { "_:4": { "prov:entity": "data:c", "prov:activity": "task:q" } },
  wasDerivedFrom: {
    "_:5": {
      "prov:generatedEntity": "data:b",
      "prov:usedEntity": "data:a",
      "prov:activity": "task:p",
      "prov:generation": "run:g",
      "prov:usage": "run:u",
    },
  },
  wasAttributedTo: { "_:6": { "prov:entity": "data:c", "prov:agent": "run:x" } },
  wasAssociatedWith: { "_:7": { "prov:activity": "task:p", "prov:agent": "run:x" } },
  actedOnBehalfOf: { "_:8": { "prov:delegate": "run:x", "prov:responsible": "run:y" } },
  wasInfluencedBy: { "_:9": { "prov:influencee": "data:c", "prov:influencer": "data:a" } },
  specializationOf: { "_:10": { "prov:specificEntity": "data:c", "prov:generalEntity": "data:a" } },
  alternateOf: { "_:11": { "prov:alternate1": "data:c", "prov:alternate2": "data:a" } },
};

const minimal: JsonObject = { prefix, activity: { "run:workflow": {} } };

/** Documents every referee accepts. */
export const accepted: readonly (readonly [name: string, document: JsonObject])[] = [
  ["a retry", retry],
  ["every kind of record", everyKind],
  ["a run without tasks", minimal],
];

/** A document that at least the named referees must reject, each with a reason like the pattern. */
export interface Control {
  readonly name: string;
  readonly document: JsonObject;
  readonly prov3?: RegExp;
  readonly prov2?: RegExp;
  readonly provtoolbox?: RegExp;
  readonly w3c?: RegExp;
}

const withEntity = (attributes: { readonly [k: string]: Json }): JsonObject => ({
  prefix,
  entity: { "data:a": attributes },
});

/** Negative controls: a referee that accepts its row here judges nothing. */
export const controls: readonly Control[] = [
  {
    name: "a prefix nobody declared",
    document: { prefix, entity: { "nowhere:a": {} } },
    prov3: /identifier/i,
    prov2: /identifier/i,
    provtoolbox: /reading/,
  },
  {
    name: "a time that does not exist",
    document: { prefix, activity: { "task:p": { "prov:startTime": "2026-13-01T00:00:00Z" } } },
    prov3: /Warning|attribute values/,
    prov2: /attribute values|equal|differs|Error/,
    provtoolbox: /reading/,
  },
  {
    name: "an attribute that is null",
    document: withEntity({ "taskprov:key": null }),
    prov3: /attribute values|Error|Warning/,
    prov2: /attribute values|Error/,
    w3c: /taskprov:key/,
  },
  {
    name: "a key that PROV-JSON does not know",
    document: { prefix, $schema: "x" },
    prov3: /Error|schema/,
    prov2: /Error|schema/,
    w3c: /additional properties/,
  },
  {
    name: "a number in an attribute array",
    document: withEntity({ "taskprov:key": [5] }),
    provtoolbox: /UnsupportedOperationException/,
  },
  {
    name: "the prefixes after the records",
    document: { entity: { "data:a": {} }, prefix },
    provtoolbox: /reading: NullPointerException/,
  },
  {
    name: "two records under one id",
    document: { prefix, entity: { "data:a": [{}, {}] } },
    provtoolbox: /reading/,
    w3c: /must be object/,
  },
  {
    name: "two members in one hadMember",
    document: {
      prefix,
      hadMember: { "_:m": { "prov:collection": "data:a", "prov:entity": ["data:b", "data:c"] } },
    },
    w3c: /prov:entity/,
  },
  {
    name: "an entity that is an activity too",
    document: { prefix, entity: { "data:a": {} }, activity: { "data:a": {} } },
    provtoolbox: /typing|overlap/,
  },
  {
    name: "data derived from itself through other data",
    document: {
      prefix,
      entity: { "data:a": {}, "data:b": {} },
      wasDerivedFrom: {
        "_:1": { "prov:generatedEntity": "data:a", "prov:usedEntity": "data:b" },
        "_:2": { "prov:generatedEntity": "data:b", "prov:usedEntity": "data:a" },
      },
    },
    provtoolbox: /cycle/,
  },
  {
    name: "data generated at two times by one activity",
    document: {
      prefix,
      entity: { "data:a": {} },
      activity: { "task:p": {} },
      wasGeneratedBy: {
        "_:1": {
          "prov:entity": "data:a",
          "prov:activity": "task:p",
          "prov:time": "2026-11-20T10:00:01Z",
        },
        "_:2": {
          "prov:entity": "data:a",
          "prov:activity": "task:p",
          "prov:time": "2026-11-20T10:00:02Z",
        },
      },
    },
    provtoolbox: /merge failed/,
  },
];
