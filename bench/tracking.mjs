// What tracking costs the scheduling thread, and how large journal and document get.
//
//   npm run build && node bench/tracking.mjs [--sizes 1000,10000,100000] [--rounds 7]
//
// The same `inc` tasks with embedded keys run without a tracker, with a plugin whose hooks do
// nothing, and with ProvTracker, in turn, in one process: the differences are the plugin's calls
// and what capturing adds. "thread" is CPU time of the thread that schedules (Linux only): what the
// user's program waits for. "process" is that of all threads, so that nothing hides in another one:
// the thread that follows the journal and records the run, the compiler and the collector.
// The document is written after the clock stops; its time is a column of its own.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { Client, ProvTracker } from "taskprov";
import { threadTime } from "./support/thread-time.mjs";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000,100000" },
    rounds: { type: "string", default: "7" },
    window: { type: "string", default: "10000" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const rounds = Number(values.rounds);
const windowSize = Number(values.window);

function inc(x) {
  return x + 1;
}

/** A plugin with every hook, doing nothing: what the engine itself spends on telling. */
function idlePlugin() {
  const nothing = () => {};
  return { name: "idle", callSites: true, updateGraph: nothing, transition: nothing };
}

/** Submits in windows and releases, as a long run does; µs of CPU a task, by thread and process. */
async function run(tasks, how, prepare) {
  const client = new Client({ workers: 1 });
  const plugin = prepare();
  if (plugin !== undefined) client.registerPlugin(plugin);
  globalThis.gc?.();
  const before = process.cpuUsage();
  const threadBefore = threadTime();
  for (let from = 0; from < tasks; from += windowSize) {
    const count = Math.min(windowSize, tasks - from);
    const futures =
      how === "map"
        ? client.map(
            inc,
            Array.from({ length: count }, (_, i) => from + i),
          )
        : Array.from({ length: count }, (_, i) => client.submit(inc, from + i));
    await client.gather(futures);
    for (const future of futures) future.release();
  }
  const thread = threadTime() - threadBefore;
  const spent = process.cpuUsage(before);
  const closing = process.cpuUsage();
  await client.close();
  const closed = process.cpuUsage(closing);
  return {
    thread: thread / tasks,
    process: (spent.user + spent.system) / tasks,
    closing: (closed.user + closed.system) / tasks,
    plugin,
  };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Median and range. */
function summary(numbers) {
  const range = `${Math.min(...numbers).toFixed(1)}–${Math.max(...numbers).toFixed(1)}`;
  return `${median(numbers).toFixed(1)} (${range})`;
}

console.log(`Node ${process.versions.node}, ${os.cpus()[0]?.model} × ${os.cpus().length}`);
console.log(
  "tasks   how      of        no plugin   idle plugin   tracker   tracking adds (µs a task, median and range)",
);
for (const how of ["map", "submit"]) {
  for (const tasks of sizes) {
    const rows = { thread: [], process: [] };
    const closing = [];
    let bytes;
    for (let round = 0; round <= rounds; round++) {
      const folder = mkdtempSync(join(os.tmpdir(), "taskprov-bench-"));
      const bare = await run(tasks, how, () => undefined);
      const idle = await run(tasks, how, idlePlugin);
      const tracked = await run(tasks, how, () => new ProvTracker({ destination: folder }));
      const told = await tracked.plugin.done;
      if (told.counts.ok !== tasks || told.problems.length > 0) {
        throw new Error(`The record is not whole: ${JSON.stringify(told)}`);
      }
      // The first round warms up.
      if (round > 0) {
        for (const [of, row] of Object.entries(rows)) {
          row.push([bare[of], idle[of], tracked[of], tracked[of] - bare[of]]);
        }
        closing.push(tracked.closing);
      }
      bytes ??= {
        journal: statSync(told.journal).size / tasks,
        document: statSync(told.document).size / tasks,
        gzip: gzipSync(readFileSync(told.document), { level: 6 }).length / tasks,
      };
      rmSync(folder, { recursive: true });
    }
    for (const [of, row] of Object.entries(rows)) {
      const columns = [0, 1, 2, 3].map((column) => summary(row.map((cells) => cells[column])));
      console.log([String(tasks).padEnd(7), how.padEnd(8), of.padEnd(9), ...columns].join("  "));
    }
    console.log(
      `${" ".repeat(18)}close ${median(closing).toFixed(1)} µs a task (process); bytes a task: journal ${bytes.journal.toFixed(0)}, document ${bytes.document.toFixed(0)}, gzip -6 ${bytes.gzip.toFixed(0)}`,
    );
  }
}
