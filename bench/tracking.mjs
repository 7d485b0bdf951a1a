// What tracking costs the scheduling thread, and how large journal and document get.
//
//   npm run build && node bench/tracking.mjs [--sizes 1000,10000,100000] [--rounds 7]
//
// The same `inc` tasks with embedded keys run without a tracker, with a plugin whose hooks do
// nothing, and with ProvTracker, in turn, in one process: the differences are the plugin's calls
// and what capturing adds. CPU time of the whole process, so that nothing hides in another thread.
// The document is written after the clock stops; its time is a column of its own.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { Client, ProvTracker } from "taskprov";

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

/** Submits in windows and releases, as a long run does; µs of CPU a task. */
async function run(tasks, how, prepare) {
  const client = new Client({ workers: 1 });
  const plugin = prepare();
  if (plugin !== undefined) client.registerPlugin(plugin);
  globalThis.gc?.();
  const before = process.cpuUsage();
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
  const spent = process.cpuUsage(before);
  const closing = process.cpuUsage();
  await client.close();
  const closed = process.cpuUsage(closing);
  return {
    microseconds: (spent.user + spent.system) / tasks,
    closing: (closed.user + closed.system) / tasks,
    plugin,
  };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function spread(numbers) {
  return `${Math.min(...numbers).toFixed(1)}–${Math.max(...numbers).toFixed(1)}`;
}

console.log(`Node ${process.versions.node}, ${os.cpus()[0]?.model} × ${os.cpus().length}`);
console.log(
  "tasks   how     no plugin   idle plugin   tracker   tracking (µs a task)   close (µs a task)   journal   document   gzip -6 (bytes a task)",
);
for (const how of ["map", "submit"]) {
  for (const tasks of sizes) {
    const bare = [];
    const idle = [];
    const tracked = [];
    const added = [];
    const closing = [];
    let bytes;
    for (let round = 0; round <= rounds; round++) {
      const folder = mkdtempSync(join(os.tmpdir(), "taskprov-bench-"));
      const a = await run(tasks, how, () => undefined);
      const b = await run(tasks, how, idlePlugin);
      const c = await run(tasks, how, () => new ProvTracker({ destination: folder }));
      const summary = await c.plugin.done;
      if (summary.counts.ok !== tasks || summary.problems.length > 0) {
        throw new Error(`The record is not whole: ${JSON.stringify(summary)}`);
      }
      // The first round warms up.
      if (round > 0) {
        bare.push(a.microseconds);
        idle.push(b.microseconds);
        tracked.push(c.microseconds);
        added.push(c.microseconds - a.microseconds);
        closing.push(c.closing);
      }
      if (bytes === undefined) {
        bytes = {
          journal: statSync(summary.journal).size / tasks,
          document: statSync(summary.document).size / tasks,
          gzip: gzipSync(readFileSync(summary.document), { level: 6 }).length / tasks,
        };
      }
      rmSync(folder, { recursive: true });
    }
    console.log(
      [
        String(tasks).padEnd(7),
        how.padEnd(7),
        `${median(bare).toFixed(1)} (${spread(bare)})`,
        `${median(idle).toFixed(1)} (${spread(idle)})`,
        `${median(tracked).toFixed(1)} (${spread(tracked)})`,
        `${median(added).toFixed(1)} (${spread(added)})`,
        median(closing).toFixed(1),
        bytes.journal.toFixed(0),
        bytes.document.toFixed(0),
        bytes.gzip.toFixed(0),
      ].join("   "),
    );
  }
}
