import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sameDocument, unify } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { provn } from "../support/provn-records.js";
import { runs } from "../support/tier.js";

function expectUnified(before: string, after: string): void {
  const { document, conflicts } = unify(provn(before));
  expect(conflicts).toEqual([]);
  expect(document).toEqual(provn(after));
}

describe("unify", () => {
  test("records of one id become one, with all their attributes and times", () => {
    expectUnified(
      `activity(ex:a, 2026-01-01T10:00:00Z, -, 'ex:T')
       entity(ex:e)
       activity(ex:a, -, 2026-01-01T11:00:00Z, 'ex:U', 'ex:T')`,
      `activity(ex:a, 2026-01-01T10:00:00Z, 2026-01-01T11:00:00Z, 'ex:T', 'ex:U')
       entity(ex:e)`,
    );
  });

  test("what one relation leaves out is taken from the other of that id", () => {
    expectUnified(
      `wasGeneratedBy(ex:g; ex:e, -, 2026-01-01T10:00:00Z)
       wasGeneratedBy(ex:g; ex:e, ex:a, -)`,
      "wasGeneratedBy(ex:g; ex:e, ex:a, 2026-01-01T10:00:00Z)",
    );
  });

  test.each([
    ["generation", "wasGeneratedBy(ex:x; ex:e, ex:a, -)", "wasGeneratedBy(ex:e, ex:a, -, 'ex:T')"],
    ["invalidation", "wasInvalidatedBy(ex:x; ex:e, ex:a, -)", "wasInvalidatedBy(ex:e, ex:a, -)"],
    ["start", "wasStartedBy(ex:x; ex:a, -, ex:b, -)", "wasStartedBy(ex:a, ex:e, ex:b, -)"],
    ["end", "wasEndedBy(ex:x; ex:a, -, ex:b, -)", "wasEndedBy(ex:a, ex:e, ex:b, -)"],
  ])("the same %s twice is one, under the id that one has", (_, first, second) => {
    const { document, conflicts } = unify(provn(`${first}\n${second}`));
    expect(conflicts).toEqual([]);
    expect(document.records).toHaveLength(1);
    expect(document.records[0]?.id?.local).toBe("x");
  });

  test("what is unknown in both stays apart: two generations by unknown activities", () => {
    const text = "wasGeneratedBy(ex:g; ex:e, -, -)\nwasGeneratedBy(ex:h; ex:e, -, -)";
    expectUnified(text, text);
  });

  test("a value found late reaches what was merged before (PROV-CONSTRAINTS 26, 23, 26 again)", () => {
    expectUnified(
      `wasStartedBy(ex:s; ex:a, -, -, 2026-01-01T10:00:00Z)
       wasStartedBy(ex:a, ex:e, ex:b, -)
       wasStartedBy(ex:s; ex:a, -, ex:b, -)`,
      "wasStartedBy(ex:s; ex:a, ex:e, ex:b, 2026-01-01T10:00:00Z)",
    );
  });

  test("a derivation tells what its generation leaves out (inference 11)", () => {
    expectUnified(
      `wasGeneratedBy(ex:g; ex:e, -, -)
       wasDerivedFrom(ex:e, ex:f, ex:a, ex:g, -)`,
      `wasGeneratedBy(ex:g; ex:e, ex:a, -)
       wasDerivedFrom(ex:e, ex:f, ex:a, ex:g, -)`,
    );
  });

  test("a derivation's generation becomes known by its activity (constraint 24)", () => {
    expectUnified(
      `wasGeneratedBy(ex:g; ex:e, ex:a, -)
       wasDerivedFrom(ex:e, ex:f, ex:a, -, -)`,
      `wasGeneratedBy(ex:g; ex:e, ex:a, -)
       wasDerivedFrom(ex:e, ex:f, ex:a, ex:g, -)`,
    );
  });

  test("an anonymous generation that a derivation refers to keeps its id", () => {
    const text = `wasGeneratedBy(_:g; ex:e, ex:a, -)
      wasDerivedFrom(ex:e, ex:f, ex:a, _:g, -)`;
    expectUnified(text, text);
  });

  test("usages have no key but their id: two of them may be two", () => {
    const text = "used(ex:u; ex:a, ex:e, -)\nused(ex:v; ex:a, ex:e, -)\nused(ex:a, ex:e, -)";
    expectUnified(text, text);
  });

  test("identical records without an id collapse", () => {
    expectUnified("used(ex:a, ex:e, -)\nused(_:u; ex:a, ex:e, -)", "used(ex:a, ex:e, -)");
  });

  test("a plan that is given and one that is not are a conflict, an agent is not", () => {
    const { document, conflicts } = unify(
      provn(`wasAssociatedWith(ex:x; ex:a, ex:g, ex:p)
        wasAssociatedWith(ex:x; ex:a, ex:g, -)
        wasAssociatedWith(ex:y; ex:a, ex:g, ex:p)
        wasAssociatedWith(ex:y; ex:a, -, ex:p)`),
    );
    expect(conflicts).toMatchObject([
      { constraint: 23, property: "plan", values: ["ex:p", "-"], kind: "wasAssociatedWith" },
    ]);
    expect(document.records).toHaveLength(3);
  });

  test("a conflict names the record that brought the value, and leaves both as they were", () => {
    const text = `wasStartedBy(ex:s; ex:a, -, ex:b, -)
      wasStartedBy(ex:s; ex:a, -, -, 2011-11-16T16:05:00Z)
      wasStartedBy(ex:a, ex:e, ex:b, 2012-11-16T16:05:00Z)`;
    const { document, conflicts } = unify(provn(text));
    const { records } = provn(text);
    expect(conflicts).toEqual([
      {
        constraint: 23,
        because: 26,
        kind: "wasStartedBy",
        property: "time",
        values: ["2011-11-16T16:05:00Z", "2012-11-16T16:05:00Z"],
        records: [records[1], records[2]],
      },
    ]);
    expect(document.records).toEqual(records);
  });

  test("bundles are looked at by themselves, those of one id together", () => {
    const { document } = unify(
      provn(`activity(ex:a, 2026-01-01T10:00:00Z, -)
        bundle ex:b
        activity(ex:a, -, 2026-01-01T11:00:00Z)
        bundle ex:b
        activity(ex:a, 2026-01-01T09:00:00Z, -)`),
    );
    expect(document.bundles).toHaveLength(1);
    expect(document.records).toEqual(provn("activity(ex:a, 2026-01-01T10:00:00Z, -)").records);
    expect(document.bundles[0]?.records).toEqual(
      provn("activity(ex:a, 2026-01-01T09:00:00Z, 2026-01-01T11:00:00Z)").records,
    );
  });

  test("times of one instant are one, whatever their offset", () => {
    const { conflicts } = unify(
      provn(`activity(ex:a, 2026-01-01T10:00:00Z, -)
        activity(ex:a, 2026-01-01T11:00:00.0+01:00, -)`),
    );
    expect(conflicts).toEqual([]);
  });

  test("whatever the document, unifying twice is unifying once", () => {
    fc.assert(
      fc.property(provDocuments(), (document) => {
        const once = unify(document);
        const twice = unify(once.document);
        expect(sameDocument(once.document, twice.document)).toBe(true);
        expect(twice.conflicts.length).toBe(once.conflicts.length);
      }),
      { numRuns: runs(200) },
    );
  });

  test("a chain of ten thousand values that become known one by one takes a moment", () => {
    const count = 10_000;
    const lines = ["wasGeneratedBy(ex:g0; ex:e0, ex:a, -)"];
    for (let i = 0; i < count; i++) {
      lines.push(`wasStartedBy(ex:s${i}; ex:a${i}, ex:e${i}, ex:b, -)`);
      lines.push(`wasStartedBy(ex:a${i}, -, ex:b, -)`);
    }
    const document = provn(lines.join("\n"));
    const start = performance.now();
    const { document: unified, conflicts } = unify(document);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(conflicts).toEqual([]);
    expect(unified.records).toHaveLength(count + 1);
  });
});
