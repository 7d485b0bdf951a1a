// What observers cost: an action of the log in microseconds, beside Eliot's own in the same run, and
// callbacks per task: CPU time of the thread, medians of rounds in which the cases take turns.
//
//   node --expose-gc bench/observe.mjs [--actions 20000] [--tasks 100000] [--rounds 5]
//
// After npm run build.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
// biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
import { preparePeer, skipLine } from "../scripts/peers.mjs";
import { threadTime } from "./support/thread-time.mjs";

const {
  CacheProfiler,
  Client,
  callbackPlugin,
  logMessage,
  ProgressBar,
  Profiler,
  ResourceProfiler,
  startAction,
  toFile,
} = await import("../dist/index.js");

const { values } = parseArgs({
  options: {
    actions: { type: "string", default: "20000" },
    tasks: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
  },
});
const actions = Number(values.actions);
const tasks = Number(values.tasks);
const rounds = Number(values.rounds);
const folder = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));

/** Microseconds for each of some things, the least of all rounds. */
const least = (times, count) => (Math.min(...times) * 1000) / count;

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function timeActions() {
  const file = toFile(path.join(folder, "ours.log"));
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    startAction("main", () => {
      for (let i = 0; i < actions; i++) {
        startAction("part", { i, name: "x" }, (action) => {
          action.addSuccessFields({ result: i });
        });
      }
    });
    file.flush();
    times.push(performance.now() - start);
  }
  const messages = performance.now();
  startAction("main", () => {
    for (let i = 0; i < actions; i++) logMessage("note", { i, name: "x" });
  });
  file.flush();
  const perMessage = ((performance.now() - messages) * 1000) / actions;
  file.close();
  return { perAction: least(times, actions), perMessage };
}

const eliotProgram = `
import sys, time, eliot
eliot.to_file(open(sys.argv[1], "w"))
count, rounds = int(sys.argv[2]), int(sys.argv[3])
best = None
for _ in range(rounds):
    start = time.perf_counter()
    with eliot.start_action(action_type="main"):
        for i in range(count):
            with eliot.start_action(action_type="part", i=i, name="x") as action:
                action.add_success_fields(result=i)
    took = time.perf_counter() - start
    best = took if best is None else min(best, took)
print(best / count * 1e6)
`;

/** Microseconds of this thread's CPU that each of some tasks takes. */
async function timeTasks(plugin) {
  const client = new Client({ workers: 4 });
  if (plugin !== undefined) client.registerPlugin(plugin());
  const numbers = Array.from({ length: tasks }, (_, i) => i);
  globalThis.gc?.();
  const start = threadTime();
  await client.gather(client.map((n) => n + 1, numbers));
  const spent = threadTime() - start;
  await client.close();
  return spent / tasks;
}

const silent = { write: () => true };
const row = (what, micros) => console.log(`${what.padEnd(46)} ${micros.toFixed(2).padStart(9)} µs`);

console.log(
  `Node ${process.version}, ${os.cpus()[0]?.model ?? "?"}, ${rounds} rounds: actions by the least, tasks by the median`,
);
const { perAction, perMessage } = timeActions();
row(`an action with fields, to a file (${actions})`, perAction);
row("a message in an action, to a file", perMessage);
const eliot = await preparePeer("eliot");
if (eliot.available) {
  const args = ["-c", eliotProgram, path.join(folder, "eliot.log"), values.actions, values.rounds];
  row("the same action with Eliot 1.18.0 (Python)", Number(execFileSync(eliot.python, args)));
} else console.log(skipLine(eliot));
const cases = {
  "a plugin with no hooks": () => timeTasks(() => ({ transition: () => {} })),
  ProgressBar: () => timeTasks(() => callbackPlugin(new ProgressBar({ out: silent }))),
  Profiler: () => timeTasks(() => callbackPlugin(new Profiler())),
  ResourceProfiler: () => timeTasks(() => callbackPlugin(new ResourceProfiler())),
  CacheProfiler: () => timeTasks(() => callbackPlugin(new CacheProfiler())),
  "running in an action, not written": () => startAction("main", () => timeTasks()),
};
const bare = [];
const added = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
// The first round warms up the compiler.
for (let round = -1; round < rounds; round++) {
  const plain = await timeTasks();
  if (round >= 0) bare.push(plain);
  for (const [name, measure] of Object.entries(cases)) {
    const spent = await measure();
    if (round >= 0) added[name].push(spent - plain);
  }
}
row(`a task of the embedded engine, unobserved (${tasks})`, median(bare));
for (const [name, values] of Object.entries(added)) row(`added by ${name}`, median(values));
rmSync(folder, { recursive: true, force: true });
