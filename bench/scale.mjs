// A long run, as a nightly pipeline is one: what it costs a task, how much memory it takes, and how
// long after its last task the document is complete.
//
//   npm run build && node --expose-gc bench/scale.mjs [--tasks 1000000] [--window 10000] [--small 10000]
//
// Two processes of their own, so that the peaks of one do not hide those of the other: one with
// `--small` tasks, one with `--tasks`. Tasks of `inc` are submitted in windows and released; the
// heap that is alive is read at every tenth of the run, which "wall" and "main" leave out. "main" is
// CPU time of the thread that schedules (Linux only), "process" includes the thread that records
// the run and the collector. A first run of `--small` tasks is mostly the compiler warming up, so
// the costs are compared with those of `--rounds` more of them in the same process, too.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Client, ProvTracker } from "taskprov";
import { threadTime } from "./support/thread-time.mjs";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "1000000" },
    small: { type: "string", default: "10000" },
    window: { type: "string", default: "10000" },
    rounds: { type: "string", default: "15" },
    one: { type: "string" },
    again: { type: "string", default: "0" },
  },
});

function inc(x) {
  return x + 1;
}

/**
 * All that is dead goes. What hangs on a future's handle does so only when one collection has found
 * the handle gone and the event loop has turned: a single `gc()` leaves what ended since the
 * collector last looked at everything, which may be one window or ten.
 */
async function liveHeap() {
  globalThis.gc?.();
  await setImmediate();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function measure(tasks) {
  const folder = mkdtempSync(join(os.tmpdir(), "taskprov-bench-"));
  const windowSize = Math.min(Number(values.window), tasks);
  const client = new Client({ workers: 1 });
  const tracker = new ProvTracker({ destination: folder });
  client.registerPlugin(tracker);
  const heaps = [];
  let lookedWall = 0;
  let lookedThread = 0;
  const cpu = process.cpuUsage();
  const thread = threadTime();
  const began = performance.now();
  for (let from = 0; from < tasks; from += windowSize) {
    const count = Math.min(windowSize, tasks - from);
    const inputs = Array.from({ length: count }, (_, i) => from + i);
    const futures = client.map(inc, inputs);
    await client.gather(futures);
    for (const future of futures) future.release();
    if (Math.floor(((from + count) * 10) / tasks) > heaps.length) {
      const looking = performance.now();
      const lookingThread = threadTime();
      heaps.push(await liveHeap());
      lookedWall += performance.now() - looking;
      lookedThread += threadTime() - lookingThread;
    }
  }
  const ended = performance.now();
  const spent = (threadTime() - thread - lookedThread) / tasks;
  const main = Number.isNaN(spent) ? undefined : spent;
  await client.close();
  const closed = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const summary = await tracker.done;
  if (summary.counts.ok !== tasks || summary.problems.length > 0) {
    throw new Error(`The record is not whole: ${JSON.stringify(summary)}`);
  }
  const bytes = statSync(summary.document).size;
  rmSync(folder, { recursive: true });
  return {
    tasks,
    wall: ((ended - began - lookedWall) * 1000) / tasks,
    main,
    process: (user + system) / tasks,
    documentSeconds: (closed - ended) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    heapMegabytes: heaps.map((heap) => heap / 1e6),
    documentBytes: bytes / tasks,
  };
}

function measureApart(tasks, again = 0) {
  const flags = ["--expose-gc", import.meta.filename, "--one", String(tasks)];
  const args = [...flags, "--window", values.window, "--again", String(again)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function costOf(run) {
  return run.main ?? run.wall;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

function line(run) {
  return [
    String(run.tasks).padEnd(9),
    run.wall.toFixed(1),
    run.main?.toFixed(1) ?? "?",
    run.process.toFixed(1),
    run.documentSeconds.toFixed(1),
    run.peakMegabytes.toFixed(0),
    run.documentBytes.toFixed(0),
  ].join("   ");
}

if (values.one !== undefined) {
  const first = await measure(Number(values.one));
  const warm = [];
  for (let i = 0; i < Number(values.again); i++)
    warm.push(costOf(await measure(Number(values.one))));
  // The first rounds still warm up.
  console.log(JSON.stringify({ ...first, warm: median(warm.slice(warm.length >> 1)) }));
} else {
  console.log(`Node ${process.versions.node}, ${os.cpus()[0]?.model} × ${os.cpus().length}`);
  console.log(
    "tasks   wall, main, process (µs a task)   document complete after (s)   peak (MB)   document (bytes a task)",
  );
  const small = measureApart(Number(values.small), Number(values.rounds));
  console.log(line(small));
  const large = measureApart(Number(values.tasks));
  console.log(line(large));
  const [first = 0, ...later] = large.heapMegabytes;
  console.log(
    `live heap after each tenth (MB): ${large.heapMegabytes.map((heap) => heap.toFixed(0)).join(" ")}`,
  );
  console.log(
    `cost a task, large against small: ${(costOf(large) / costOf(small)).toFixed(2)} against the first, ${(costOf(large) / small.warm).toFixed(2)} against warm ones of ${small.warm.toFixed(1)} µs (target 1.2); live heap, last against first tenth: ${((later.at(-1) ?? first) / first).toFixed(2)}; peak ${large.peakMegabytes.toFixed(0)} MB (target 400); document after ${large.documentSeconds.toFixed(1)} s (target 10)`,
  );
}
