import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Finding,
  type FormatName,
  readDocument,
  writeDocument,
} from "../../src/formats/index.js";
import { recordTitle } from "../../src/formats/not-carried.js";
import {
  type ProvDocument,
  type ProvRecord,
  recordKey,
  sameDocument,
} from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";
import { rdfDocuments } from "./tame-documents.js";

const syntaxes: readonly FormatName[] = ["turtle", "trig", "nquads"];

function written(
  document: ProvDocument,
  format: FormatName,
): { text: string; warnings: readonly Finding[] } {
  const warnings: Finding[] = [];
  const onWarning = (finding: Finding): void => void warnings.push(finding);
  return { text: [...writeDocument(document, { format, onWarning })].join(""), warnings };
}

function recordsOf({ records, bundles }: ProvDocument): readonly ProvRecord[] {
  return [...records, ...bundles.flatMap((bundle) => bundle.records)];
}

function keysOf(document: ProvDocument): readonly string[] {
  return recordsOf(document).map((record) => recordKey(record));
}

describe.each(syntaxes)("%s", (format) => {
  test("carries every document that it has no warning about", async () => {
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(rdfDocuments({ maxRecords: 6 }), async (document) => {
        const { text, warnings } = written(document, format);
        const back = await readDocument(text, { format });
        if (warnings.length === 0) {
          carried += 1;
          expect(sameDocument(back, document)).toBe(true);
        }
      }),
    );
    // Warnings must be the exception, or the property above says nothing.
    expect(carried).toBeGreaterThan(40);
  });

  test("carries whatever the shared dialect carries, without a warning", async () => {
    await fc.assert(
      fc.asyncProperty(rdfDocuments({ shared: true }), async (document) => {
        const { text, warnings } = written(document, format);
        expect(warnings).toEqual([]);
        expect(sameDocument(await readDocument(text, { format }), document)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("is legal whatever the document holds, and names every record that does not come back", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        const { text, warnings } = written(document, format);
        const back = new Set(keysOf(await readDocument(text, { format })));
        const lost = recordsOf(document).filter((record) => !back.has(recordKey(record)));
        for (const record of lost) {
          const named = `(record ${recordTitle(record)}).`;
          expect(
            warnings.some(({ message }) => message.endsWith(named)),
            named,
          ).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("says the same in the compact form", async () => {
    await fc.assert(
      fc.asyncProperty(rdfDocuments(), async (document) => {
        const compact = [...writeDocument(document, { format, compact: true })].join("");
        const { text } = written(document, format);
        expect(compact.length).toBeLessThanOrEqual(text.length);
        const back = await readDocument(compact, { format });
        expect(sameDocument(back, await readDocument(text, { format }))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
