import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { merge, type ProvDocument, sameDocument, stats } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { ex, provn } from "../support/provn-records.js";
import { runs } from "../support/tier.js";

const other = { prefix: "ex", uri: "http://other.org/" };

function elsewhere(document: ProvDocument): ProvDocument {
  const text = JSON.stringify(document).replaceAll(JSON.stringify(ex), JSON.stringify(other));
  const moved: ProvDocument = JSON.parse(text);
  return moved;
}

describe("merge", () => {
  test("documents of one run are joined where they speak of the same", () => {
    const { document, conflicts } = merge([
      provn("activity(ex:a, 2026-01-01T10:00:00Z, -)\nused(ex:a, ex:e, -)"),
      provn("activity(ex:a, -, 2026-01-01T11:00:00Z)\nused(ex:a, ex:e, -)"),
    ]);
    expect(conflicts).toEqual([]);
    expect(document.records).toEqual(
      provn("activity(ex:a, 2026-01-01T10:00:00Z, 2026-01-01T11:00:00Z)\nused(ex:a, ex:e, -)")
        .records,
    );
  });

  test("a prefix of two namespaces is renamed where it came second", () => {
    const { document, renamedPrefixes } = merge([
      provn("entity(ex:e)"),
      elsewhere(provn("entity(ex:e)\nbundle ex:b\nentity(ex:e)")),
    ]);
    expect(renamedPrefixes).toEqual([{ prefix: "ex", uri: other.uri, newPrefix: "ex2" }]);
    expect(document.records.map(({ id }) => id?.namespace)).toEqual([
      ex,
      { prefix: "ex2", uri: other.uri },
    ]);
    expect(document.bundles[0]?.id.namespace.prefix).toBe("ex2");
    expect(document.namespaces).toContainEqual({ prefix: "ex2", uri: other.uri });
  });

  test("blank ids of two documents stay two things", () => {
    const { document } = merge([provn("entity(_:e, 'ex:T')"), provn("entity(_:e, 'ex:U')")]);
    expect(document.records).toHaveLength(2);
    expect(new Set(document.records.map(({ id }) => id?.local)).size).toBe(2);
  });

  test("bundles are kept, those of one id joined", () => {
    const { document } = merge([
      provn("bundle ex:b\nentity(ex:e)"),
      provn("bundle ex:b\nentity(ex:f)\nbundle ex:c\nentity(ex:e)"),
    ]);
    expect(document.bundles.map(({ id, records }) => [id.local, records.length])).toEqual([
      ["b", 2],
      ["c", 1],
    ]);
  });

  test("what contradicts is told and kept", () => {
    const { document, conflicts } = merge([
      provn("activity(ex:a, 2026-01-01T10:00:00Z, -)"),
      provn("activity(ex:a, 2026-01-02T10:00:00Z, -)"),
    ]);
    expect(conflicts).toMatchObject([{ constraint: 22, property: "startTime" }]);
    expect(document.records).toHaveLength(2);
  });

  test("sections that are not of PROV-DM are joined, with their prefixes and blank ids", () => {
    const withSection = (document: ProvDocument, key: string): ProvDocument => ({
      ...document,
      extraSections: [
        {
          name: "hadDictionaryMember",
          json: `{"_:m":{"prov:dictionary":"ex:d","prov:entity":"ex:e","prov:key":[{"$":"${key}","type":"ex:t"}]}}`,
        },
      ],
    });
    const { document } = merge([
      withSection(provn("entity(ex:e)"), "ex:k"),
      withSection(elsewhere(provn("entity(ex:e)")), "ex:k"),
    ]);
    const [section, ...rest] = document.extraSections ?? [];
    expect(rest).toEqual([]);
    expect(JSON.parse(section?.json ?? "")).toEqual({
      "_:m": {
        "prov:dictionary": "ex:d",
        "prov:entity": "ex:e",
        "prov:key": [{ $: "ex:k", type: "ex:t" }],
      },
      "_:d2-m": {
        "prov:dictionary": "ex2:d",
        "prov:entity": "ex2:e",
        "prov:key": [{ $: "ex:k", type: "ex2:t" }],
      },
    });
  });

  test("names as values in such sections get the new prefix, texts do not", () => {
    const withSections = (document: ProvDocument): ProvDocument => ({
      ...document,
      extraSections: [
        {
          name: "derivedByInsertionFrom",
          json: JSON.stringify({
            "ex:i": {
              "prov:after": "ex:d2",
              "prov:before": "ex:d1",
              "prov:label": "ex:text",
              "prov:key-entity-set": [
                { key: "ex:text", $: "ex:e" },
                { key: { $: "ex:name", type: "prov:QUALIFIED_NAME" }, $: "ex:e" },
              ],
            },
            "ex:j": {
              "prov:after": "ex:d2",
              "prov:before": "ex:d1",
              "prov:key-entity-set": { "$key-datatype": "xsd:string", "ex:text": "ex:e" },
            },
          }),
        },
        {
          name: "ex:of",
          json: '{"_:x":{"arguments":[{"id":"ex:e"},{"record":"ex:in","arguments":[]},{"$":"ex:text","type":"ex:t"}]}}',
        },
      ],
    });
    const { document } = merge([provn("entity(ex:e)"), withSections(elsewhere(provn("")))]);
    const [first, second] = document.extraSections ?? [];
    expect(JSON.parse(first?.json ?? "")).toEqual({
      "ex2:i": {
        "prov:after": "ex2:d2",
        "prov:before": "ex2:d1",
        "prov:label": "ex:text",
        "prov:key-entity-set": [
          { key: "ex:text", $: "ex2:e" },
          { key: { $: "ex2:name", type: "prov:QUALIFIED_NAME" }, $: "ex2:e" },
        ],
      },
      "ex2:j": {
        "prov:after": "ex2:d2",
        "prov:before": "ex2:d1",
        "prov:key-entity-set": { "$key-datatype": "xsd:string", "ex:text": "ex2:e" },
      },
    });
    expect(second?.name).toBe("ex2:of");
    expect(JSON.parse(second?.json ?? "")).toEqual({
      "_:d2-x": {
        arguments: [
          { id: "ex2:e" },
          { record: "ex2:in", arguments: [] },
          { $: "ex:text", type: "ex2:t" },
        ],
      },
    });
  });

  test("merging a document with nothing, or without unifying, changes nothing of what it says", () => {
    fc.assert(
      fc.property(provDocuments(), (document) => {
        const { document: merged } = merge([document, provn("")], { unify: false });
        expect(sameDocument(merged, document)).toBe(true);
        const prefixes = merged.namespaces.map(({ prefix }) => prefix);
        expect(new Set(prefixes).size).toBe(prefixes.length);
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("stats", () => {
  test("counts kinds, things, types, bundles and the time between first and last", () => {
    const found = stats(
      provn(`entity(ex:e, 'ex:T')
        entity(ex:f, 'ex:T', 'ex:U')
        activity(ex:a, 2026-01-01T10:00:00Z, 2026-01-01T12:00:00+01:00)
        used(ex:a, ex:g, 2026-01-01T10:30:00Z)
        bundle ex:b
        entity(ex:e)`),
    );
    expect(found).toEqual({
      records: 5,
      kinds: { entity: 3, activity: 1, used: 1 },
      bundles: { "ex:b": 1 },
      things: 5,
      undescribed: 1,
      types: { "ex:T": 2, "ex:U": 1 },
      attributes: { "prov:type": 3 },
      firstTime: "2026-01-01T10:00:00Z",
      lastTime: "2026-01-01T12:00:00+01:00",
    });
  });

  test("an empty document has no times", () => {
    expect(stats(provn(""))).toMatchObject({ records: 0, things: 0 });
    expect("firstTime" in stats(provn(""))).toBe(false);
  });
});
