// What a task on a worker thread costs, and what a second thread gives.
//
//   npm run build && node bench/threads.mjs [--tasks 20000] [--rounds 5]
//
// "overhead": tasks of two small numbers on one thread, wall time a task, beside a `postMessage` to
// a thread and back (the floor, one at a time and all at once) in the same round. "throughput":
// tasks that compute for 10 ms each, on one thread and on two, in turn; the floor is as many
// programs without a scheduler, so that it shows what the machine gives.
import os from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Client, workerModule } from "taskprov";

/** A task with small arguments. */
export function add(a, b) {
  return a + b;
}

/** Computes for so many milliseconds. */
export function compute(ms) {
  const until = performance.now() + ms;
  let n = 0;
  while (performance.now() < until) n++;
  return n > 0;
}

if (isMainThread) await main();
else if (process.env["TASKPROV_BENCH_ECHO"] === "1") {
  parentPort?.on("message", ({ ms, a, b }) =>
    parentPort.postMessage(ms === undefined ? add(a, b) : compute(ms)),
  );
}

async function main() {
  const { values } = parseArgs({
    options: {
      tasks: { type: "string", default: "20000" },
      rounds: { type: "string", default: "5" },
    },
  });
  const tasks = Number(values.tasks);
  const rounds = Array.from({ length: Number(values.rounds) });
  const module = workerModule(import.meta.url);
  process.stdout.write(
    `Node ${process.versions.node}, ${os.cpus().length} × ${os.cpus()[0]?.model}\n\n`,
  );

  const small = { taskprov: [], "floor, one at a time": [], "floor, all at once": [] };
  for (const _ of rounds) {
    small.taskprov.push(await taskprovRun(1, () => [module.add, numbers(tasks), numbers(tasks)]));
    small["floor, one at a time"].push(await echo(1, tasks, { a: 1, b: 2 }, 1));
    small["floor, all at once"].push(await echo(1, tasks, { a: 1, b: 2 }, tasks));
  }
  process.stdout.write(
    "| overhead, small arguments | µs a task, median (smallest to largest) |\n|---|---|\n",
  );
  for (const [name, times] of Object.entries(small)) {
    process.stdout.write(`| ${name} | ${spread(times.map((s) => (s / tasks) * 1e6))} |\n`);
  }

  const count = 200;
  const one = [];
  const two = [];
  const floor = [];
  for (const _ of rounds) {
    const run = (threads) =>
      taskprovRun(threads, () => [module.compute, Array.from({ length: count }, () => 10)]);
    const alone = await run(1);
    const together = await run(2);
    one.push(count / alone);
    two.push(alone / together);
    floor.push((await echo(1, count, { ms: 10 }, 1)) / (await echo(2, count, { ms: 10 }, 1)));
  }
  process.stdout.write(
    "\n| throughput, tasks of 10 ms | median (smallest to largest) |\n|---|---|\n",
  );
  process.stdout.write(`| one thread, tasks a second | ${spread(one)} |\n`);
  process.stdout.write(`| two threads against one | ${spread(two, 2)} |\n`);
  process.stdout.write(`| floor: two bare threads against one | ${spread(floor, 2)} |\n`);
}

/** Seconds for a map on so many threads that are there already. */
async function taskprovRun(workers, given) {
  const client = new Client({ workers });
  const warm = workerModule(import.meta.url);
  await client.gather(
    client.map(
      warm.compute,
      Array.from({ length: 4 * workers }, () => 20),
    ),
  );
  await client.gather(client.map(warm.add, numbers(1000), numbers(1000)));
  const [fn, ...lists] = given();
  const before = performance.now();
  const results = await client.gather(client.map(fn, ...lists));
  const seconds = (performance.now() - before) / 1000;
  if (results.length !== lists[0].length) throw new Error("Results are missing.");
  await client.close();
  return seconds;
}

/** Seconds for so many messages there and back, `window` of them at a time for each thread. */
async function echo(threads, count, message, window) {
  const env = { ...process.env, TASKPROV_BENCH_ECHO: "1" };
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { env }),
  );
  await Promise.all(workers.map((worker) => exchange(worker, 20, { ms: 5 }, 1)));
  const before = performance.now();
  await Promise.all(workers.map((worker) => exchange(worker, count / threads, message, window)));
  const seconds = (performance.now() - before) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

function exchange(worker, count, message, window) {
  return new Promise((resolve) => {
    let sent = 0;
    let back = 0;
    const send = () => {
      if (sent < count) {
        sent++;
        worker.postMessage(message);
      }
    };
    const take = () => {
      if (++back === count) {
        worker.off("message", take);
        resolve(undefined);
      } else send();
    };
    worker.on("message", take);
    for (let i = 0; i < Math.min(window, count); i++) send();
  });
}

function numbers(count) {
  return Array.from({ length: count }, (_, i) => i);
}

function spread(values, digits = 1) {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, middle, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) =>
    sorted[at].toFixed(digits),
  );
  return `${middle} (${least}–${most})`;
}
