// What tracking costs a Dask program: CPU of the process with scheduler and client, its memory, how
// long the scheduler's event loop is blocked when the cluster closes, the time until the document
// is there, and how large it gets.
//
//   npm run build && node bench/dask.mjs [--pairs 5] [--jobs map:10000,map:100000:2,array:4000]
//
// `JOB:SIZE:PAIRS` asks for other pairs of one job. Each run is told on standard error as it ends,
// so that what was measured stays when the whole is stopped.
//
// Each pair is one run without and one under `taskprov run`, in turn. With `--together` the two of a
// pair run at the same time, each with scheduler and client on a core of its own, and change cores
// after each pair: what else the machine does then hits both, so that their CPU differs by less by
// chance; closing and memory are better taken from runs in turn. Workers are processes of
// their own and not counted. Needs the peer `daskdata` (scripts/peers.mjs). A run of map:10000
// takes about 15 s on a quiet machine, one of map:100000 ten times that.
//
// With `--hooks` the runs under `taskprov run` also tell what the hook that hears of tasks and the
// thread that writes take by their own clocks, in microseconds a task. The clock costs something too:
// these runs are for that figure only.
//
// With `--others yprov4dask,eliot` these trackers run the same jobs, each compared with its own
// environment without it (yProv4DASK pins Dask 2025.5.1), in `--other-pairs` pairs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer, skipLine } from "../scripts/peers.mjs";

const { values } = parseArgs({
  options: {
    pairs: { type: "string" },
    hooks: { type: "boolean", default: false },
    together: { type: "boolean", default: false },
    others: { type: "string", default: "" },
    "other-pairs": { type: "string", default: "3" },
    jobs: {
      type: "string",
      default: "map:10000,map:100000,array:4000,chain:4000,tree:5000,argument:100",
    },
  },
});
// Single runs differ by a few percent, which is as much as tracking costs trivial tasks.
const pairsOf = (job) => Number(values.pairs ?? (job === "map:10000" ? 15 : 5));
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
const aboutHooks = values.hooks ? [" hook, writer's thread, µs a task |", "---|"] : ["", ""];
process.stdout.write(
  `| job | pairs | CPU a task without, µs | with, µs | added, µs: mean ± standard error, median (min to max) | ratio | memory added, MB | closing added, s | loop blocked at close, s (without) | document after close, s | document bytes a task | gzip -6 |${aboutHooks[0]}\n|---|---|---|---|---|---|---|---|---|---|---|---|${aboutHooks[1]}\n`,
);
const others = [];
for (const name of values.others.split(",").filter(Boolean)) {
  const other = await preparePeer(name);
  if (other.available) others.push(other);
  else process.stderr.write(`${skipLine(other)}\n`);
}
for (const given of values.jobs.split(",")) {
  const [name, size, pairs] = given.split(":");
  const title = `${name}:${size}`;
  row(
    title,
    await measure(
      title,
      Number(pairs ?? pairsOf(title)),
      (core) => runPlain(dask.python, name, size, core),
      (core) => runTracked(name, size, core),
    ),
  );
  for (const other of others) {
    row(
      `${title}, ${other.title}`,
      await measure(
        `${title}, ${other.title}`,
        Number(values["other-pairs"]),
        (core) => runPlain(other.python, name, size, core),
        (core) => runOther(other, name, size, core),
      ),
    );
  }
}

async function measure(title, pairs, runWithout, runWith) {
  const without = [];
  const tracked = [];
  const runs = [
    [without, `${title} without`, runWithout],
    [tracked, `${title} with`, runWith],
  ];
  for (let i = 0; i < pairs; i++) {
    // Who goes first changes, so that a machine that warms up or tires favours none.
    const order = i % 2 === 0 ? runs : runs.toReversed();
    const told = order.map(
      ([into, ...run], core) =>
        async () =>
          into.push(await tell(...run, core)),
    );
    if (values.together) await Promise.all(told.map((run) => run()));
    else for (const run of told) await run();
  }
  return { without, tracked };
}

async function tell(title, measured, core) {
  const began = performance.now();
  const found = await measured(values.together ? core : undefined);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stderr.write(`${title}: ${JSON.stringify(found)}, ${seconds} s in all\n`);
  return found;
}

function runPlain(python, name, size, core) {
  return inFolder((cwd) => run([python, job, name, size], cwd, core));
}

function runOther(other, name, size, core) {
  return inFolder(async (cwd) => {
    const found = await run([other.python, job, name, size, other.name], cwd, core);
    const documents = [path.join(cwd, "output", "document.json"), path.join(cwd, "document.json")];
    const document = documents.find((document) => existsSync(document));
    return { ...found, ...aboutDocument(document, found.closed) };
  });
}

function aboutDocument(document, closed) {
  if (document === undefined) return { bytes: Number.NaN, gzip: Number.NaN, after: Number.NaN };
  const content = readFileSync(document);
  const gzip = gzipSync(content, { level: 6 }).length;
  // Trackers that write while the cluster closes are done before.
  const after = Math.max(0, statSync(document).mtimeMs / 1000 - closed);
  return { bytes: content.length, gzip, after };
}

function runTracked(name, size, core) {
  return inFolder(async (cwd) => {
    const found = await run(
      [process.execPath, taskprov, "run", "--strict", "--", dask.python, job, name, size],
      cwd,
      core,
    );
    const document = path.join(cwd, "output", "yprov4wfs.json");
    return { ...found, ...aboutDocument(document, found.closed) };
  });
}

async function inFolder(work) {
  const cwd = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  try {
    return await work(cwd);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** @param core - where scheduler and client stay. */
async function run([program, ...args], cwd, core) {
  const output = path.join(cwd, "stdout.txt");
  // Files: yProv4DASK logs more than a pipe may hold.
  const errors = path.join(cwd, "stderr.txt");
  const stdio = ["ignore", openSync(output, "w"), openSync(errors, "w")];
  const env = { ...process.env, ...(core !== undefined && { BENCH_CORE: String(core) }) };
  if (values.hooks && program === process.execPath) env.BENCH_HOOKS = "1";
  const done = spawn(program, args, { cwd, env, stdio });
  for (const file of stdio.slice(1)) closeSync(file);
  const [status] = await once(done, "close");
  if (status !== 0) {
    throw new Error(`${args.join(" ")}: ${readFileSync(errors, "utf8").slice(-2000)}`);
  }
  const report = JSON.parse(readFileSync(output, "utf8").trim().split("\n").at(-1));
  return { ...report, perTask: (report.cpu / report.tasks) * 1e6 };
}

function row(name, { without, tracked }) {
  const added = tracked.map((run, i) => run.perTask - without[i].perTask);
  const last = tracked.at(-1);
  const cells = [
    name,
    tracked.length,
    median(without.map((run) => run.perTask)).toFixed(1),
    median(tracked.map((run) => run.perTask)).toFixed(1),
    `${mean(added).toFixed(1)} ± ${standardError(added).toFixed(1)}, ${median(added).toFixed(1)} (${Math.min(...added).toFixed(1)} to ${Math.max(...added).toFixed(1)})`,
    median(tracked.map((run, i) => run.perTask / without[i].perTask)).toFixed(3),
    median(tracked.map((run, i) => run.megabytes - without[i].megabytes)).toFixed(1),
    median(tracked.map((run, i) => run.closing - without[i].closing)).toFixed(2),
    `${median(tracked.map((run) => run.blocked)).toFixed(2)} (${median(without.map((run) => run.blocked)).toFixed(2)})`,
    median(tracked.map((run) => run.after)).toFixed(1),
    (last.bytes / last.tasks).toFixed(0),
    (last.gzip / last.tasks).toFixed(0),
    ...(values.hooks ? [last.hooks?.map((each) => each.toFixed(1)).join(", ") ?? ""] : []),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function mean(numbers) {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

function standardError(numbers) {
  const middle = mean(numbers);
  const squares = numbers.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
}
