// Writes a journal while somebody reads it: a line of standard input is a word of what happens next.
// `task KEY`, `log LEVEL TEXT`, `end`. Says `ok` when it is on disk.
import { createInterface } from "node:readline";
import { JournalWriter } from "../../dist/events/journal-writer.js";

const runId = "55555555-2222-4333-8444-555555555555";
const now = () => Date.now() / 1000;
const header = { producer: "taskprov test", versions: {}, runId, created: now() };
const writer = JournalWriter.open(process.argv[2], header);
const add = (event) => writer.append({ time: now(), ...event });
const options = { name: "growing" };

add({ type: "run", runId, engine: "dask", versions: {}, address: "tcp://s:8786", options });
add({ type: "worker+", worker: 0, address: "tcp://w:1", name: "alpha", threads: 1 });
add({ type: "fn", function: 0, name: "work", kind: "function" });
let tasks = 0;
const happen = {
  task: (key) => {
    const task = tasks++;
    const plain = { group: "work", function: 0, arguments: [], dependencies: [] };
    add({ type: "graph", graph: task, client: null, tasks: [{ task, key, ...plain }] });
    add({ type: "assign", task, worker: 0, runId: task });
    const spans = [{ action: "compute", start: now() - 0.01, stop: now() }];
    add({ type: "done", task, runId: task, worker: 0, spans });
  },
  log: (level, ...words) => {
    add({ type: "log", worker: 0, level, logger: "distributed.worker", text: words.join(" ") });
  },
  end: () => {
    add({ type: "closing" });
    add({ type: "end", counts: { tasks } });
  },
};
writer.flushSync();
console.log("ok");
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...rest] = line.split(" ");
  happen[what](...rest);
  writer.flushSync();
  console.log("ok");
}
writer.close();
