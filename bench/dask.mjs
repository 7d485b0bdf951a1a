// What tracking costs a Dask program: CPU of the process with scheduler and client, memory, the
// time of closing, and how large journal and document get.
//
//   npm run build && node bench/dask.mjs [--pairs 5] [--jobs map:10000,array:4000,chain:4000]
//
// Each pair is one run without and one under `taskprov run`, in turn. Workers are processes of
// their own and not counted. Needs the peer `daskdata` (scripts/peers.mjs).
//
// With `--others yprov4dask,eliot` these trackers run the same jobs, each compared with its own
// environment without it (yProv4DASK pins Dask 2025.5.1).
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer, skipLine } from "../scripts/peers.mjs";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "5" },
    others: { type: "string", default: "" },
    jobs: { type: "string", default: "map:10000,array:4000,chain:4000,tree:5000,argument:100" },
  },
});
const pairs = Number(values.pairs);
const root = path.resolve(import.meta.dirname, "..");
const job = path.join(import.meta.dirname, "dask-job.py");
const taskprov = path.join(root, "dist", "cli", "main.js");

const dask = await preparePeer("daskdata");
if (!dask.available) {
  process.stderr.write(`${skipLine(dask)}\n`);
  process.exit(1);
}

process.stdout.write(
  `Node ${process.versions.node}, ${dask.title}, ${os.cpus().length} × ${os.cpus()[0]?.model}\n\n`,
);
process.stdout.write(
  "| job | CPU a task without, µs | with, µs | added, µs (min to max) | ratio | memory added, MB | closing added, s | document after the program, s | document bytes a task | gzip -6 |\n|---|---|---|---|---|---|---|---|---|---|\n",
);
const others = [];
for (const name of values.others.split(",").filter(Boolean)) {
  const other = await preparePeer(name);
  if (other.available) others.push(other);
  else process.stderr.write(`${skipLine(other)}\n`);
}
for (const given of values.jobs.split(",")) {
  const [name, size] = given.split(":");
  row(
    given,
    measure(
      () => runPlain(dask.python, name, size),
      () => runTracked(name, size),
    ),
  );
  for (const other of others) {
    row(
      `${given}, ${other.title}`,
      measure(
        () => runPlain(other.python, name, size),
        () => runOther(other, name, size),
      ),
    );
  }
}

function measure(runWithout, runWith) {
  const without = [];
  const tracked = [];
  for (let i = 0; i < pairs; i++) {
    // Who goes first changes, so that a machine that warms up or tires favours none.
    if (i % 2 === 0) without.push(runWithout());
    tracked.push(runWith());
    if (i % 2 === 1) without.push(runWithout());
  }
  return { without, tracked };
}

function runPlain(python, name, size) {
  return inFolder((cwd) => run([python, job, name, size], cwd));
}

function runOther(other, name, size) {
  return inFolder((cwd) => {
    const found = run([other.python, job, name, size, other.name], cwd);
    const documents = [path.join(cwd, "output", "document.json"), path.join(cwd, "document.json")];
    return { ...found, ...sizesOf(documents.find((document) => existsSync(document))) };
  });
}

function sizesOf(document) {
  if (document === undefined) return { bytes: Number.NaN, gzip: Number.NaN };
  const content = readFileSync(document);
  return { bytes: content.length, gzip: gzipSync(content, { level: 6 }).length };
}

function runTracked(name, size) {
  return inFolder((cwd) => {
    const began = performance.now();
    const found = run(
      [process.execPath, taskprov, "run", "--strict", "--", dask.python, job, name, size],
      cwd,
    );
    const document = path.join(cwd, "output", "yprov4wfs.json");
    return {
      ...found,
      all: (performance.now() - began) / 1000,
      ...sizesOf(document),
    };
  });
}

function inFolder(work) {
  const cwd = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  try {
    return work(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function run([program, ...args], cwd) {
  const began = performance.now();
  // A file: yProv4DASK logs more than a pipe may hold.
  const told = path.join(cwd, "stderr.txt");
  const stdio = ["ignore", "pipe", openSync(told, "w")];
  const done = spawnSync(program, args, { cwd, encoding: "utf8", stdio });
  closeSync(stdio[2]);
  if (done.status !== 0) {
    throw new Error(`${args.join(" ")}: ${readFileSync(told, "utf8").slice(-2000)}`);
  }
  const report = JSON.parse(done.stdout.trim().split("\n").at(-1));
  return {
    ...report,
    perTask: (report.cpu / report.tasks) * 1e6,
    all: (performance.now() - began) / 1000,
  };
}

function row(name, { without, tracked }) {
  const added = tracked.map((run, i) => run.perTask - without[i].perTask);
  const last = tracked.at(-1);
  const cells = [
    name,
    median(without.map((run) => run.perTask)).toFixed(1),
    median(tracked.map((run) => run.perTask)).toFixed(1),
    `${median(added).toFixed(1)} (${Math.min(...added).toFixed(1)} to ${Math.max(...added).toFixed(1)})`,
    median(tracked.map((run, i) => run.perTask / without[i].perTask)).toFixed(3),
    median(tracked.map((run, i) => run.megabytes - without[i].megabytes)).toFixed(1),
    median(tracked.map((run, i) => run.closing - without[i].closing)).toFixed(2),
    median(tracked.map((run, i) => run.all - without[i].all)).toFixed(1),
    (last.bytes / last.tasks).toFixed(0),
    (last.gzip / last.tasks).toFixed(0),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
