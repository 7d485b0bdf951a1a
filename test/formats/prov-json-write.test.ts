import { describe, expect, test } from "vitest";
import {
  anonymousId,
  type Dialect,
  DocumentError,
  documentHead,
  parseProvJson,
  recordMember,
  writeProvJson,
} from "../../src/formats/index.js";
import {
  type Attribute,
  blankNamespace,
  datatypes,
  langString,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provName,
  qualifiedName,
  recordKinds,
  sameDocument,
  typedLiteral,
} from "../../src/prov/index.js";

const ex: Namespace = { prefix: "ex", uri: "http://example.org/" };
const yprov: Namespace = { prefix: "yprov4wfs", uri: "https://example.org/yprov#" };
const name = (local: string): ReturnType<typeof qualifiedName> => qualifiedName(ex, local);

function documentOf(...records: ProvRecord[]): ProvDocument {
  return { namespaces: [ex, yprov], records, bundles: [] };
}

function entity(...attributes: Attribute[]): ProvRecord {
  return { kind: "entity", id: name("e"), attributes };
}

function jsonOf(document: ProvDocument, dialect: Dialect = "shared"): Record<string, unknown> {
  return JSON.parse([...writeProvJson(document, { dialect })].join(""));
}

const mixed = entity(
  [provName("label"), "an entity"],
  [provName("type"), provName("Plan")],
  [qualifiedName(yprov, "status"), "success"],
  [name("n"), typedLiteral("9007199254740993", datatypes.long)],
  [provName("type"), name("T")],
  [name("note"), langString("bonjour", "fr")],
  [name("key"), "k"],
);

const typed = (text: string, type: string): object => ({ $: text, type });

describe("dialects", () => {
  test("shared keeps labels and yprov4wfs strings as scalars and all else in arrays", () => {
    expect(jsonOf(documentOf(mixed))["entity"]).toEqual({
      "ex:e": {
        "prov:label": "an entity",
        "prov:type": [
          typed("prov:Plan", "prov:QUALIFIED_NAME"),
          typed("ex:T", "prov:QUALIFIED_NAME"),
        ],
        "yprov4wfs:status": "success",
        "ex:n": [typed("9007199254740993", "xsd:long")],
        "ex:note": [{ $: "bonjour", lang: "fr" }],
        "ex:key": ["k"],
      },
    });
  });

  test("portable keeps everything in arrays", () => {
    expect(jsonOf(documentOf(mixed), "portable")["entity"]).toMatchObject({
      "ex:e": { "prov:label": ["an entity"], "yprov4wfs:status": ["success"], "ex:key": ["k"] },
    });
  });

  test("yprov writes plain types, moves the true ones and flattens bundles", () => {
    const bundle = { id: name("b"), namespaces: [], records: [entity([name("key"), "in"])] };
    const json = jsonOf({ ...documentOf(mixed), bundles: [bundle] }, "yprov");
    expect(json).not.toHaveProperty("bundle");
    expect(json["prefix"]).toHaveProperty("taskprov", "https://w3id.org/taskprov/terms#");
    expect(json["entity"]).toMatchObject({
      "ex:e": [
        {
          "prov:type": "prov:Entity",
          "taskprov:type": [
            typed("prov:Plan", "prov:QUALIFIED_NAME"),
            typed("ex:T", "prov:QUALIFIED_NAME"),
          ],
          "ex:key": "k",
        },
        { "prov:type": "prov:Entity", "ex:key": "in" },
      ],
    });
  });

  test("two labels, or a label in a language, have no scalar form", () => {
    const labels: Attribute[] = [
      [provName("label"), "a"],
      [provName("label"), "b"],
    ];
    expect(jsonOf(documentOf(entity(...labels)))["entity"]).toEqual({
      "ex:e": { "prov:label": ["a", "b"] },
    });
    expect(
      jsonOf(documentOf(entity([provName("label"), langString("a", "en")])))["entity"],
    ).toEqual({
      "ex:e": { "prov:label": [{ $: "a", lang: "en" }] },
    });
  });
});

describe("ids", () => {
  const used = (id?: ReturnType<typeof name>): ProvRecord => ({
    kind: "used",
    activity: name("a"),
    attributes: [],
    ...(id !== undefined && { id }),
  });
  const blank = (local: string): ReturnType<typeof name> => qualifiedName(blankNamespace, local);

  test("records that share a real id are an array, in their order, where the first stood", () => {
    const json = jsonOf(
      documentOf(
        entity([name("v"), "1"]),
        { kind: "entity", id: name("f"), attributes: [] },
        entity([name("v"), "2"]),
      ),
    );
    expect(Object.entries(json["entity"] ?? {})).toEqual([
      ["ex:e", [{ "ex:v": ["1"] }, { "ex:v": ["2"] }]],
      ["ex:f", {}],
    ]);
  });

  test("anonymous records never are: each gets a key of its own", () => {
    const json = jsonOf(
      documentOf(used(), used(blank("u2")), used(blank("u2")), used(), used(name("real"))),
    );
    expect(Object.keys(json["used"] ?? {})).toEqual(["_:u1", "_:u2", "_:u3", "_:u4", "ex:real"]);
  });

  test("keys of different kinds never meet", () => {
    const all = recordKinds.flatMap((kind) =>
      Array.from({ length: 2000 }, (_, n) => anonymousId(kind, n + 1)),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  test("a fresh key is never one that something refers to", () => {
    const derived: ProvRecord = {
      kind: "wasDerivedFrom",
      generatedEntity: name("e"),
      usedEntity: name("f"),
      usage: blank("u1"),
      attributes: [],
    };
    expect(Object.keys(jsonOf(documentOf(used(), derived))["used"] ?? {})).toEqual(["_:u2"]);
  });

  test("several entities under one blank id stay one entity", () => {
    const record = (value: string): ProvRecord => ({
      kind: "entity",
      id: blank("e"),
      attributes: [[name("v"), value]],
    });
    const document = documentOf(record("1"), record("2"));
    expect(jsonOf(document)["entity"]).toHaveProperty("_:e.length", 2);
  });
});

describe("prefixes", () => {
  test("prefix comes first, with prov and xsd at its head and no default", () => {
    const unprefixed = { prefix: "", uri: "http://example.org/d/" };
    const document: ProvDocument = {
      namespaces: [unprefixed, ex],
      records: [{ kind: "entity", id: qualifiedName(unprefixed, "e"), attributes: [] }],
      bundles: [],
    };
    const json = jsonOf(document);
    expect(Object.keys(json)[0]).toBe("prefix");
    expect(Object.entries(json["prefix"] ?? {})).toEqual([
      ["prov", "http://www.w3.org/ns/prov#"],
      ["xsd", "http://www.w3.org/2001/XMLSchema#"],
      ["ex", "http://example.org/"],
      ["ns1", "http://example.org/d/"],
    ]);
    expect(json["entity"]).toEqual({ "ns1:e": {} });
  });

  test("one IRI has one spelling, and a prefix one IRI", () => {
    const same = { prefix: "same", uri: ex.uri };
    const clash = { prefix: "ex", uri: "http://clash.org/" };
    const json = jsonOf(
      documentOf(
        { kind: "entity", id: qualifiedName(same, "e"), attributes: [] },
        { kind: "entity", id: qualifiedName(clash, "e"), attributes: [] },
      ),
    );
    expect(Object.keys(json["entity"] ?? {})).toEqual(["ex:e", "ns1:e"]);
    expect(json["prefix"]).toMatchObject({ ex: ex.uri, ns1: clash.uri });
  });

  test("undeclared namespaces are declared", () => {
    expect(jsonOf({ namespaces: [], records: [mixed], bundles: [] })["prefix"]).toHaveProperty(
      "ex",
      ex.uri,
    );
  });

  test("a bundle declares its prefixes again", () => {
    const bundle = { id: name("b"), namespaces: [ex], records: [entity()] };
    expect(jsonOf({ ...documentOf(), bundles: [bundle] })["bundle"]).toEqual({
      "ex:b": {
        prefix: {
          prov: "http://www.w3.org/ns/prov#",
          xsd: "http://www.w3.org/2001/XMLSchema#",
          ex: ex.uri,
        },
        entity: { "ex:e": {} },
      },
    });
  });

  test("documentHead is the beginning of the document", () => {
    const document = documentOf(mixed);
    expect([...writeProvJson(document)].join("")).toContain(
      documentHead(document.namespaces, "shared"),
    );
  });
});

describe("what cannot be written", () => {
  test("an attribute with the name of a formal property is a DocumentError", () => {
    const record: ProvRecord = {
      kind: "used",
      activity: name("a"),
      attributes: [[provName("time"), "2026-11-20T10:00:00Z"]],
    };
    expect(() => recordMember(record, "shared", "_:u1")).toThrow(DocumentError);
    expect(() => recordMember(record, "shared", "_:u1")).toThrow(
      /prov:time is a formal property of used.*`time`/,
    );
  });

  test("an extra section whose prefixes had to change is a DocumentError, not a false text", () => {
    const document = parseProvJson(
      '{"prefix":{"default":"http://d/"},"hadDictionaryMember":{"_:m":{"prov:dictionary":"d"}}}',
    );
    expect(() => [...writeProvJson(document)]).toThrow(/"hadDictionaryMember" cannot be kept/);
  });
});

describe("size", () => {
  test("a document of any size comes in chunks near 64 thousand characters", () => {
    const records = Array.from(
      { length: 3000 },
      (_, i): ProvRecord => ({
        kind: "entity",
        id: name(`e${i}`),
        attributes: [[name("text"), "x".repeat(200)]],
      }),
    );
    const chunks = [...writeProvJson(documentOf(...records))];
    expect(chunks.length).toBeGreaterThan(5);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(70_000);
  });

  test("a record with a hundred thousand attributes is written and read in linear time", () => {
    const attributes = Array.from(
      { length: 100_000 },
      (_, i): Attribute => [name(`p${i % 50_000}`), String(i)],
    );
    const document = documentOf(entity(...attributes));
    const read = parseProvJson([...writeProvJson(document)].join(""));
    expect(sameDocument(read, document, { strict: true })).toBe(true);
  });
});
