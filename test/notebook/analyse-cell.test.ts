import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { analyseCell, maxCellChars } from "../../src/notebook/analyse-cell.js";
import type { CallSite } from "../../src/notebook/call-site.js";
import type { CellAnalysis, CellLanguage } from "../../src/notebook/cell-analysis.js";
import type { SourceSpan } from "../../src/notebook/source-span.js";
import { fixtureCells } from "../support/notebook-cells.js";
import { runs } from "../support/tier.js";

async function python(source: string): Promise<CellAnalysis> {
  return await analyseCell(source, { language: "python", notebookMode: "strict" });
}

async function script(source: string): Promise<CellAnalysis> {
  return await analyseCell(source, { language: "typescript", notebookMode: "strict" });
}

function named({ sites }: CellAnalysis, name: string): CallSite {
  const site = sites.find((each) => each.name === name);
  if (site === undefined) throw new Error(`no call of ${name}`);
  return site;
}

/** The stretch of a source that a span means, by the documented units. */
function textAt(source: string, span: SourceSpan): string {
  const lines = source.split(/(?<=\r\n|\r(?!\n)|\n)/);
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).join("").length + column - 1;
  return source.slice(
    offset(span.startLine, span.startColumn),
    offset(span.endLine, span.endColumn),
  );
}

/** What must hold for every analysis of every source. */
function checkInvariants(source: string, cell: CellAnalysis): void {
  const ids = new Set(cell.sites.map(({ id }) => id));
  expect(ids.size).toBe(cell.sites.length);
  for (const site of cell.sites) {
    const name = textAt(source, site.nameSpan);
    expect(name).not.toBe("");
    // Escapes in JavaScript names are the one way in which a name differs from its text.
    if (site.form !== "subscript" && !name.includes("\\")) expect(name).toBe(site.name);
    expect(textAt(source, site.span)).toContain(name);
  }
  for (const hint of cell.hints) {
    expect(textAt(source, hint.span)).toMatch(/^(?:#|\/\/) Jupyter:/);
    if (hint.site !== undefined) expect(ids).toContain(hint.site);
  }
  if (cell.parse === "ok") expect(cell.errors).toEqual([]);
  expect(cell.errors.length).toBeLessThanOrEqual(20);
}

describe("a call site", () => {
  test("has its place in lines from 1 and columns from 1, end exclusive", async () => {
    const { sites } = await python("x = 1\ny = ds.mean().compute()");
    expect(sites[1]).toMatchObject({
      id: "0:2:15",
      name: "compute",
      form: "attribute",
      receiver: "ds.mean()",
      span: { startLine: 2, startColumn: 5, endLine: 2, endColumn: 24 },
      nameSpan: { startLine: 2, startColumn: 15, endLine: 2, endColumn: 22 },
    });
  });

  test.each([
    ["ψ = é.compute()", [5, 16]],
    ['s = "😀"; x.compute()', [11, 22]],
  ])("counts columns of %j in UTF-16 code units", async (source, [startColumn, endColumn]) => {
    for (const cell of [await python(source), await script(source)]) {
      expect(named(cell, "compute").span).toEqual({
        startLine: 1,
        startColumn,
        endLine: 1,
        endColumn,
      });
    }
  });

  test.each(["\n", "\r\n", "\r"])("counts lines that end with %j", async (end) => {
    const source = ["# Jupyter:ignore", "x.compute()", "", "y.load()"].join(end);
    const { sites } = await python(source);
    expect(sites.map(({ nameSpan, status }) => [nameSpan.startLine, status])).toEqual([
      [2, "ignored"],
      [4, "generating"],
    ]);
  });

  test("keeps raw places behind masked magics", async () => {
    const source = "%%time\n%timeit -n1 -r1 x.compute()\n!ls\nfiles = !ls; y.load()\nz.persist()";
    const cell = await python(source);
    expect(cell.sites.map(({ id }) => id)).toEqual(["0:2:19", "0:5:3"]);
    for (const { span, name } of cell.sites) expect(textAt(source, span)).toContain(`.${name}()`);
  });

  test("says what is around it", async () => {
    const cell = await python(
      [
        "class Model:",
        "    def fit(self, xs=default()):",
        "        for x in xs.load():",
        "            await self.run(lambda: inner(x))",
        "        return [each(y) for y in first() if cond() for z in second()]",
        "while test(): pass",
      ].join("\n"),
    );
    const facts = cell.sites.map(({ name, enclosing, inLoop, awaited }) => [
      name,
      enclosing,
      inLoop,
      awaited,
    ]);
    expect(facts).toEqual([
      ["default", "Model", false, false],
      ["load", "Model.fit", false, false],
      ["run", "Model.fit", true, true],
      ["inner", "Model.fit.<lambda>", false, false],
      ["each", "Model.fit", true, false],
      ["first", "Model.fit", false, false],
      ["cond", "Model.fit", true, false],
      ["second", "Model.fit", true, false],
      ["test", undefined, true, false],
    ]);
  });

  test("says what is around it in TypeScript", async () => {
    const source = fixtureCells("script-cells.txt").map((cell) => cell.source);
    const functions = await script(source[4] ?? "");
    expect(functions.sites.map(({ name, enclosing }) => `${name} ${enclosing}`)).toEqual([
      "first outer.inner",
      "base outer",
      "second outer.Model",
      "third outer.Model.fit",
      "fourth outer.Model.fit",
      "fifth outer.Model.size",
      "sixth method",
      "seventh arrow",
    ]);
    expect(named(functions, "fourth")).toMatchObject({ inLoop: true, awaited: true });
    const loops = await script(source[5] ?? "");
    expect(loops.sites.filter(({ inLoop }) => !inLoop).map(({ name }) => name)).toEqual([
      "start",
      "keys",
    ]);
  });

  test("shortens a long receiver without breaking a character", async () => {
    const cell = await python(`f("${"😀".repeat(200)}").compute()`);
    const { receiver } = named(cell, "compute");
    expect(receiver?.length).toBeLessThanOrEqual(80);
    expect(receiver).toMatch(/^f\("😀+…$/u);
  });
});

describe("the rule for compute=False", () => {
  test("only a literal False makes a conditional call lazy", async () => {
    const cell = fixtureCells("python-cells.txt").find(({ title }) =>
      title.startsWith("keyword compute"),
    );
    const { sites } = await python(cell?.source ?? "");
    const found = sites
      .filter(({ name }) => name === "to_zarr")
      .map(({ status, reason }) => `${status} ${reason}`);
    expect(found).toEqual([
      "lazy compute=False",
      "generating name-list",
      "generating compute=flag",
      "generating name-list",
      "lazy compute=False",
      "generating compute=not True",
      "generating compute=other(compute=False)",
    ]);
  });

  test("only a literal false that nothing overrides makes it lazy in TypeScript", async () => {
    const cell = fixtureCells("script-cells.txt").find(({ title }) =>
      title.startsWith("compute in"),
    );
    const found = (await script(cell?.source ?? "")).sites
      .filter(({ name }) => name === "to_zarr" || name === "toZarr")
      .map(({ status, reason }) => `${status} ${reason}`);
    expect(found).toEqual([
      "lazy compute=False",
      "generating name-list",
      "generating compute=compute",
      "lazy compute=False",
      "generating compute=...options",
      "lazy compute=False",
      "generating compute=flag()",
      "generating name-list",
    ]);
  });

  test("an unconditional name generates whatever its compute argument", async () => {
    const { sites } = await python("x.persist(compute=False)");
    expect(sites[0]).toMatchObject({ status: "generating", reason: "name-list" });
  });

  test.each(["submit", "compute", "get", "persist", "load", "fire_and_forget", "plot", "hvplot"])(
    "%s generates, bare and as a method",
    async (name) => {
      const { sites } = await python(`${name}(x); a.${name}(y, compute=False)`);
      expect(sites.map(({ status }) => status)).toEqual(["generating", "generating"]);
    },
  );

  test.each(["store", "to_zarr", "to_hdf5", "to_tiledb", "to_netcdf"])(
    "%s generates unless compute is False",
    async (name) => {
      const { sites } = await python(`${name}(x); a.${name}(y, compute = False)`);
      expect(sites.map(({ status }) => status)).toEqual(["generating", "lazy"]);
    },
  );

  test("apply_ufunc generates, as in yProv4DASK 1.0", async () => {
    const { sites } = await python("xr.apply_ufunc(f, x)");
    expect(sites[0]?.status).toBe("generating");
  });

  test("camel case is the same name in TypeScript", async () => {
    const cell = await script("client.fireAndForget(f); ds.toZarr('a', { compute: false });");
    expect(cell.sites.map(({ status }) => status)).toEqual(["generating", "lazy"]);
  });
});

describe("a cell with errors", () => {
  test("keeps the calls beside an unclosed bracket", async () => {
    const cell = await python("a = x.compute(\nb = y.persist()");
    expect(cell.parse).toBe("recovered");
    expect(cell.sites.map(({ name }) => name)).toContain("persist");
    expect(cell.errors[0]?.line).toBe(1);
  });

  test("keeps the calls behind an error in TypeScript", async () => {
    const cell = await script("const a = (;\nclient.submit(f);");
    expect(cell.parse).toBe("recovered");
    expect(cell.sites.map(({ id }) => id)).toEqual(["0:2:8"]);
    expect(cell.errors[0]?.message).toMatch(/^syntax error: /);
  });

  test("without any call is an error", async () => {
    expect((await python("this is (no Python")).parse).toBe("error");
    expect((await script("const = = ;")).parse).toBe("error");
  });

  test("that is not Python names the magic", async () => {
    const cell = await python("%%bash\nls");
    expect(cell).toMatchObject({ parse: "not-code", notCode: "cell magic %%bash", sites: [] });
  });

  test("that is too large is not parsed, and says what to do", async () => {
    const source = "x.compute()\n".repeat(maxCellChars / 10);
    const cell = await python(source);
    expect(cell).toMatchObject({ parse: "error", sites: [] });
    expect(cell.warnings[0]).toMatchObject({ code: "too-large" });
    expect(cell.warnings[0]?.message).toMatch(/1200000 characters.*Load such data from a file/);
  });

  test.each([
    ["brackets", "python", "(".repeat(300_000)],
    ["calls", "python", `${"f(".repeat(50_000)}${")".repeat(50_000)}`],
    ["a chain", "python", `a${".b()".repeat(50_000)}`],
    ["brackets", "typescript", "(".repeat(100_000)],
    ["calls", "typescript", `${"f(".repeat(50_000)}${")".repeat(50_000)}`],
    ["a chain", "typescript", `a${".b()".repeat(10_000)}`],
    ["operators", "typescript", `${"1+".repeat(50_000)}f()`],
  ] as const)("%s nested very deeply in %s end in a result", async (_, language, source) => {
    const cell = await analyseCell(source, { language });
    expect(cell.parse).not.toBe("not-code");
    expect((await analyseCell("x.compute()", { language })).sites).toHaveLength(1);
  });

  test("cut anywhere is analysed as far as it goes", async () => {
    for (const { source } of fixtureCells("python-cells.txt")) {
      const bytes = Buffer.from(source);
      for (let end = 0; end <= bytes.length; end += 1) {
        const cut = bytes.subarray(0, end).toString("utf8");
        checkInvariants(cut, await python(cut));
      }
    }
  }, 120_000);

  test("cut anywhere is analysed as far as it goes in TypeScript", async () => {
    for (const { source } of fixtureCells("script-cells.txt")) {
      const bytes = Buffer.from(source);
      for (let end = 0; end <= bytes.length; end += 3) {
        const cut = bytes.subarray(0, end).toString("utf8");
        checkInvariants(cut, await script(cut));
      }
    }
  }, 120_000);
});

describe("any text", () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...fixtureCells("python-cells.txt").map(lineOf)) },
    { weight: 4, arbitrary: fc.constantFrom(...fixtureCells("script-cells.txt").map(lineOf)) },
    fc.constantFrom("# Jupyter:ignore", "# Jupyter:track", "// Jupyter:track", "//Jupyter:x"),
    fc.constantFrom("%time x.compute()", "%%bash", "!ls", "x = !ls (", "\t", "\0", "\r", "\uD800"),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const source = fc
    .tuple(fc.array(piece, { maxLength: 8 }), fc.constantFrom("\n", "\r\n", " ", "("))
    .map(([parts, separator]) => parts.join(separator));

  test.each<CellLanguage>(["python", "typescript", "javascript"])(
    "is analysed as %s without throwing, with places that fit",
    async (language) => {
      await fc.assert(
        fc.asyncProperty(source, async (text) => {
          checkInvariants(text, await analyseCell(text, { language }));
        }),
        { numRuns: runs(300) },
      );
    },
  );

  test("leaves no syntax tree behind, whether it parses or not", async () => {
    const { Node, Parser, Tree } = await import("web-tree-sitter");
    const parse = vi.spyOn(Parser.prototype, "parse");
    const search = vi.spyOn(Node.prototype, "descendantsOfType");
    const deleteTree = vi.spyOn(Tree.prototype, "delete");
    for (const text of ["x.compute()", "x.compute(", "", "((((", "%%bash\nls"]) await python(text);
    expect(parse).toHaveBeenCalledTimes(4);
    expect(deleteTree).toHaveBeenCalledTimes(4);

    search.mockImplementationOnce(() => {
      throw new Error("memory access out of bounds");
    });
    const broken = await python("x.compute()");
    expect(broken).toMatchObject({ parse: "error", sites: [] });
    expect(broken.errors[0]?.message).toContain("memory access out of bounds");
    expect(deleteTree).toHaveBeenCalledTimes(5);
    expect((await python("x.compute()")).sites).toHaveLength(1);
    vi.restoreAllMocks();
  });
});

describe("the same source", () => {
  test("gives the same result again", async () => {
    for (const { source } of fixtureCells("python-cells.txt").slice(0, 10)) {
      expect(await python(source)).toEqual(await python(source));
    }
  });

  test("has the SHA-256 of its UTF-8 bytes", async () => {
    expect((await python("")).sha256).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
});

describe("options of a cell", () => {
  test.each([
    [{ language: "julia" }, /`language` to be one of "python", .*got "julia"/],
    [{}, /`language` to be one of "python"/],
    [{ language: "python", index: -1 }, /`index` to be an integer from 0/],
    [{ language: "python", langauge: "x" }, /Did you mean `language`\?/],
  ])("%j is refused", async (options, message) => {
    // @ts-expect-error: what a caller without types may pass.
    await expect(analyseCell("x", options)).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: expect.stringMatching(message),
    });
  });

  test("the index is part of the ids", async () => {
    const cell = await analyseCell("f()", { language: "python", index: 7 });
    expect(cell.index).toBe(7);
    expect(cell.sites[0]?.id).toBe("7:1:1");
  });
});

/** One line of a fixture cell, by the length of its title. */
function lineOf({ source, title }: { source: string; title: string }): string {
  const lines = source.split("\n");
  return lines[title.length % lines.length] ?? "";
}
