import { describe, expect, test } from "vitest";
import { analyseCell } from "../../src/notebook/analyse-cell.js";
import { isGenerating } from "../../src/notebook/call-site.js";
import type { CellAnalysis } from "../../src/notebook/cell-analysis.js";

/** Analyses lines of source. */
async function analyse(lines: readonly string[]): Promise<CellAnalysis> {
  return await analyseCell(lines.join("\n"), { language: "python", notebookMode: "strict" });
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

const flagExample = [
  "flag = False",
  "# Jupyter:ignore",
  "delayed = ds.to_zarr('output.zarr', compute = flag)",
];
const saveExample = [
  "def save_ds(delayed):",
  "    # Jupyter:ignore",
  "    delayed.compute()",
  "flag = False",
  "# Jupyter:ignore",
  "delayed = ds.to_zarr('output.zarr', compute = flag)",
  "# Jupyter:track",
  "save_ds(delayed)",
];

/** The same lines numbered as before, with some of them emptied. */
function without(lines: readonly string[], ...removed: number[]): string[] {
  return lines.map((line, at) => (removed.includes(at + 1) ? "" : line));
}

describe("the examples of yProv4DASK's README", () => {
  test("a hinted to_zarr with a variable compute flag is ignored", async () => {
    const cell = await analyse(flagExample);
    expect(statuses(cell)).toEqual(["3 to_zarr ignored"]);
    expect(generating(cell)).toEqual([]);
    expect(cell.sites[0]).toMatchObject({ reason: "hint:ignore", hintLine: 2, confidence: 1 });
  });

  test("without the hint it generates, since the flag's value is not known", async () => {
    const cell = await analyse(without(flagExample, 2));
    expect(statuses(cell)).toEqual(["3 to_zarr generating"]);
    expect(cell.sites[0]).toMatchObject({ reason: "compute=flag", confidence: 0.5 });
    expect(cell.warnings).toEqual([]);
  });

  test("the call of the saving function is the only one that generates", async () => {
    const cell = await analyse(saveExample);
    expect(statuses(cell)).toEqual(["3 compute ignored", "6 to_zarr ignored", "8 save_ds tracked"]);
    expect(generating(cell)).toEqual(["8 save_ds"]);
    expect(cell.warnings).toEqual([]);
  });

  test.each([
    [[2], ["3 compute", "8 save_ds"]],
    [[5], ["6 to_zarr", "8 save_ds"]],
    [[7], []],
    [
      [2, 5],
      ["3 compute", "6 to_zarr", "8 save_ds"],
    ],
    [
      [2, 5, 7],
      ["3 compute", "6 to_zarr"],
    ],
  ])("without the hints of lines %j, %j generate", async (removed, expected) => {
    expect(generating(await analyse(without(saveExample, ...removed)))).toEqual(expected);
  });
});
