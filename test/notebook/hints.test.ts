import { describe, expect, test } from "vitest";
import { analyseCell } from "../../src/notebook/analyse-cell.js";
import { isGenerating } from "../../src/notebook/call-site.js";
import type { CellAnalysis, CellLanguage } from "../../src/notebook/cell-analysis.js";

/** Analyses lines of source. */
async function analyse(
  lines: readonly string[],
  language: CellLanguage = "python",
): Promise<CellAnalysis> {
  return await analyseCell(lines.join("\n"), { language, notebookMode: "strict" });
}

/** `LINE NAME STATUS` of every call but those that are no tasks. */
function statuses({ sites }: CellAnalysis): string[] {
  return sites
    .filter(({ status }) => status !== "not-a-task")
    .map(({ nameSpan, name, status }) => `${nameSpan.startLine} ${name} ${status}`);
}

/** `LINE NAME` of the calls that create tasks. */
function generating({ sites }: CellAnalysis): string[] {
  return sites.filter(isGenerating).map(({ nameSpan, name }) => `${nameSpan.startLine} ${name}`);
}

describe.each([
  ["python", "#"],
  ["typescript", "//"],
  ["javascript", "//"],
] as const)("hints in %s cells", (language, marker) => {
  const hint = (kind: string) => `${marker} Jupyter:${kind}`;

  test("ignore passes over calls that generate nothing", async () => {
    const cell = await analyse([hint("ignore"), "print(x.compute())"], language);
    expect(statuses(cell)).toEqual(["2 compute ignored"]);
  });

  test("ignore takes only the first generating call of the line", async () => {
    const cell = await analyse([hint("ignore"), "a.compute(); b.compute()"], language);
    expect(statuses(cell)).toEqual(["2 compute ignored", "2 compute generating"]);
    expect(cell.sites[1]?.nameSpan.startColumn).toBe(16);
  });

  test("track takes the first call of a chain", async () => {
    const cell = await analyse([hint("track"), "save(x).compute()"], language);
    expect(statuses(cell)).toEqual(["2 save tracked", "2 compute generating"]);
  });

  test("track takes a call where nothing is generating", async () => {
    expect(statuses(await analyse([hint("track"), "f()"], language))).toEqual(["2 f tracked"]);
  });

  test("a subscripted callee counts for track and not for ignore", async () => {
    const tracked = await analyse([hint("track"), "fs[0](x)"], language);
    expect(statuses(tracked)).toEqual(["2 fs[0] tracked"]);
    expect(tracked.sites[0]?.form).toBe("subscript");

    const ignored = await analyse([hint("ignore"), "fs[0](x.compute())"], language);
    expect(statuses(ignored)).toEqual(["2 compute ignored"]);
  });

  test("track passes over calls that generate anyway", async () => {
    const cell = await analyse([hint("track"), "a.compute(); save(b)"], language);
    expect(statuses(cell)).toEqual(["2 compute generating", "2 save tracked"]);
  });

  test("track before a call that generates anyway changes nothing and says so", async () => {
    const cell = await analyse([hint("track"), "a.compute()"], language);
    expect(statuses(cell)).toEqual(["2 compute generating"]);
    expect(cell.hints[0]).toMatchObject({ effect: "redundant", site: "0:2:3" });
    expect(cell.warnings[0]).toMatchObject({ code: "hint-redundant", line: 1 });
  });

  test("first means first in the text", async () => {
    const cell = await analyse([hint("track"), "outer(inner(x), other(y))"], language);
    expect(statuses(cell)).toEqual(["2 outer tracked"]);
  });

  test("blank lines and other comments may stand between a hint and its line", async () => {
    const cell = await analyse(
      [hint("ignore"), "", `${marker} because it is in memory`, "", "x.plot()"],
      language,
    );
    expect(statuses(cell)).toEqual(["5 plot ignored"]);
    expect(cell.hints[0]?.targetLine).toBe(5);
  });

  test("a hint ends with its line: later lines are not affected", async () => {
    const cell = await analyse([hint("ignore"), "x = 1", "y.compute()"], language);
    expect(statuses(cell)).toEqual(["3 compute generating"]);
    expect(cell.hints[0]?.effect).toBe("no-target");
    expect(cell.warnings[0]).toMatchObject({ code: "hint-without-target", line: 1, column: 1 });
  });

  test("a hint means the whole statement that begins on its line", async () => {
    const cell = await analyse(
      [hint("ignore"), "out = (ds", "  .mean()", "  .compute())"],
      language,
    );
    expect(statuses(cell)).toEqual(["4 compute ignored"]);
  });

  test("a hint inside a longer statement means its own line", async () => {
    const cell = await analyse(
      [
        "xs = [",
        hint("ignore"),
        "  helper(a),",
        "  b.compute(),",
        hint("ignore"),
        "  c.load(),",
        "]",
      ],
      language,
    );
    expect(statuses(cell)).toEqual(["4 compute generating", "6 load ignored"]);
    expect(cell.hints.map(({ effect }) => effect)).toEqual(["no-target", "applied"]);
  });

  test("inside a longer statement a hint follows a call that spans several lines", async () => {
    const cell = await analyse(
      ["f(a, ", hint("ignore"), "  ds.mean()", "    .compute(),", "  b.compute())"],
      language,
    );
    expect(statuses(cell)).toEqual(["4 compute ignored", "5 compute generating"]);
  });

  test("of two hints before a call the last wins", async () => {
    const cell = await analyse([hint("ignore"), hint("track"), "save(x.compute())"], language);
    expect(statuses(cell)).toEqual(["3 save tracked", "3 compute generating"]);
    expect(cell.hints.map(({ effect }) => effect)).toEqual(["superseded", "applied"]);
    expect(cell.warnings[0]).toMatchObject({ code: "hint-superseded", line: 1 });
  });

  test("a hint at the end of a cell has no target", async () => {
    const cell = await analyse(["f()", hint("track")], language);
    expect(generating(cell)).toEqual([]);
    expect(cell.hints[0]).not.toHaveProperty("targetLine");
    expect(cell.warnings[0]?.message).toMatch(/^No code follows/);
  });

  test("track-multiple tracks a call that may start several batches", async () => {
    const cell = await analyse([hint("track-multiple"), "run_all()"], language);
    expect(cell.sites[0]).toMatchObject({ status: "tracked", reason: "hint:track-multiple" });
    expect(cell.sites[0]?.batches).toBe("many");
    expect(cell.warnings).toEqual([]);
    const single = await analyse([hint("track"), "run_all()"], language);
    expect(single.sites[0]).not.toHaveProperty("batches");
  });

  test("spaces and tabs around a hint are allowed", async () => {
    const cell = await analyse([`\t ${hint("ignore")} \t`, "x.compute()"], language);
    expect(statuses(cell)).toEqual(["2 compute ignored"]);
  });

  test.each([
    `${marker}Jupyter:ignore`,
    `${marker} jupyter:ignore`,
    `${marker} JUPYTER:IGNORE`,
    `${marker} Jupyter: ignore`,
    `${marker}  Jupyter:ignore`,
    `${marker} Jupyter:ignore because it is in memory`,
    `${marker} Jupyter:ignore.`,
    `${marker} Jupyter ignore`,
    `${marker} Jupyter:ignored`,
    `${marker} Jupyter:skip`,
  ])("%j is no hint but looks like one", async (comment) => {
    const cell = await analyse([comment, "x.compute()"], language);
    expect(statuses(cell)).toEqual(["2 compute generating"]);
    expect(cell.hints).toEqual([]);
    expect(cell.warnings).toHaveLength(1);
    expect(cell.warnings[0]).toMatchObject({ code: "hint-spelling", line: 1, column: 1 });
    expect(cell.warnings[0]?.message).toContain(hint("ignore"));
  });

  test.each([
    `${marker} Jupyter is fun`,
    `${marker} runs in Jupyter`,
    `${marker} Jupyter tracks nothing here`,
    `${marker} see jupyter.org`,
  ])("%j is an ordinary comment", async (comment) => {
    const cell = await analyse([comment, "x.compute()"], language);
    expect(cell.warnings).toEqual([]);
    expect(cell.hints).toEqual([]);
  });

  test("a hint behind code is none, and a warning says so", async () => {
    const cell = await analyse([`x = 1 ${hint("ignore")}`, "y.compute()"], language);
    expect(statuses(cell)).toEqual(["2 compute generating"]);
    expect(cell.warnings[0]).toMatchObject({ code: "hint-after-code", line: 1, column: 7 });
  });
});

describe("hints in Python cells", () => {
  test("text in strings is no hint", async () => {
    const cell = await analyse(['s = """', "# Jupyter:ignore", '"""', "x.compute()"]);
    expect(statuses(cell)).toEqual(["4 compute generating"]);
    expect(cell.hints).toEqual([]);
    expect(cell.warnings).toEqual([]);
  });

  test("a hint means the header of a block, not its body", async () => {
    const cell = await analyse(["# Jupyter:ignore", "for x in xs.load():", "    x.compute()"]);
    expect(statuses(cell)).toEqual(["2 load ignored", "3 compute generating"]);
  });

  test("a hint before a decorated function means the decorator's line", async () => {
    const cell = await analyse(["# Jupyter:track", "@run(1)", "@other()", "def f(): pass"]);
    expect(statuses(cell)).toEqual(["2 run tracked"]);
  });

  test("a literal compute=False counts as generating nothing", async () => {
    const cell = await analyse(["# Jupyter:ignore", "ds.to_zarr(p, compute=False); ds.compute()"]);
    expect(statuses(cell)).toEqual(["2 to_zarr lazy", "2 compute ignored"]);
  });

  test("track overrules compute=False", async () => {
    const cell = await analyse(["# Jupyter:track", "d = ds.to_zarr(p, compute=False)"]);
    expect(statuses(cell)).toEqual(["2 to_zarr tracked"]);
  });

  test("ignore before nothing but compute=False is not needed, and says so", async () => {
    const cell = await analyse(["# Jupyter:ignore", "d = ds.to_zarr(p, compute=False)"]);
    expect(statuses(cell)).toEqual(["2 to_zarr ignored"]);
    expect(cell.hints[0]?.effect).toBe("redundant");
  });

  test("a call's result that is called has no name to track", async () => {
    const cell = await analyse(["# Jupyter:track", "make()(x)"]);
    expect(cell.sites.map(({ name, status }) => `${name} ${status}`)).toEqual(["make tracked"]);
  });

  test("a subscripted callee stands where its base stands", async () => {
    const cell = await analyse(["# Jupyter:track", "make()[0](key())"]);
    expect(cell.sites.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "make tracked",
      "make()[0] not-a-task",
      "key not-a-task",
    ]);
  });

  test("hints work before magics that keep their statement", async () => {
    const cell = await analyse(["%%time", "# Jupyter:ignore", "%time x.compute()", "y.compute()"]);
    expect(statuses(cell)).toEqual(["3 compute ignored", "4 compute generating"]);
  });

  test("a magic is a line of its own, which has no call", async () => {
    const cell = await analyse(["# Jupyter:ignore", "%matplotlib inline", "x.plot()"]);
    expect(statuses(cell)).toEqual(["3 plot generating"]);
    expect(cell.hints[0]?.effect).toBe("no-target");
  });

  test("hints are found behind prompts", async () => {
    const cell = await analyse([">>> # Jupyter:ignore", ">>> x.compute()"]);
    expect(statuses(cell)).toEqual(["2 compute ignored"]);
  });

  test("hints are found in a cell with syntax errors", async () => {
    const cell = await analyse([
      "# Jupyter:ignore",
      "x.compute()",
      "def (",
      "# Jupyter:track",
      "f()",
    ]);
    expect(cell.parse).toBe("recovered");
    expect(statuses(cell)).toContain("2 compute ignored");
  });
});

describe("hints in TypeScript cells", () => {
  test("block comments are no hints", async () => {
    const cell = await analyse(["/* Jupyter:ignore */", "x.compute();"], "typescript");
    expect(statuses(cell)).toEqual(["2 compute generating"]);
    expect(cell.warnings[0]?.code).toBe("hint-spelling");
  });

  test("text in templates is no hint, in a broken cell either", async () => {
    const lines = ["const s = `", "// Jupyter:ignore", "`;", "x.compute();"];
    for (const source of [lines, [...lines, "if ("]]) {
      const cell = await analyse(source, "typescript");
      expect(statuses(cell)).toEqual(["4 compute generating"]);
      expect(cell.hints).toEqual([]);
    }
  });

  test("a hint before a function or block means its header only", async () => {
    const cell = await analyse(
      [
        "// Jupyter:ignore",
        "items.forEach((item) => {",
        "  client.submit(f, item);",
        "});",
        "// Jupyter:ignore",
        "if (x) {",
        "  x.compute();",
        "}",
      ],
      "typescript",
    );
    expect(statuses(cell)).toEqual(["3 submit generating", "7 compute generating"]);
  });

  test("hints apply to class members and object properties", async () => {
    const cell = await analyse(
      [
        "class A {",
        "  // Jupyter:ignore",
        "  total = client.submit(sum, 1);",
        "  // Jupyter:track",
        "  other = run();",
        "}",
        "const o = {",
        "  // Jupyter:ignore",
        "  max: () => client.submit(max),",
        "};",
      ],
      "typescript",
    );
    expect(statuses(cell)).toEqual(["3 submit ignored", "5 run tracked", "9 submit ignored"]);
  });
});
