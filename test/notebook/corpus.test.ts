import { describe, expect, test } from "vitest";
import { analyseNotebook } from "../../src/notebook/analyse-notebook.js";
import {
  asNotebook,
  compare,
  foundBy,
  labelled,
  readCorpus,
  totals,
  // biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
} from "../support/notebook-corpus.mjs";

const corpus = readCorpus();

describe("the labelled corpus", () => {
  test("has at least 40 notebooks", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(40);
  });

  test.each(corpus)("strict mode finds exactly what the names say in $name", async (notebook) => {
    const analysis = await analyseNotebook(asNotebook(notebook), { notebookMode: "strict" });
    expect(foundBy(analysis)).toEqual(labelled(notebook, "strict"));
  });

  test("semantic mode finds what starts work: precision 0.95, recall 0.90", async () => {
    const agreements = await Promise.all(
      corpus.map(async (notebook) =>
        compare(foundBy(await analyseNotebook(asNotebook(notebook))), labelled(notebook, "works")),
      ),
    );
    const { precision, recall } = totals(agreements);
    expect(precision, agreements.flatMap(({ wrong }) => wrong).join("\n")).toBeGreaterThanOrEqual(
      0.95,
    );
    expect(recall, agreements.flatMap(({ missed }) => missed).join("\n")).toBeGreaterThanOrEqual(
      0.9,
    );
  });

  test.each(corpus)(
    "every call has a status, a reason and a confidence in $name",
    async (notebook) => {
      const { cells } = await analyseNotebook(asNotebook(notebook));
      for (const { parse, sites } of cells) {
        expect(parse).toBe("ok");
        for (const { confidence, reason } of sites) {
          expect(reason).not.toBe("");
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
        }
      }
    },
  );
});
