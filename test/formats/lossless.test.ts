import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FormatName, readDocument, writeDocument } from "../../src/formats/index.js";
import { recordTitle } from "../../src/formats/not-carried.js";
import {
  type ProvDocument,
  type ProvRecord,
  recordKey,
  sameDocument,
} from "../../src/prov/index.js";
import { provDocuments } from "../arbitraries-prov.js";

const runs = (normal: number): number => normal * (process.env["TASKPROV_FULL"] === "1" ? 20 : 1);

interface Passage {
  readonly text: string;
  readonly read: ProvDocument;
  /** Warnings of the writer that something was not carried. */
  readonly losses: readonly string[];
}

function recordsOf({ records, bundles }: ProvDocument): readonly ProvRecord[] {
  return [...records, ...bundles.flatMap((bundle) => bundle.records)];
}

async function through(document: ProvDocument, format: FormatName): Promise<Passage> {
  const losses: string[] = [];
  const options = {
    format,
    onWarning: ({ rule, message }: { rule: string; message: string }): void => {
      if (rule === "not-carried") losses.push(message);
    },
  };
  const text = [...writeDocument(document, options)].join("");
  return { text, read: await readDocument(text, { format }), losses };
}

describe.each(["prov-n", "prov-xml"] as const)("%s", (format) => {
  test("every record comes back as it was, unless a warning names it", async () => {
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        const { read, losses, text } = await through(document, format);
        const found = new Set(recordsOf(read).map((record) => recordKey(record, { strict: true })));
        for (const record of recordsOf(document)) {
          const isNamed = losses.some((loss) => loss.endsWith(`(record ${recordTitle(record)}).`));
          if (!isNamed) {
            carried += 1;
            expect(found, text).toContain(recordKey(record, { strict: true }));
          }
        }
        expect(recordsOf(read)).toHaveLength(recordsOf(document).length);
        if (losses.length === 0) {
          expect(sameDocument(read, document, { strict: true }), text).toBe(true);
        }
      }),
      { numRuns: runs(400) },
    );
    expect(carried).toBeGreaterThan(runs(400));
  });

  test("a document with names and texts that all syntaxes have loses nothing", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments({ shared: true }), async (document) => {
        const { read, losses } = await through(document, format);
        expect(losses).toEqual([]);
        expect(sameDocument(read, document, { strict: true })).toBe(true);
      }),
      { numRuns: runs(150) },
    );
  });

  test("what is read back writes to the same text", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        const first = await through(document, format);
        const second = await through(first.read, format);
        const third = await through(second.read, format);
        expect(third.text).toBe(second.text);
      }),
      { numRuns: runs(200) },
    );
  });

  test("a document survives PROV-JSON and back in between", async () => {
    await fc.assert(
      fc.asyncProperty(provDocuments({ shared: true }), async (document) => {
        const there = await through(document, format);
        const json = await through(there.read, "prov-json");
        const back = await through(json.read, format);
        expect(sameDocument(back.read, document, { strict: true })).toBe(true);
      }),
      { numRuns: runs(100) },
    );
  });
});
