import fc from "fast-check";
import { expect, test } from "vitest";
import { type Finding, readDocument, writeDocument } from "../../src/formats/index.js";
import { sameDocument } from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";

test("a document survives PROV-JSONLD, whatever is in it, unless a warning says otherwise", async () => {
  let carried = 0;
  await fc.assert(
    fc.asyncProperty(provDocuments({ maxRecords: 6 }), async (document) => {
      const warnings: Finding[] = [];
      const text = [
        ...writeDocument(document, {
          format: "prov-jsonld",
          onWarning: (finding) => warnings.push(finding),
        }),
      ].join("");
      const back = await readDocument(text, { format: "prov-jsonld" });
      // A prefix that others may not take is no loss to us.
      const losses = warnings.filter(({ message }) => !message.includes("the prefix"));
      if (losses.length === 0) {
        carried += 1;
        expect(sameDocument(back, document, { strict: true })).toBe(true);
      }
    }),
  );
  expect(carried).toBeGreaterThan(40);
});
