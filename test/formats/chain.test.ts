import fc from "fast-check";
import { expect, test } from "vitest";
import { type Finding, formats, readDocument, writeDocument } from "../../src/formats/index.js";
import { equal, type ProvDocument, sameDocument } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { runs } from "../support/tier.js";

const names = formats
  .filter(({ read, write }) => read !== undefined && write !== undefined)
  .map(({ name }) => name);
const chains = fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 6 });

test("a document survives any chain of conversions", async () => {
  await fc.assert(
    fc.asyncProperty(provDocuments({ shared: true }), chains, async (document, chain) => {
      let current = document;
      for (const format of chain) {
        const text = [...writeDocument(current, { format })].join("");
        current = await readDocument(text, { format });
      }
      expect(sameDocument(current, document), chain.join(" → ")).toBe(true);
    }),
    { numRuns: runs(100) },
  );
});

test("what a conversion changes of any document, however odd, is told", async () => {
  let lossless = 0;
  await fc.assert(
    fc.asyncProperty(provDocuments(), chains, async (document, chain) => {
      let current: ProvDocument = document;
      for (const format of chain) {
        const told: Finding[] = [];
        const onWarning = (finding: Finding): void => {
          told.push(finding);
        };
        const text = [...writeDocument(current, { format, onWarning })].join("");
        // What was told may be anything; the chain ends here.
        if (told.length > 0) return;
        current = await readDocument(text, { format });
      }
      lossless += 1;
      expect(equal(current, document), chain.join(" → ")).toBe(true);
    }),
    { numRuns: runs(150) },
  );
  expect(lossless).toBeGreaterThan(0);
});
