import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blankNamespace,
  datatypes,
  type ExtraSection,
  equal,
  type Namespace,
  normalForm,
  type ProvDocument,
  type ProvRecord,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  sameDocument,
  typedLiteral,
  unify,
  uriOf,
  xsdNamespace,
} from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { ex, name, provn } from "../support/provn-records.js";
import { runs } from "../support/tier.js";

describe("equal", () => {
  test("documents that are the same are equal, others are not", () => {
    expect(equal(provn("entity(ex:e)"), provn("entity(ex:e)"))).toBe(true);
    expect(equal(provn("entity(ex:e)"), provn("entity(ex:f)"))).toBe(false);
    expect(equal(provn("entity(_:e)"), provn("entity(ex:e)"))).toBe(false);
  });

  test("blank ids of things may have other names", () => {
    const a = provn(
      "entity(_:x)\nentity(_:y)\nwasDerivedFrom(_:x, _:y, -, -, -)\nused(ex:a, _:y, -)",
    );
    const b = provn(
      "entity(_:p)\nentity(_:q)\nwasDerivedFrom(_:q, _:p, -, -, -)\nused(ex:a, _:p, -)",
    );
    const c = provn(
      "entity(_:p)\nentity(_:q)\nwasDerivedFrom(_:q, _:p, -, -, -)\nused(ex:a, _:q, -)",
    );
    expect(equal(a, b)).toBe(true);
    expect(equal(a, c)).toBe(false);
  });

  test("a swap of names that meet is no difference", () => {
    const a = provn("used(_:x, _:y, -)\nentity(_:y)");
    const b = provn("used(_:y, _:x, -)\nentity(_:x)");
    expect(sameDocument(a, b)).toBe(false);
    expect(equal(a, b)).toBe(true);
  });

  test("rings that only differ in how they are joined are told apart", () => {
    const ring = (edges: readonly string[]): ProvDocument =>
      provn(edges.map(([a, b]) => `alternateOf(_:${a}, _:${b})`).join("\n"));
    const six = ring(["ab", "bc", "cd", "de", "ef", "fa"]);
    const sixAgain = ring(["ca", "ab", "bf", "fe", "ed", "dc"]);
    const twoThrees = ring(["ab", "bc", "ca", "de", "ef", "fd"]);
    expect(equal(six, sixAgain)).toBe(true);
    expect(equal(six, twoThrees)).toBe(false);
  });

  test("the generation that a derivation refers to by an anonymous id counts", () => {
    const document = (used: string): ProvDocument =>
      provn(`wasGeneratedBy(_:g1; ex:e, ex:a, -)
        wasGeneratedBy(_:g2; ex:e, ex:b, -)
        wasDerivedFrom(ex:e, ex:f, ex:a, ${used}, -)`);
    const renamed = provn(`wasGeneratedBy(_:other; ex:e, ex:a, -)
      wasGeneratedBy(_:g2; ex:e, ex:b, -)
      wasDerivedFrom(ex:e, ex:f, ex:a, _:other, -)`);
    expect(equal(document("_:g1"), renamed)).toBe(true);
    expect(equal(document("_:g1"), document("_:g2"))).toBe(false);
  });

  test("bundles with blank ids are matched by their content", () => {
    const a = provn("bundle _:x\nentity(ex:e)\nbundle _:y\nentity(ex:f)");
    const b = provn("bundle _:y\nentity(ex:e)\nbundle _:x\nentity(ex:f)");
    const c = provn("bundle _:y\nentity(ex:e)\nbundle _:x\nentity(ex:e)");
    expect(equal(a, b)).toBe(true);
    expect(equal(a, c)).toBe(false);
  });

  test("many blank things that are alike are no trouble, a hard puzzle is given up in time", () => {
    const alike = (prefix: string): ProvDocument =>
      provn(Array.from({ length: 2000 }, (_, i) => `used(ex:a, _:${prefix}${i}, -)`).join("\n"));
    expect(equal(alike("x"), alike("y"))).toBe(true);
    const lattice = (prefix: string): ProvDocument =>
      provn(
        Array.from({ length: 400 }, (_, i) =>
          [1, 20].map((step) => `alternateOf(_:${prefix}${i}, _:${prefix}${(i + step) % 400})`),
        )
          .flat()
          .join("\n"),
      );
    expect(() => equal(lattice("x"), lattice("y"), { maxSteps: 1000 })).toThrow(
      expect.objectContaining({ code: "ERR_BUDGET" }),
    );
  });

  test("any document equals itself with its blank ids renamed and its records shuffled", () => {
    fc.assert(
      fc.property(provDocuments(), fc.integer(), (document, seed) => {
        const blank = withBlanks(document, "x");
        const other = withBlanks(shuffled(document, seed), "y");
        expect(equal(blank, other)).toBe(true);
        expect(normalForm(blank).records).toEqual(normalForm(other).records);
      }),
      { numRuns: runs(100) },
    );
  });
});

describe("normalForm", () => {
  test("sorts, merges, and spells times and numbers one way", () => {
    const document = provn(`used(_:u7; ex:a, ex:e, 2026-01-01T11:00:00.500+01:00)
      entity(ex:f)
      alternateOf(ex:z, ex:b)
      entity(ex:e, 'ex:T', 'ex:A')
      entity(ex:e, 'ex:T')
      used(ex:a, ex:e, 2026-01-01T10:00:00.5Z)`);
    expect(normalForm(document).records).toEqual(
      provn(`entity(ex:e, 'ex:A', 'ex:T')
        entity(ex:f)
        used(ex:a, ex:e, 2026-01-01T10:00:00.5Z)
        alternateOf(ex:b, ex:z)`).records,
    );
  });

  test("keeps only namespaces that are used", () => {
    const { namespaces } = normalForm({
      ...provn("entity(ex:e)"),
      namespaces: [{ prefix: "no", uri: "http://no/" }],
    });
    expect(namespaces.map(({ prefix }) => prefix)).toEqual(["ex"]);
  });

  test("keeps namespaces that only extra sections use", () => {
    const section = (name: string, content: unknown): ExtraSection => ({
      name,
      json: JSON.stringify(content),
    });
    const ns = (prefix: string, uri = `http://${prefix}/`): Namespace => ({ prefix, uri });
    const document: ProvDocument = {
      ...provn("entity(ex:e)"),
      namespaces: [ex, ..."no id att val typ ent fn arg key".split(" ").map((each) => ns(each))],
      extraSections: [
        section("hadDictionaryMember", {
          "id:m": {
            "prov:dictionary": "ex:e",
            "prov:key-entity-set": [{ key: { $: "key:k", type: "xsd:QName" }, $: "ent:e" }],
          },
        }),
        section("fn:of", {
          "_:x": {
            arguments: [{ id: "arg:a" }, { $: "no:text", type: "xsd:string" }, "no:text"],
            "att:a": [
              { $: "val:v", type: "prov:QUALIFIED_NAME" },
              { $: "1", type: "typ:t" },
            ],
          },
        }),
      ],
      // The bundle's `id` is another namespace than the document's.
      bundles: [
        {
          id: name("ex:b"),
          namespaces: [ns("id", "http://other/")],
          records: [],
          extraSections: [section("fn:of", { "id:m": { arguments: [] } })],
        },
      ],
    };
    const normal = normalForm(document);
    const prefixes = "arg att ent ex fn id id2 key prov typ val xsd".split(" ");
    expect(normal.namespaces.map(({ prefix }) => prefix)).toEqual(prefixes);
    expect(normal.namespaces.find(({ prefix }) => prefix === "id2")?.uri).toBe("http://other/");
    expect(normal.bundles[0]?.extraSections?.[0]?.json).toBe('{"id2:m":{"arguments":[]}}');
    expect(normalForm(normal)).toEqual(normal);
    const turned: ProvDocument = {
      ...document,
      namespaces: document.namespaces.toReversed(),
      extraSections: document.extraSections?.toReversed() ?? [],
    };
    expect(normalForm(turned)).toEqual(normal);
  });

  test("names of extra sections and of records have one prefix for a namespace", () => {
    const ex2 = { prefix: "a", uri: ex.uri };
    const normal = normalForm({
      ...provn("entity(ex:e)"),
      namespaces: [ex, ex2],
      extraSections: [{ name: "a:of", json: '{"a:x":{"arguments":[{"id":"ex:e"}]}}' }],
    });
    expect(normal.namespaces).toEqual([ex2]);
    expect(normal.records).toEqual([
      { kind: "entity", id: qualifiedName(ex2, "e"), attributes: [] },
    ]);
    expect(normal.extraSections).toEqual([
      { name: "a:of", json: '{"a:x":{"arguments":[{"id":"a:e"}]}}' },
    ]);
  });

  test("a section that is no JSON stays as it is", () => {
    const extraSections = [{ name: "odd", json: "{" }];
    expect(normalForm({ ...provn("entity(ex:e)"), extraSections }).extraSections).toEqual(
      extraSections,
    );
  });

  test("names of one namespace have one prefix, whatever the order of the records", () => {
    const ex2 = { prefix: "ex2", uri: ex.uri };
    // One id and two entities: these cannot be merged, so no name is taken from the other.
    const [first, second] = provn("wasGeneratedBy(ex:g; ex:a)\nwasGeneratedBy(ex:g; ex:d, ex:b)")
      .records as [ProvRecord, ProvRecord];
    const association: ProvRecord = {
      kind: "wasAssociatedWith",
      activity: name("ex:a"),
      plan: qualifiedName(ex2, "b"),
      attributes: [],
    };
    const onlyHere: ProvRecord = { kind: "entity", id: qualifiedName(ex2, "c"), attributes: [] };
    const records = [first, association, second, onlyHere];
    const normal = normalForm({ namespaces: [], records, bundles: [] });
    expect(normal.namespaces).toEqual([ex]);
    expect(normalForm(normal)).toEqual(normal);
    expect(normalForm({ namespaces: [], records: records.toReversed(), bundles: [] })).toEqual(
      normal,
    );
  });

  test("of the ids of one mention, the same is kept whatever the order of the records", () => {
    const { records } = provn(`mentionOf(_:m; ex:e, ex:f, ex:b)
      mentionOf(ex:n; ex:e, ex:f, ex:b)
      mentionOf(ex:m; ex:e, ex:f, ex:b)`);
    for (const order of [records, records.toReversed()]) {
      const normal = normalForm({ namespaces: [], records: order, bundles: [] });
      expect(normal.records).toEqual(provn("mentionOf(ex:m; ex:e, ex:f, ex:b)").records);
    }
  });

  test("a name whose URI is cut in two places is cut in one, and prov: and xsd: keep their own", () => {
    const web = { prefix: "a", uri: "http://" };
    const cut = (namespace: Namespace, full: string): QualifiedName =>
      qualifiedName(namespace, full.slice(namespace.uri.length));
    const names = [
      name("ex:e"),
      cut(web, `${ex.uri}e`),
      name("prov:Plan"),
      cut({ prefix: "a", uri: provNamespace.uri }, `${provNamespace.uri}Plan`),
      cut({ prefix: "b", uri: `${provNamespace.uri}Pl` }, `${provNamespace.uri}Plan`),
      cut({ prefix: "c", uri: `${ex.uri}e` }, `${ex.uri}e`),
    ];
    const int = cut(web, uriOf(datatypes.int));
    const document = (order: readonly QualifiedName[]): ProvDocument => ({
      namespaces: [],
      records: order.map((plan, i) => ({
        kind: "wasAssociatedWith",
        id: name(`ex:${i < 3 ? i : `${i}x`}`),
        activity: name("ex:a"),
        plan,
        attributes: [
          [name("ex:n"), typedLiteral("07", i % 2 === 0 ? int : datatypes.int)],
          [name("ex:n"), typedLiteral("7", i % 2 === 0 ? datatypes.int : int)],
        ],
      })),
      bundles: [{ id: cut(web, `${ex.uri}e`), namespaces: [], records: [] }],
    });
    const normal = normalForm(document(names));
    expect(normal.namespaces).toEqual([ex, provNamespace, xsdNamespace]);
    expect(normal.bundles.map(({ id }) => id)).toEqual([name("ex:e")]);
    expect(normal.records.map(({ attributes }) => attributes)).toEqual(
      names.map(() => [[name("ex:n"), typedLiteral("7", datatypes.int)]]),
    );
    expect(normalForm(normal)).toEqual(normal);
    expect(sameDocument(normal, document(names))).toBe(true);
  });

  test("says what the unified document says, and is its own normal form", () => {
    fc.assert(
      fc.property(provDocuments(), (document) => {
        const normal = normalForm(document);
        expect(sameDocument(normal, unify(document).document)).toBe(true);
        expect(normalForm(normal)).toEqual(normal);
      }),
      { numRuns: runs(100) },
    );
  });
});

// Names of things in ex: become blank, so that every document has some.
function withBlanks(document: ProvDocument, prefix: string): ProvDocument {
  const rename = (each: QualifiedName): QualifiedName =>
    each.local.length === 1
      ? qualifiedName(blankNamespace, `${prefix}${each.namespace.uri}${each.local}`)
      : each;
  const records = document.records.map((record) => {
    const renamed: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(record)) {
      renamed[key] = isName(value) && (key !== "id" || value.local !== "") ? rename(value) : value;
    }
    return Object.assign({ ...record }, renamed);
  });
  return { ...document, records };
}

function isName(value: unknown): value is QualifiedName {
  return typeof value === "object" && value !== null && "local" in value && "namespace" in value;
}

function shuffled(document: ProvDocument, seed: number): ProvDocument {
  const keyed = document.records.map((record, i) => ({ record, key: (i * 7919 + seed) % 13 }));
  return { ...document, records: keyed.sort((a, b) => a.key - b.key).map(({ record }) => record) };
}

test("the helper understands names", () => {
  expect(name("ex:a:b").local).toBe("a:b");
});
