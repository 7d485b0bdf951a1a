import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { analyseCell } from "../../src/notebook/analyse-cell.js";
import { analyseNotebook } from "../../src/notebook/analyse-notebook.js";
import { createCellContext } from "../../src/notebook/cell-context.js";
import { fixtureCells } from "../support/notebook-cells.js";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { readCorpus } from "../support/notebook-corpus.mjs";

const topics = path.resolve(import.meta.dirname, "../fixtures/notebooks/semantic");

interface Case {
  readonly title: string;
  readonly source: string;
  /** `LINE NAME STATUS REASON` */
  readonly expected: readonly string[];
}

/** `=== TITLE`, then a cell; `#> NAME STATUS REASON` behind a line says what is expected of it. */
function readCases(file: string): Case[] {
  return readFileSync(path.join(topics, file), "utf8")
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [title = "", ...lines] = part.replace(/\n$/, "").split("\n");
      const expected: string[] = [];
      const source = lines.map((line, at) => {
        const [code = "", label] = line.split(/\s*(?:#|\/\/)> /);
        if (label !== undefined) expected.push(`${at + 1} ${label}`);
        return code;
      });
      return { title, source: source.join("\n"), expected };
    });
}

describe.each(readdirSync(topics))("semantic mode, %s", (file) => {
  const language = file === "scripts.txt" ? "typescript" : "python";
  test.each(readCases(file))("$title", async ({ source, expected }) => {
    const { sites, parse } = await analyseCell(source, { language });
    expect(parse).toBe("ok");
    const found = sites.map(
      ({ name, nameSpan, status, reason }) => `${nameSpan.startLine} ${name} ${status} ${reason}`,
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(found).toEqual(expect.arrayContaining([...expected]));
  });
});

describe("semantic mode", () => {
  test("follows names from cell to cell, and calls of earlier cells' functions", async () => {
    const cell = (source: string) => ({ cell_type: "code", source });
    const { cells } = await analyseNotebook({
      nbformat: 4,
      metadata: { kernelspec: { name: "python3" } },
      cells: [
        cell("import dask.array as da"),
        cell("def save(x, now):\n    return x.to_zarr('p', compute=now)"),
        cell("lazy = save(da.ones(3), False)"),
        cell("save(da.zeros(3), True)"),
      ],
    });
    const verdicts = cells.map(({ sites }) => sites.map(({ name, status }) => `${name} ${status}`));
    expect(verdicts).toEqual([
      [],
      ["to_zarr generating"],
      ["save lazy", "ones lazy"],
      ["save generating", "zeros lazy"],
    ]);
  });

  test("analyses cells one by one in a context", async () => {
    const context = createCellContext();
    await analyseCell("from dask import array as da", { language: "python", context });
    const later = { language: "python", index: 1, context } as const;
    const [, compute] = (await analyseCell("da.ones(3).compute()", later)).sites;
    expect(compute).toMatchObject({ id: "1:1:12", status: "generating", reason: "on:dask array" });
    expect(context.cells).toBe(2);
    const apart = await analyseCell("da.compute()", { language: "python", index: 1 });
    expect(apart.sites[0]?.confidence).toBeLessThan(compute?.confidence ?? 0);
  });

  test("refuses a context that is none", async () => {
    const context = { cells: 0 };
    await expect(analyseCell("x", { language: "python", context })).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: expect.stringContaining("createCellContext"),
    });
  });

  test("names of the user's count unless the receiver is known better; removed ones never", async () => {
    const source = "import pandas as pd\nmodel.train(x)\npd.Series([1]).train()\nclient.submit(f)";
    const { sites } = await analyseCell(source, {
      language: "python",
      generatingNames: ["train", "-submit"],
    });
    expect(sites.map(({ name, status, reason }) => `${name} ${status} ${reason}`)).toEqual([
      "train generating name-added",
      "Series not-a-task given:nothing-lazy",
      "train not-a-task receiver:pandas",
      "submit not-a-task name-removed",
    ]);
  });

  test("the README's example B: ignore inside, track outside", async () => {
    const source = [
      "def save_ds(delayed):",
      "    # Jupyter:ignore",
      "    delayed.compute()",
      "flag = False",
      "# Jupyter:ignore",
      "delayed = ds.to_zarr('output.zarr', compute = flag)",
      "# Jupyter:track",
      "save_ds(delayed)",
    ].join("\n");
    const { sites, warnings } = await analyseCell(source, { language: "python" });
    expect(sites.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "compute ignored",
      "to_zarr ignored",
      "save_ds tracked",
    ]);
    expect(warnings).toEqual([]);
  });

  test("an ignore hint means the first call that really starts work", async () => {
    const source = "# Jupyter:ignore\nclient.submit(f, settings.get('a'))\nsettings = {}";
    const { sites } = await analyseCell(`settings = {}\n${source}`, { language: "python" });
    expect(sites.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "submit ignored",
      "get not-a-task",
    ]);
  });

  test("cells cut anywhere are analysed as far as they go", async () => {
    const cells = [
      ...fixtureCells("python-cells.txt").map(({ source }) => ["python", source] as const),
      ...readCorpus()
        .filter((_, at) => at % 8 === 0)
        .flatMap(({ language, cells }) => cells.map((source) => [language, source] as const)),
    ];
    for (const [language, source] of cells) {
      const bytes = Buffer.from(source);
      const step = language === "python" ? 1 : 5;
      for (let end = 0; end <= bytes.length; end += step) {
        const cut = bytes.subarray(0, end).toString("utf8");
        const { sites } = await analyseCell(cut, { language });
        expect(new Set(sites.map(({ id }) => id)).size).toBe(sites.length);
      }
    }
  }, 300_000);

  test("code made to be followed for ever ends", async () => {
    const calls = Array.from({ length: 200 }, (_, at) =>
      at === 0
        ? "def f0(x):\n    return x"
        : `def f${at}(x):\n    f${at - 1}([x]); return f${at - 1}({1: x})`,
    ).join("\n");
    const ifs = Array.from({ length: 5_000 }, (_, at) => `if a:\n    v${at} = v${at - 1}`).join(
      "\n",
    );
    for (const source of [
      `${calls}\nf199(1)`,
      ifs,
      `x = ${"[".repeat(3_000)}${"]".repeat(3_000)}`,
    ]) {
      const begin = performance.now();
      await analyseCell(source, { language: "python" });
      expect(performance.now() - begin).toBeLessThan(10_000);
    }
  }, 60_000);
});
