// Question: what does the embedded engine cost per task, without tracker, on ready no-op tasks?
//
//   npm run build && node --expose-gc bench/engine.mjs [sizes, default 1000,10000,100000]
//   TASKPROV_DASK_PYTHON=/path/to/python   also times dask.threaded.get on the same graphs
//
// Cases and floors take turns, so that a busy machine hurts all of them alike. Each case runs the
// same number of tasks per measurement whatever the size of the graph. "floor: all alive" is what
// any engine pays: a small object, an array of arguments and a promise for each task, all of them
// held until the last has settled. How it grows with the size is V8's garbage collection; compare
// the growth of the other rows with it. "thread" is the median CPU time of the thread that schedules:
// on a busy machine the others count the waits for its turn and for the collector's helpers, too.
import { spawn } from "node:child_process";
import os from "node:os";
import { createInterface } from "node:readline";
import { Client } from "../dist/engines/local/client.js";
import { delayed } from "../dist/engines/local/delayed.js";
import { task } from "../dist/engines/local/graph-node.js";
import { ref } from "../dist/engines/local/ref.js";
import { threadTime } from "./support/thread-time.mjs";

const sizes = (process.argv[2] ?? "1000,10000,100000").split(",").map(Number);
const tasksPerMeasurement = Number(process.env.BENCH_TASKS ?? Math.max(...sizes));
const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const python = process.env.TASKPROV_DASK_PYTHON;

let sink = 0;
const inc = (x) => x + 1;
const count = (...xs) => xs.length;
const size = (xs) => xs.length;
const incLater = async (x) => x + 1;
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** mulberry32: the same numbers in every run. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** n independent calls and one that needs them all. */
function fanIn(n) {
  const graph = new Map();
  const keys = [];
  for (let i = 0; i < n; i++) {
    graph.set(`x-${i}`, task(inc, i));
    keys.push(ref(`x-${i}`));
  }
  graph.set("total", task(size, keys));
  return graph;
}

/** n calls, each of which needs up to three of the hundred before it. */
function random(n) {
  const next = randomFrom(20_261_120);
  const graph = new Map();
  for (let i = 0; i < n; i++) {
    const inputs = [];
    for (let k = Math.floor(next() * 4); k > 0 && i > 0; k--) {
      inputs.push(ref(`r-${Math.max(0, i - 1 - Math.floor(next() * 100))}`));
    }
    graph.set(`r-${i}`, task(count, ...inputs));
  }
  graph.set(
    "total",
    task(
      size,
      Array.from({ length: n }, (_, i) => ref(`r-${i}`)),
    ),
  );
  return graph;
}

const cases = {
  "floor: plain loop": async (n) => {
    for (let i = 0; i < n; i++) sink += inc(i);
  },
  "floor: await each": async (n) => {
    for (let i = 0; i < n; i++) sink += await incLater(i);
  },
  "floor: all alive": async (n) => {
    const known = new Map();
    const promises = [];
    for (let i = 0; i < n; i++) {
      const item = { key: `x-${i}`, fn: inc, args: [i], value: undefined, settle: undefined };
      known.set(item.key, item);
      promises.push(
        new Promise((resolve) => {
          item.settle = resolve;
        }),
      );
    }
    await tick();
    for (const item of known.values()) {
      item.value = item.fn(...item.args);
      item.settle(item.value);
    }
    for (const value of await Promise.all(promises)) sink += value;
    for (const key of [...known.keys()]) known.delete(key);
  },
  "get, fan-in": async (n, { client, fan }) => {
    sink += await client.get(fan(n), "total");
  },
  "get, random graph": async (n, { client, mixed }) => {
    sink += await client.get(mixed(n), "total");
  },
  "submit, one by one": async (n, { client }) => {
    const futures = [];
    for (let i = 0; i < n; i++) futures.push(client.submit(inc, i));
    sink += (await client.gather(futures)).length;
    for (const future of futures) future.release();
  },
  map: async (n, { client }) => {
    const futures = client.map(
      inc,
      Array.from({ length: n }, (_, i) => i),
    );
    sink += (await client.gather(futures)).length;
    for (const future of futures) future.release();
  },
  "map, idle plugin": async (n, { client }) => {
    client.registerPlugin({ name: "idle", updateGraph() {}, transition() {} });
    await cases.map(n, { client });
  },
  "submit, plugin, call sites": async (n, { client }) => {
    client.registerPlugin({ name: "idle", callSites: true, updateGraph() {}, transition() {} });
    await cases["submit, one by one"](n, { client });
  },
  "map, async function": async (n, { client }) => {
    const futures = client.map(
      incLater,
      Array.from({ length: n }, (_, i) => i),
    );
    sink += (await client.gather(futures)).length;
    for (const future of futures) future.release();
  },
  "chain by submit": async (n, { client }) => {
    let last = client.submit(inc, 0);
    for (let i = 1; i < n; i++) {
      const next = client.submit(inc, last);
      last.release();
      last = next;
    }
    sink += await last.result();
    last.release();
  },
  "delayed and compute": async (n, { client }) => {
    const future = client.compute(
      delayed(size)(Array.from({ length: n }, (_, i) => delayed(inc)(i))),
    );
    sink += await future.result();
    future.release();
  },
};

const pythonSource = `
import json, sys, time
import dask.threaded
def inc(x): return x + 1
def count(*xs): return len(xs)
def size(xs): return len(xs)
class R:
    def __init__(self, seed): self.s = seed
    def __call__(self):
        m = 0xffffffff
        self.s = (self.s + 0x6d2b79f5) & m
        t = ((self.s ^ (self.s >> 15)) * (1 | self.s)) & m
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & m)) & m) ^ t
        return (t ^ (t >> 14)) / 2**32
def fan(n):
    g = {f"x-{i}": (inc, i) for i in range(n)}
    g["total"] = (size, list(g))
    return g
def mixed(n):
    r = R(20261120); g = {}
    for i in range(n):
        k = int(r() * 4) if True else 0
        inputs = []
        while k > 0 and i > 0:
            inputs.append(f"r-{max(0, i - 1 - int(r() * 100))}"); k -= 1
        g[f"r-{i}"] = (count, *inputs)
    g["total"] = (size, [f"r-{i}" for i in range(n)])
    return g
for line in sys.stdin:
    kind, n, times = json.loads(line)
    g = (fan if kind == "fan" else mixed)(n)
    t = time.perf_counter()
    for _ in range(times): dask.threaded.get(g, "total")
    print(json.dumps((time.perf_counter() - t) / (n * times) * 1e6), flush=True)
`;

/** dask.threaded.get, asked over a pipe. */
async function startDask() {
  if (!python) return undefined;
  const child = spawn(python, ["-c", pythonSource], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (kind, n, times) => {
      child.stdin.write(`${JSON.stringify([kind, n, times])}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} ended: is dask installed there?`);
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}

function median(times) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
}

function summary(times) {
  const middle = median(times);
  const deviation = times.reduce((sum, t) => sum + Math.abs(t - middle), 0) / times.length;
  return [Math.min(...times), middle, deviation].map((t) => t.toFixed(2).padStart(9)).join(" ");
}

const cpu = os.cpus()[0]?.model ?? "unknown processor";
console.log(`Node ${process.version}, ${os.availableParallelism()} × ${cpu}, ${os.platform()}`);
console.log(`${rounds} rounds of ${tasksPerMeasurement} tasks; microseconds a task\n`);
console.log(`${"case".padEnd(28)} ${"tasks".padStart(7)}       min    median    spread    thread`);

const dask = await startDask();
for (const n of sizes) {
  const times = Math.max(1, Math.round(tasksPerMeasurement / n));
  const graphs = new Map();
  const once = (make) => (count) => {
    const key = `${make.name}${count}`;
    if (!graphs.has(key)) graphs.set(key, make(count));
    return graphs.get(key);
  };
  const tools = { fan: once(fanIn), mixed: once(random) };
  tools.fan(n);
  tools.mixed(n);
  const measured = new Map();
  const onThread = new Map();
  const noteIn = (map, name, time) => map.set(name, [...(map.get(name) ?? []), time]);
  const note = (name, time) => noteIn(measured, name, time);
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const client = new Client({ workers: 4 });
      globalThis.gc?.();
      const threadStart = threadTime();
      const start = performance.now();
      for (let i = 0; i < times; i++) await run(n, { client, ...tools });
      const time = ((performance.now() - start) * 1000) / (n * times);
      const thread = (threadTime() - threadStart) / (n * times);
      if (round >= 0) {
        note(name, time);
        noteIn(onThread, name, thread);
      }
      await client.close();
      await tick();
    }
    if (dask && round >= 0) {
      const fewer = Math.max(1, Math.round(times / 10));
      note("dask.threaded.get, fan-in", await dask.ask("fan", n, fewer));
      note("dask.threaded.get, random", await dask.ask("mixed", n, fewer));
    }
  }
  for (const [name, list] of measured) {
    const thread = onThread.has(name) ? median(onThread.get(name)).toFixed(2) : "";
    const row = `${name.padEnd(28)} ${String(n).padStart(7)} ${summary(list)} ${thread.padStart(9)}`;
    console.log(row.trimEnd());
  }
  console.log("");
}
dask?.stop();
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (sink ${sink})`);
