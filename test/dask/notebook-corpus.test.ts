import { expect, test } from "vitest";
import { analyseNotebook } from "../../src/notebook/analyse-notebook.js";
import { maskIPython } from "../../src/notebook/mask-ipython.js";
import {
  asNotebook,
  compareWithRun,
  labelled,
  readCorpus,
  runNotebooks,
  totals,
  // biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
} from "../support/notebook-corpus.mjs";
import { describeWith, peer } from "../support/peers.js";

describeWith("the notebooks of the corpus, run on Dask", await peer("daskdata"), ({ python }) => {
  const notebooks = readCorpus().filter(
    ({ language, needs }) => language === "python" && needs === undefined,
  );

  test("semantic mode says which calls start work: precision 0.95, recall 0.90; labels are true", async () => {
    const sources = notebooks.map(({ cells }) => cells.map((cell) => maskIPython(cell).text));
    const runs = await runNotebooks(python, sources);
    expect(runs.flatMap(({ errors }) => errors)).toEqual([]);
    const agreements = await Promise.all(
      notebooks.map(async (notebook, at) => {
        const run = runs[at] ?? { started: [], ran: [], errors: [] };
        const found = compareWithRun(await analyseNotebook(asNotebook(notebook)), run);
        const labels = labelled(notebook, "works");
        // What was found and did start work is labelled so, and each label is a place that did.
        expect(labels, notebook.name).toEqual(expect.arrayContaining([...found.names]));
        expect(run.started.length, notebook.name).toBeGreaterThanOrEqual(labels.length);
        return found;
      }),
    );
    const { precision, recall } = totals(agreements);
    expect(precision, agreements.flatMap(({ wrong }) => wrong).join("\n")).toBeGreaterThanOrEqual(
      0.95,
    );
    expect(recall, agreements.flatMap(({ missed }) => missed).join("\n")).toBeGreaterThanOrEqual(
      0.9,
    );
  }, 600_000);
});
