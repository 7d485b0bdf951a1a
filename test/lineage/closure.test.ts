import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openLineage } from "../../src/lineage/lineage.js";
import { uriOf } from "../../src/prov/names.js";
import type { ProvDocument } from "../../src/prov/records.js";
import { provDocuments } from "../arbitraries-prov.js";
import { documentOf, randomRuns } from "./random-runs.js";
import { keyOfRecord, referenceClosure, urisOfKey } from "./reference.js";

/** Full URIs of ids as the document spells them. */
function urisOf(document: ProvDocument, ids: readonly string[]): string[] {
  return ids
    .map((id) => {
      const at = id.indexOf(":");
      const space = document.namespaces.find(({ prefix }) => prefix === id.slice(0, at));
      return (space?.uri ?? "") + id.slice(at + 1);
    })
    .sort((a, b) => (a < b ? -1 : 1));
}

const keys = (document: ProvDocument): string[] => [
  ...new Set(document.records.flatMap((record) => keyOfRecord(record) ?? [])),
];

const unlimited = { limit: Number.POSITIVE_INFINITY };

describe("lineage of random runs", () => {
  test("why equals the plain reading of the records, at every depth", async () => {
    await fc.assert(
      fc.asyncProperty(randomRuns, fc.option(fc.nat(4), { nil: undefined }), async (run, depth) => {
        const document = documentOf(run.events);
        using lineage = await openLineage(document);
        for (const key of keys(document)) {
          const how = depth === undefined ? unlimited : { ...unlimited, depth };
          const answer = lineage.why(key, how);
          const starts = urisOf(document, answer.starts);
          const expected = referenceClosure(document.records, starts, "up", depth);
          expect(
            urisOf(
              document,
              answer.items.map(({ id }) => id),
            ),
          ).toEqual([...expected.keys()].sort((a, b) => (a < b ? -1 : 1)));
        }
      }),
    );
  });

  test("impact of a key equals the plain reading of the records, at every depth", async () => {
    await fc.assert(
      fc.asyncProperty(randomRuns, fc.option(fc.nat(4), { nil: undefined }), async (run, depth) => {
        const document = documentOf(run.events);
        using lineage = await openLineage(document);
        for (const key of keys(document)) {
          const how = depth === undefined ? unlimited : { ...unlimited, depth };
          const answer = lineage.impact(key, how);
          const starts = urisOfKey(document.records, key);
          expect(urisOf(document, answer.starts)).toEqual(
            [...starts].sort((a, b) => (a < b ? -1 : 1)),
          );
          const expected = referenceClosure(document.records, starts, "down", depth);
          expect(
            urisOf(
              document,
              answer.items.map(({ id }) => id),
            ),
          ).toEqual([...expected.keys()].sort((a, b) => (a < b ? -1 : 1)));
        }
      }),
    );
  });

  test("a path exists exactly when one item is in the other's lineage, and leads along it", async () => {
    await fc.assert(
      fc.asyncProperty(randomRuns, fc.nat(), fc.nat(), async (run, i, j) => {
        const document = documentOf(run.events);
        const all = keys(document);
        const [a = "", b = ""] = [all[i % all.length], all[j % all.length]];
        using lineage = await openLineage(document);
        const to = urisOfKey(document.records, b);
        const from = urisOfKey(document.records, a);
        const leads = (way: "up" | "down"): boolean => {
          const reached = referenceClosure(document.records, from, way);
          return to.some((uri) => reached.has(uri));
        };
        const path = lineage.path(a, b);
        expect(path?.direction).toBe(leads("down") ? "down" : leads("up") ? "up" : undefined);
        path?.items.slice(1).forEach((item, at) => {
          const before = urisOf(document, [path.items[at]?.id ?? ""]);
          const reached = referenceClosure(document.records, before, path.direction);
          expect(reached.has(urisOf(document, [item.id])[0] ?? "")).toBe(true);
        });
      }),
    );
  });
});

describe("lineage of any PROV document", () => {
  test("ends and equals the plain reading of the records, cycles and dangling names included", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        const records = [...document.records, ...document.bundles.flatMap((one) => one.records)];
        using lineage = await openLineage({ ...document, records, bundles: [] });
        for (const record of records.slice(0, 20)) {
          if (!["entity", "activity"].includes(record.kind) || record.id === undefined) continue;
          const uri = uriOf(record.id);
          if (lineage.find(uri).length !== 1) continue;
          const answer = lineage.why(uri, unlimited);
          const expected = referenceClosure(records, [uri], "up");
          expect(answer.total.activities + answer.total.entities).toBe(expected.size);
        }
        lineage.blame();
        lineage.critical();
        lineage.cells();
        lineage.list();
      }),
    );
  });
});
