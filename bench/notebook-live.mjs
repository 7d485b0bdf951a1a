// What the live hook of Python notebooks costs, and how often it names the right place.
//
//   npm run build && node bench/notebook-live.mjs [--submissions 3000]
//
// Needs the peer `jupyter`. Cost: in one real kernel, `client.submit` by turns with and without the
// hook, and the hook alone. Places: the labelled notebooks of test/fixtures/notebooks/corpus whose
// libraries are there and which make no client of their own, each in a kernel of its own; every
// attempt of the document must name a cell, and a line of it, that the labels say starts work.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer, skipLine } from "../scripts/peers.mjs";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { labelled, readCorpus } from "../test/support/notebook-corpus.mjs";

const { values: options } = parseArgs({
  options: { submissions: { type: "string", default: "3000" } },
});
const root = path.resolve(import.meta.dirname, "..");
const peer = await preparePeer("jupyter");
if (!peer.available) {
  console.log(skipLine(peer));
  process.exit(0);
}

const prelude = `from dask.distributed import Client
from taskprov import ProvTracker
client = Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=":0")
client.register_plugin(ProvTracker(jupyter_tracking=True))`;

const timing = `import statistics, time
from distributed import Client as _Client
from taskprov._notebook import hook as _module
hooked = _Client._graph_to_futures
plain = hooked.__wrapped__
times = {"with": [], "without": [], "alone": []}
futures = []
for i in range(${Number(options.submissions)}):
    for name, way in (("without", plain), ("with", hooked)):
        _Client._graph_to_futures = way
        begin = time.perf_counter_ns()
        futures.append(client.submit(pow, i, len(futures)))
        times[name].append(time.perf_counter_ns() - begin)
    begin = time.perf_counter_ns()
    _module.current().site_for_client(client)
    times["alone"].append(time.perf_counter_ns() - begin)
_Client._graph_to_futures = hooked
client.gather(futures)
for name, each in times.items():
    quartiles = statistics.quantiles(each, n=4)
    print(name, *(round(quartile / 1000, 1) for quartile in quartiles))`;

const [, told] = runKernel([prelude, timing, "client.close()"]).cells;
console.log("microseconds a submission: lower quartile, median, upper quartile");
console.log(told.text);

const own = readCorpus().filter(
  ({ language, needs, cells }) =>
    language === "python" && needs === undefined && !/Client\(|LocalCluster\(/.test(cells.join()),
);
const wrong = new Set();
const sum = { notebooks: 0, attempts: 0, cells: 0, lines: 0 };
for (const notebook of own) {
  const { cells, document } = runKernel([prelude, ...notebook.cells, "client.close()"]);
  const broken = cells.find(({ error }) => /ModuleNotFoundError/.test(error ?? ""));
  if (broken !== undefined || document === undefined) continue;
  sum.notebooks += 1;
  const places = labelled(notebook, "works").map((label) => label.split(" ")[0].split(":"));
  for (const activity of Object.values(document.activity)) {
    if (!JSON.stringify(activity["prov:type"] ?? "").includes("taskprov:TaskAttempt")) continue;
    const site = document.entity[textOf(activity["taskprov:site"])];
    const cell = Number(activity["yprov4wfs:jupyter_cell_index"]) - 2;
    const line = Number(textOf(site?.["taskprov:line"]));
    const lines = places.filter(([at]) => Number(at) === cell).map(([, each]) => Number(each));
    sum.attempts += 1;
    if (lines.length > 0) sum.cells += 1;
    if (lines.includes(line)) sum.lines += 1;
    else wrong.add(`${notebook.name}: cell ${cell} line ${line}, not one of ${lines.join(" ")}`);
  }
}
for (const each of wrong) console.log(each);
const share = (count) => `${((100 * count) / sum.attempts).toFixed(2)} %`;
console.log(
  `${sum.notebooks} notebooks, ${sum.attempts} attempts: cell right in ${share(sum.cells)}, line in ${share(sum.lines)}`,
);

/** Executes cells in a new kernel, in a folder of its own. */
function runKernel(sources) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  try {
    const command = path.join(folder, "taskprov.sh");
    const main = path.join(root, "dist/cli/main.js");
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {
      mode: 0o755,
    });
    const file = path.join(folder, "cells.json");
    writeFileSync(
      file,
      JSON.stringify(sources.map((source, at) => ({ source, id: `cell-${at}` }))),
    );
    const printed = execFileSync(
      peer.python,
      [path.join(root, "test/dask/programs/kernel.py"), file],
      {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          PYTHONPATH: path.join(root, "python"),
          TASKPROV_COMMAND: command,
        },
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const cells = printed
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return { cells, document: readIfThere(path.join(folder, "output/yprov4wfs.json")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of an attribute's only or first value. */
function textOf(value) {
  const first = Array.isArray(value) ? value[0] : value;
  return String(first?.$ ?? first);
}

function readIfThere(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
