import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { analyseNotebook } from "../../src/notebook/analyse-notebook.js";
import { isGenerating } from "../../src/notebook/call-site.js";
import { formatNotebookAnalysis } from "../../src/notebook/format-notebook-analysis.js";
import type { NotebookAnalysis } from "../../src/notebook/notebook-analysis.js";
import { decodeNotebookBytes, readNotebookFile } from "../../src/notebook/read-notebook-file.js";
import { exampleNotebook, fixtureCells } from "../support/notebook-cells.js";
import { runs } from "../support/tier.js";

const schema = JSON.parse(
  readFileSync(
    path.resolve(import.meta.dirname, "../../schemas/notebook-analysis.schema.json"),
    "utf8",
  ),
);
const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false }).compile(schema);

/** Checks an analysis against the schema, and its totals against its parts. */
function checkAnalysis(analysis: NotebookAnalysis): void {
  validate(JSON.parse(JSON.stringify(analysis)));
  expect(validate.errors ?? []).toEqual([]);
  const { summary, cells } = analysis;
  expect(summary.ok + summary.recovered + summary.error + summary.notCode).toBe(cells.length);
  const { generating, tracked, ignored, lazy, notATask, unknown } = summary;
  expect(generating + tracked + ignored + lazy + notATask + unknown).toBe(summary.calls);
  const ids = cells.flatMap(({ sites }) => sites.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(cells.flatMap(({ sites }) => sites).filter(isGenerating)).toHaveLength(
    generating + tracked,
  );
}

/** The text of a notebook with these cells. */
function notebook(
  cells: readonly unknown[],
  kernel: unknown = { name: "python3", language: "python" },
) {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: kernel },
    cells,
  });
}

function code(source: unknown, more: object = {}) {
  return { cell_type: "code", execution_count: null, metadata: {}, outputs: [], source, ...more };
}

describe("analyseNotebook", () => {
  test("gives every code cell its identity", async () => {
    const analysis = await analyseNotebook(
      notebook([
        { cell_type: "markdown", metadata: {}, source: "# x.compute()" },
        code(["z = 1\n", "x.compute()"], { id: "abc", execution_count: 3 }),
        { cell_type: "raw", metadata: {}, source: "x.load()" },
        code("y.load()"),
      ]),
    );
    checkAnalysis(analysis);
    expect(analysis).toMatchObject({
      version: 1,
      mode: "semantic",
      nbformat: "4.5",
      kernel: "python3",
    });
    expect(analysis.summary).toMatchObject({ cells: 4, codeCells: 2, generating: 2, calls: 2 });
    expect(analysis.cells[0]).toMatchObject({
      index: 1,
      id: "abc",
      executionCount: 3,
      language: "python",
      sites: [{ id: "1:2:3", status: "generating" }],
    });
    expect(analysis.cells[1]).toMatchObject({ index: 3, sites: [{ id: "3:1:3" }] });
    expect(analysis.cells[1]).not.toHaveProperty("id");
    expect(analysis.cells[1]).not.toHaveProperty("executionCount");
  });

  test("takes a string or a list of strings as source, and parsed JSON as notebook", async () => {
    const text = await analyseNotebook(notebook([code("a()\nb()")]));
    const list = await analyseNotebook({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: "python3" } },
      cells: [code(["a()\n", "b()"])],
    });
    expect(list).toEqual(text);
  });

  test("reads nbformat 3, whose cells are in worksheets and have prompt numbers", async () => {
    const analysis = await analyseNotebook(
      JSON.stringify({
        nbformat: 3,
        nbformat_minor: 0,
        metadata: { name: "old" },
        worksheets: [
          {
            cells: [
              { cell_type: "heading", level: 1, source: "x.compute()" },
              {
                cell_type: "code",
                input: ["%%time\n", "x.compute()"],
                language: "python",
                prompt_number: 4,
                outputs: [],
              },
              { cell_type: "markdown", source: "text" },
              { cell_type: "code", input: "y.persist()", language: "python", outputs: [] },
            ],
          },
        ],
      }),
    );
    checkAnalysis(analysis);
    expect(analysis).toMatchObject({ nbformat: "3.0", language: "python", warnings: [] });
    expect(analysis.cells).toMatchObject([
      { index: 1, executionCount: 4, sites: [{ id: "1:2:3", status: "generating" }] },
      { index: 3, sites: [{ id: "3:1:3", status: "generating" }] },
    ]);
    expect(analysis.cells[0]).not.toHaveProperty("id");
  });

  test("one broken cell of any kind leaves all others intact", async () => {
    const good = code("x.compute()");
    const analysis = await analyseNotebook(
      notebook([
        good,
        null,
        good,
        code(17),
        code(["x", 1]),
        { cell_type: "heading", source: "x" },
        { source: "no type" },
        code("def ((("),
        code("x.load()\n'''"),
        code("%%html\n<b>"),
        code("z = 1\n".repeat(200_000)),
        [],
        good,
      ]),
    );
    checkAnalysis(analysis);
    expect(analysis.cells.map(({ parse }) => parse)).toEqual([
      "ok",
      "error",
      "ok",
      ...["error", "error", "error", "error", "error"],
      "recovered",
      "not-code",
      ...["error", "error"],
      "ok",
    ]);
    expect(analysis.cells.filter(({ sites }) => sites.length === 1)).toHaveLength(4);
    expect(analysis.cells[1]?.warnings[0]?.message).toBe("cells[1] is null, not an object.");
    expect(analysis.cells[3]?.warnings[0]?.message).toMatch(/^cells\[3\]\.source is a number/);
    expect(analysis.cells[5]?.warnings[0]?.message).toMatch(/cell_type is "heading"/);
  });

  test.each([
    [{ name: "deno", language: "typescript" }, "typescript"],
    [{ name: "tslab", language: "TypeScript" }, "typescript"],
    [{ name: "jslab", language: "javascript" }, "javascript"],
    [{ name: "deno" }, "typescript"],
    [{ name: "python3" }, "python"],
    [{ name: "conda-env-x", language: "python" }, "python"],
  ])("knows the language of the kernel %j", async (kernel, language) => {
    const analysis = await analyseNotebook(notebook([code("x.compute()")], kernel));
    expect(analysis.language).toBe(language);
    expect(analysis.cells[0]).toMatchObject({ language, sites: [{ status: "generating" }] });
    expect(analysis.warnings).toEqual([]);
  });

  test("cells in another language are not analysed, and a warning says so", async () => {
    const analysis = await analyseNotebook(
      notebook(
        [
          code("x.compute()"),
          code("y.compute()", { metadata: { vscode: { languageId: "Python" } } }),
        ],
        {
          name: "ir",
          language: "R",
        },
      ),
    );
    checkAnalysis(analysis);
    expect(analysis.cells[0]).toMatchObject({
      parse: "not-code",
      notCode: 'language "r"',
      sites: [],
    });
    expect(analysis.cells[1]?.sites).toHaveLength(1);
    expect(analysis.warnings[0]?.code).toBe("language-unknown");
  });

  test("without a language Python is assumed, and a warning says so", async () => {
    for (const kernel of [null, 5, {}, { name: 7, language: [] }]) {
      const analysis = await analyseNotebook(notebook([code("x.compute()")], kernel));
      expect(analysis.language).toBe("python");
      expect(analysis.warnings.map((warning) => warning.code)).toEqual(["language-assumed"]);
    }
  });

  test("a notebook without cells is fine, with a warning", async () => {
    const analysis = await analyseNotebook(notebook([]));
    checkAnalysis(analysis);
    expect(analysis.warnings.map((warning) => warning.code)).toEqual(["no-code"]);
  });

  test("names can be added and removed", async () => {
    const text = notebook([code("d.get(1)\ndf.head()\nx.compute()")]);
    const analysis = await analyseNotebook(text, {
      notebookMode: "strict",
      generatingNames: ["+head", "-get"],
    });
    checkAnalysis(analysis);
    expect(analysis.cells[0]?.sites.map(({ status }) => status)).toEqual([
      "not-a-task",
      "generating",
      "generating",
    ]);
    expect(analysis.names.always).toContain("head");
    expect(analysis.names.always).not.toContain("get");
  });

  test("a cell named like a property of every object does no harm", async () => {
    const text =
      '{"nbformat":4,"__proto__":{"cells":1},"metadata":{"__proto__":{},"kernelspec":{"name":"__proto__"}},"cells":[{"cell_type":"code","source":"constructor(); toString(); x.__proto__()"}]}';
    const analysis = await analyseNotebook(text);
    checkAnalysis(analysis);
    expect(analysis.warnings[0]?.code).toBe("language-unknown");
  });

  test("any JSON is either analysed or refused with one line that says what to do", async () => {
    const cell = fc.oneof(
      fc.json().map((text): unknown => JSON.parse(text)),
      fc.record(
        {
          cell_type: fc.constantFrom("code", "markdown", "other", 1, null),
          source: fc.oneof(
            fc.string({ unit: "binary" }),
            fc.constantFrom(...fixtureCells("python-cells.txt").map(({ source }) => source)),
            fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }),
          ),
          id: fc.oneof(fc.string(), fc.integer()),
          execution_count: fc.oneof(fc.integer(), fc.constant(null), fc.double()),
          metadata: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    const file = fc.record(
      {
        nbformat: fc.oneof({ weight: 8, arbitrary: fc.constant(4) }, fc.jsonValue()),
        nbformat_minor: fc.jsonValue(),
        metadata: fc.oneof(
          fc.jsonValue(),
          fc.record({ kernelspec: fc.jsonValue(), language_info: fc.jsonValue() }),
          fc.constant({ kernelspec: { name: "python3", language: "python" } }),
        ),
        cells: fc.oneof({ weight: 8, arbitrary: fc.array(cell, { maxLength: 4 }) }, fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(file, async (json) => {
        const text = JSON.stringify(json);
        const outcome = await analyseNotebook(text).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ code: "ERR_NOTEBOOK" });
          expect(outcome.message).not.toMatch(/[\n\r]/);
        } else {
          const analysis = await analyseNotebook(text);
          checkAnalysis(analysis);
          expect(formatNotebookAnalysis(analysis, { all: true })).toMatch(/\.\n$/);
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("what is no notebook", () => {
  test.each([
    ["nothing", "", /^The notebook is empty\./],
    ["blanks", " \n\t ", /^The notebook is empty\./],
    ["a script", "import dask\n", /^The notebook is not JSON: /],
    ["cut JSON", '{"nbformat": 4, "cells": [', /^The notebook is not JSON: /],
    ["a binary file", "\u0000\u0001PK", /^The notebook is a binary file/],
    ["a list", "[]", /^Expected a notebook to be a JSON object, got a list\./],
    ["null", "null", /got null\./],
    ["other JSON", '{"a":1,"b":2}', /has no `nbformat`.*begins with "a", "b"/],
    ["an empty object", "{}", /it has no keys/],
    ["nbformat 2", '{"nbformat":2,"worksheets":[]}', /nbformat 2; only 3 and 4.*nbconvert/],
    ["nbformat 3 without worksheets", '{"nbformat":3}', /`worksheets`.*list, got nothing/],
    [
      "nbformat 3 with a broken worksheet",
      '{"nbformat":3,"worksheets":[1]}',
      /worksheets\[0\].*object, got a number/,
    ],
    ["nbformat 5", '{"nbformat":5,"cells":[]}', /nbformat 5, newer than 4.*Update taskprov/],
    ["a text as version", '{"nbformat":"4","cells":[]}', /to be 3 or 4, got a string/],
    ["no cells", '{"nbformat":4}', /`cells` of a notebook to be a list, got nothing/],
    ["cells of another kind", '{"nbformat":4,"cells":{}}', /got an object/],
    ["merge conflicts", '{"nbformat": 4,\n<<<<<<< HEAD\n', /unresolved merge conflicts/],
  ])("%s is refused in one line", async (_, text, message) => {
    const error: unknown = await analyseNotebook(text).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_NOTEBOOK", message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch(/[\n\r]/);
  });

  test("a byte order mark is allowed", async () => {
    expect((await analyseNotebook(`\uFEFF${notebook([])}`)).summary.cells).toBe(0);
  });

  test.each([
    [{ notebookMode: "exact" }, /`notebookMode` to be one of "semantic", "strict", got "exact"/],
    [
      { generatingName: [] },
      /Unknown option `generatingName` of analyseNotebook\. Did you mean `generatingNames`\?/,
    ],
    [{ generatingNames: ["a.b"] }, /to hold function names without dots.*got "a\.b"/],
    [{ generatingNames: ["-nope"] }, /"nope", which is not in the list: .*submit/],
  ])("the options %j are refused", async (options, message) => {
    // @ts-expect-error: what a caller without types may pass.
    await expect(analyseNotebook(notebook([]), options)).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: expect.stringMatching(message),
    });
  });
});

describe("readNotebookFile", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "taskprov-notebook-"));
  });

  test("reads a file that analyseNotebook takes", async () => {
    const file = path.join(directory, "a.ipynb");
    await writeFile(file, notebook([code("x.compute()")]));
    const analysis = await analyseNotebook(await readNotebookFile(file));
    expect(analysis.summary.generating).toBe(1);
  });

  test("names a missing file", async () => {
    const file = path.join(directory, "missing.ipynb");
    await expect(readNotebookFile(file)).rejects.toMatchObject({
      code: "ERR_FILE",
      message: `There is no file ${file}. Check the path and its permissions.`,
    });
  });

  test("refuses a directory", async () => {
    await expect(readNotebookFile(directory)).rejects.toMatchObject({
      code: "ERR_NOTEBOOK",
      message: expect.stringContaining("is a directory"),
    });
  });

  test.each([
    ["bytes that are not UTF-8", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), /not UTF-8 text/],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x7b, 0), /UTF-16 text.*Save it as UTF-8/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeNotebookBytes(bytes, "standard input")).toThrow(message);
  });

  test("a cell of 50 MB is reported, and the others are analysed", async () => {
    const file = path.join(directory, "large.ipynb");
    await writeFile(file, notebook([code("x = 1\n".repeat(8_400_000)), code("x.compute()")]));
    const analysis = await analyseNotebook(await readNotebookFile(file));
    checkAnalysis(analysis);
    expect(analysis.cells[0]).toMatchObject({ parse: "error", warnings: [{ code: "too-large" }] });
    expect(analysis.summary.generating).toBe(1);
  });
});

describe.each([
  ["climate", "strict"],
  ["climate", "semantic"],
  ["pipeline", "strict"],
  ["pipeline", "semantic"],
] as const)("the example notebook %s in %s mode", (name, mode) => {
  let analysis: NotebookAnalysis;
  beforeAll(async () => {
    analysis = await analyseNotebook(exampleNotebook(`${name}.ipynb`), { notebookMode: mode });
  });

  test("is analysed without a warning, and every hint applies", () => {
    checkAnalysis(analysis);
    expect(analysis.summary).toMatchObject({ warnings: 0, recovered: 0, error: 0, notCode: 0 });
    const hints = analysis.cells.flatMap((cell) => cell.hints);
    expect(hints.length).toBeGreaterThan(3);
    // Following the code makes some of the hints needless.
    const effects = mode === "strict" ? ["applied"] : ["applied", "redundant"];
    expect(new Set(hints.map(({ effect }) => effect))).toEqual(new Set(effects));
  });

  test("prints as a table", async () => {
    const golden = path.resolve(import.meta.dirname, "../golden/notebook");
    await expect(formatNotebookAnalysis(analysis)).toMatchFileSnapshot(
      `${golden}/${name}-${mode}.txt`,
    );
    await expect(`${JSON.stringify(analysis, null, 2)}\n`).toMatchFileSnapshot(
      `${golden}/${name}-${mode}.json`,
    );
  });
});

describe("docs/notebooks.md", () => {
  test("shows the table of the example as it is printed", async () => {
    const root = path.resolve(import.meta.dirname, "../..");
    const page = readFileSync(path.join(root, "docs", "notebooks.md"), "utf8");
    const shown =
      /```console\n\$ taskprov notebook analyse examples\/notebooks\/climate\.ipynb\n([^`]*)```/
        .exec(page)?.[1]
        ?.split("\n")
        .filter((line) => line !== "" && line !== "…");
    const printed = formatNotebookAnalysis(
      await analyseNotebook(exampleNotebook("climate.ipynb")),
    ).split("\n");
    expect(shown?.length).toBeGreaterThan(5);
    for (const line of shown ?? []) expect(printed).toContain(line);
  });
});

describe("formatNotebookAnalysis", () => {
  test("shows what needs attention below the table", async () => {
    const analysis = await analyseNotebook(
      notebook(
        [
          code("# Jupyter:ignore\nx = 1\n#Jupyter:track\ny.compute()", { execution_count: 12 }),
          code("a = x.compute(\nb = y.persist()"),
          code(5),
          code("%%bash\nls"),
        ],
        null,
      ),
    );
    await expect(formatNotebookAnalysis(analysis)).toMatchFileSnapshot(
      path.resolve(import.meta.dirname, "../golden/notebook/attention.txt"),
    );
  });

  test("shows other calls only when asked", async () => {
    const analysis = await analyseNotebook(notebook([code("print(x.compute())")]));
    expect(formatNotebookAnalysis(analysis)).not.toContain("print()");
    expect(formatNotebookAnalysis(analysis, { all: true })).toContain("print()");
  });

  test("without calls prints no table", async () => {
    expect(formatNotebookAnalysis(await analyseNotebook(notebook([code("x = 1")])))).toBe(
      "1 code cell; 0 of 0 calls create tasks (0 by themselves, 0 by hint), 0 ignored, 0 lazy, 0 unknown; 14 names in the list.\n",
    );
  });

  test("lets no control character through to the terminal", async () => {
    const analysis = await analyseNotebook(
      notebook([code("'\u001b[31m'.compute()\n#Jupyter:\u0007x")], {
        name: "\u001b",
        language: "\u001b[2J",
      }),
    );
    const lines = formatNotebookAnalysis(analysis).split("\n");
    expect(lines.join("")).not.toMatch(/\p{Cc}/u);
  });
});
