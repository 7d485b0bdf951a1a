import { realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import {
  filesOf,
  lineageOf,
  type RawDocument,
  readRaw,
  resultOf,
  sectionOf,
  usesOf,
} from "../support/raw-document.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";
import { daskProgram, readTruth, runTracked } from "../support/tracked-program.js";

/** Workloads of `lineage.py` that need Dask alone. */
const plain = [
  "bag_map",
  "bag_fold",
  "bag_groupby",
  "delayed_tree",
  "delayed_nested",
  "futures_map",
  "futures_as_completed",
  "futures_in_dicts",
  "keys_redefined",
];

/** Those that need numpy, pandas, xarray, zarr or scikit-learn. */
const data = [
  "elementwise",
  "array_sum",
  "mean_axis",
  "matmul",
  "rechunk",
  "overlap",
  "zarr",
  "frame_groupby",
  "frame_merge",
  "frame_set_index",
  "frame_parquet",
  "frame_csv",
  "xarray_mean",
  "xarray_correlation",
  "xarray_groupby",
  "xarray_netcdf",
  "joblib_search",
];

/** Those that need dask-ml. */
const ml = ["ml_search", "ml_scaler", "ml_predict"];
/** dask-ml's incremental searches do not run on Dask 2025.3 and newer (dask-ml's issue 1016). */
const olderMl = [...ml, "ml_incremental", "joblib_search"];

const inBothTiers = ["bag_fold", "delayed_nested", "futures_in_dicts", "keys_redefined"];
const dataInBothTiers = ["elementwise", "frame_groupby", "frame_csv", "xarray_groupby"];

/** The files that workloads write and then read, without `--file-tracking`: only arguments name them. */
const filesNamed: Readonly<Record<string, readonly string[]>> = {
  zarr: ["array.zarr"],
  frame_parquet: [0, 1, 2, 3].map((part) => `frame.parquet/part.${part}.parquet`),
  frame_csv: [0, 1, 2, 3].map((part) => `frame-${part}.csv`),
  xarray_netcdf: ["data.nc"],
};

type Graph = ReadonlyMap<string, readonly string[]>;

/** Everything that a result came from, however far back. */
function upstream(graph: Graph, key: string): Set<string> {
  const found = new Set<string>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const source of graph.get(next) ?? []) {
      if (!found.has(source)) open.push(source);
      found.add(source);
    }
  }
  return found;
}

/** Runs a workload and compares what each result came from with what the scheduler had. */
async function expectCompleteLineage(python: string, workload: string): Promise<void> {
  const folder = realpathSync(temporaryFolder());
  const result = await runTracked({
    cwd: folder,
    options: ["--strict"],
    command: [python, daskProgram("lineage.py"), workload],
  });
  expect(result.status, result.stderr).toBe(0);
  const document = readRaw(join(folder, "output/yprov4wfs.json"));
  const truth = trueGraph(folder);
  expect(truth.size).toBeGreaterThan(0);
  let relations = 0;
  const derived = lineageOf(document, resultOf);
  expect(new Set(derived.keys())).toEqual(new Set(truth.keys()));
  for (const said of [derived, usesOf(document, resultOf)]) {
    for (const made of truth.keys()) {
      const expected = upstream(truth, made);
      expect(upstream(said, made), made).toEqual(expected);
      relations += expected.size;
    }
  }
  if (workload !== "joblib_search") expect(relations).toBeGreaterThan(0);
  expectFiles(document, folder, filesNamed[workload] ?? []);
}

/** What the scheduler made each result from, by the names of {@link resultOf}. */
function trueGraph(folder: string): Graph {
  const { results = [] } = readTruth(folder);
  return new Map(
    results.map(([made, from]) => [JSON.stringify(made), from.map((one) => JSON.stringify(one))]),
  );
}

/**
 * Each file was written by tasks, its versions follow each other, and data comes from the last one:
 * of a task that read it, or the array in the graph that stands for it.
 */
function expectFiles(document: RawDocument, folder: string, names: readonly string[]): void {
  const files = filesOf(document);
  const paths = [...files.keys()].filter((path) => path.startsWith(folder));
  expect(new Set(paths)).toEqual(new Set(names.map((name) => join(folder, name))));
  const revised = sectionOf(document, "wasDerivedFrom").map(
    ([, { "prov:generatedEntity": made, "prov:usedEntity": from }]) => `${made} ${from}`,
  );
  for (const path of paths) {
    const versions = files.get(path) ?? [];
    for (const [at, version] of versions.entries()) {
      expect(version.writers, path).toHaveLength(1);
      const before = versions[at - 1];
      if (before !== undefined) expect(revised).toContain(`${version.id} ${before.id}`);
    }
    const last = versions.at(-1)?.id;
    expect(
      revised.filter((pair) => pair.startsWith("data:") && pair.endsWith(` ${last}`)),
      path,
    ).not.toEqual([]);
  }
}

const workloads: Readonly<Record<string, readonly string[]>> = fullTier
  ? {
      daskdata: [...plain, ...data],
      daskml: ml,
      daskml2024: olderMl,
      dask2025: [...plain, ...data.filter(isArrayOrFrame)],
      dask2024: [...plain, ...data.filter(isArrayOrFrame)],
    }
  : { daskdata: dataInBothTiers, dask: inBothTiers };

function isArrayOrFrame(workload: string): boolean {
  return !/zarr|xarray|joblib/.test(workload);
}

for (const name of ["dask", "daskdata", "daskml", "daskml2024", "dask2025", "dask2024"] as const) {
  const chosen = workloads[name];
  if (chosen === undefined) continue;
  describeWith(`lineage (${name})`, await peer(name), ({ python }) => {
    test.each(chosen)("%s: each result has exactly its ancestors", async (workload) => {
      await expectCompleteLineage(python, workload);
    });
  });
}

describeWith("xarray", await peer("daskdata"), ({ python }) => {
  test("without chunks gives Dask nothing to do: an empty document, and a line that says why", async () => {
    const folder = temporaryFolder();
    const command = [python, daskProgram("xarray_plain.py")];
    const options = ["--strict"];
    const plain = await runTracked({ cwd: folder, options, command });
    expect(plain).toMatchObject({ status: 0, stdout: "11.5\n" });
    expect(plain.told.at(-1)).toMatch(/: 0 tasks\. .*xarray opened its data without `chunks`\.$/);
    const document = readRaw(join(folder, "output/yprov4wfs.json"));
    expect(sectionOf(document, "activity").map(([id]) => id)).toEqual(["run:workflow"]);
    expect(JSON.stringify(document)).not.toContain("incomplete");

    const chunked = await runTracked({ cwd: folder, options, command: [...command, "chunks"] });
    expect(chunked).toMatchObject({ status: 0, stdout: "11.5\n" });
    expect(chunked.told.at(-1)).toMatch(/: [1-9]\d* tasks/);
  });
});
