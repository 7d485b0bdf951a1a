import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blankNamespace,
  datatypes,
  langString,
  type Namespace,
  type ProvDocument,
  type ProvRecord,
  provName,
  qualifiedName,
  sameAttributes,
  sameDocument,
  sameRecord,
  typedLiteral,
  type Value,
  valueKey,
  xsdName,
} from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";

const ex: Namespace = { prefix: "ex", uri: "http://example.org/" };
const renamed: Namespace = { prefix: "other", uri: "http://example.org/" };
const a = qualifiedName(ex, "a");
const b = qualifiedName(ex, "b");

function documentOf(...records: ProvRecord[]): ProvDocument {
  return { namespaces: [ex], records, bundles: [] };
}

describe("sameDocument", () => {
  test("order, repetition and prefixes do not matter, but strict counts repetitions", () => {
    fc.assert(
      fc.property(provDocuments(), fc.infiniteStream(fc.nat()), (document, random) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, rank: random.next().value ?? 0 }))
            .sort((x, y) => x.rank - y.rank)
            .map(({ item }) => item);
        const other: ProvDocument = {
          namespaces: [],
          records: shuffled(document.records).map((record) => ({
            ...record,
            attributes: shuffled(record.attributes),
          })),
          bundles: shuffled(document.bundles),
        };
        expect(sameDocument(document, other, { strict: true })).toBe(true);
        const [first] = other.records;
        if (first !== undefined) {
          const repeated = { ...other, records: [...other.records, first] };
          expect(sameDocument(document, repeated)).toBe(true);
          expect(sameDocument(document, repeated, { strict: true })).toBe(false);
        }
      }),
    );
  });

  test("a document without one of its records is another one", () => {
    const records: ProvRecord[] = [
      { kind: "entity", id: a, attributes: [] },
      { kind: "agent", id: a, attributes: [] },
    ];
    expect(sameDocument(documentOf(...records), documentOf(...records.slice(1)))).toBe(false);
    expect(sameDocument(documentOf(...records.slice(1)), documentOf(...records))).toBe(false);
  });

  test("bundles are compared by id, and are no part of the document's own records", () => {
    const records: ProvRecord[] = [{ kind: "entity", id: a, attributes: [] }];
    const inBundle = { ...documentOf(), bundles: [{ id: b, namespaces: [], records }] };
    const inOther = { ...documentOf(), bundles: [{ id: a, namespaces: [], records }] };
    expect(sameDocument(inBundle, inOther)).toBe(false);
    expect(sameDocument(inBundle, documentOf(...records))).toBe(false);
  });
});

describe("sameRecord", () => {
  const used = (fields: Partial<Extract<ProvRecord, { kind: "used" }>>): ProvRecord => ({
    kind: "used",
    activity: a,
    attributes: [],
    ...fields,
  });

  test.each<[string, ProvRecord, ProvRecord, boolean]>([
    ["a prefix is no identity", used({}), used({ activity: qualifiedName(renamed, "a") }), true],
    [
      "the split of an IRI is no identity",
      used({}),
      used({ activity: qualifiedName({ prefix: "x", uri: "http://example." }, "org/a") }),
      true,
    ],
    ["an anonymous id is none", used({}), used({ id: qualifiedName(blankNamespace, "x") }), true],
    ["a real id counts", used({}), used({ id: b }), false],
    ["another formal counts", used({ entity: a }), used({ entity: b }), false],
    ["a missing formal counts", used({ entity: a }), used({}), false],
    [
      "an instant is the same in every offset",
      used({ time: "2026-11-20T12:00:00+02:00" }),
      used({ time: "2026-11-20T10:00:00.000Z" }),
      true,
    ],
    [
      "a zone-less time is no zoned one",
      used({ time: "2026-11-20T10:00:00" }),
      used({ time: "2026-11-20T10:00:00Z" }),
      false,
    ],
    [
      "nanoseconds count",
      used({ time: "2026-11-20T10:00:00.000000001Z" }),
      used({ time: "2026-11-20T10:00:00Z" }),
      false,
    ],
    [
      "alternateOf is symmetric",
      { kind: "alternateOf", alternate1: a, alternate2: b, attributes: [] },
      { kind: "alternateOf", alternate1: b, alternate2: a, attributes: [] },
      true,
    ],
    [
      "specializationOf is not",
      { kind: "specializationOf", specificEntity: a, generalEntity: b, attributes: [] },
      { kind: "specializationOf", specificEntity: b, generalEntity: a, attributes: [] },
      false,
    ],
    [
      "blank elements are told apart",
      { kind: "entity", id: qualifiedName(blankNamespace, "x"), attributes: [] },
      { kind: "entity", id: qualifiedName(blankNamespace, "y"), attributes: [] },
      false,
    ],
  ])("%s", (_, left, right, same) => {
    expect(sameRecord(left, right)).toBe(same);
  });
});

describe("values", () => {
  const literal = (text: string, type: string): Value => typedLiteral(text, xsdName(type));

  test.each<[Value, Value, boolean]>([
    ["x", literal("x", "string"), true],
    ["x", langString("x", "en"), false],
    [langString("x", "en"), langString("x", "en-GB"), false],
    [literal("NaN", "double"), literal("NaN", "double"), true],
    [literal("1.0", "double"), literal("1e0", "double"), true],
    [literal("1.0", "double"), literal("1.0", "float"), false],
    [literal("0.1", "float"), literal("0.10000000149", "float"), true],
    [literal("INF", "double"), literal("1e999", "double"), true],
    [literal("INF", "double"), literal("-INF", "double"), false],
    [literal("007", "int"), literal("7", "int"), true],
    [literal("-0", "int"), literal("0", "int"), true],
    [literal("7", "int"), literal("7", "integer"), false],
    [literal("7", "int"), "7", false],
    [literal("9007199254740993", "long"), literal("9007199254740992", "long"), false],
    [literal("1", "boolean"), literal("true", "boolean"), true],
    [literal("yes", "boolean"), literal("true", "boolean"), false],
    [literal("1.10", "decimal"), literal("01.1", "decimal"), true],
    [literal(".", "decimal"), literal("0", "decimal"), false],
    [
      literal("2026-11-20T10:00:00Z", "dateTime"),
      literal("2026-11-20T11:00:00+01:00", "dateTime"),
      true,
    ],
    [qualifiedName(ex, "T"), qualifiedName(renamed, "T"), true],
    [qualifiedName(ex, "T"), "http://example.org/T", false],
    [
      typedLiteral("x", qualifiedName(ex, "t")),
      typedLiteral("x", qualifiedName(renamed, "t")),
      true,
    ],
    [typedLiteral("x", qualifiedName(ex, "t")), typedLiteral("x", qualifiedName(ex, "u")), false],
  ])("%j and %j: equal is %s", (left, right, same) => {
    expect(valueKey(left) === valueKey(right)).toBe(same);
  });

  test("attributes are sets by default and bags when strict", () => {
    const once = [[provName("label"), "x"]] as const;
    const twice = [...once, ...once];
    expect(sameAttributes(once, twice)).toBe(true);
    expect(sameAttributes(once, twice, { strict: true })).toBe(false);
    expect(sameAttributes(once, [[provName("type"), "x"]])).toBe(false);
    expect(valueKey(typedLiteral("1", datatypes.int))).not.toBe(valueKey("1"));
  });
});
