// The journal of a run of any length that never has more than a window of tasks alive: each window
// loads, cleans and sums up, then all of it is released and forgotten, as a nightly pipeline does.
import { JournalWriter } from "../../dist/events/journal-writer.js";

const began = 1_795_169_700;
const windowSize = 1_000;
const workers = 8;
const names = ["load", "clean", "mean", "total"];

/** Writes a journal of so many tasks. */
export function writeLongJournal(path, tasks) {
  const runId = "44444444-2222-4333-8444-555555555555";
  const header = { producer: "taskprov bench", versions: {}, runId, created: began };
  const writer = JournalWriter.open(path, header);
  for (const event of longRun(tasks, runId)) writer.append(event);
  writer.close();
}

function* longRun(tasks, runId) {
  const versions = { taskprov: "bench", dask: "2026.8.0" };
  yield { type: "run", time: began, runId, engine: "dask", versions, options: { name: "long" } };
  yield { type: "client+", time: began, client: 0, name: "Client-1" };
  for (let worker = 0; worker < workers; worker++) {
    const address = `tcp://10.0.0.${worker + 2}:4000`;
    yield { type: "worker+", time: began, worker, address, name: `worker-${worker}`, threads: 2 };
  }
  for (const [number, name] of names.entries()) {
    yield {
      type: "fn",
      time: began,
      function: number,
      name,
      module: "climate",
      kind: "function",
      sourceHash: "ab".repeat(32),
    };
  }
  for (let from = 0; from < tasks; from += windowSize) {
    yield* oneWindow(from, Math.min(windowSize, tasks - from));
  }
  const end = timeOf(tasks);
  yield { type: "closing", time: end };
  yield { type: "end", time: end, counts: { tasks } };
}

function* oneWindow(from, count) {
  const graph = from / windowSize;
  const all = Array.from({ length: count }, (_, i) => taskOf(from, i));
  yield { type: "graph", time: timeOf(from), graph, client: 0, tasks: all };
  for (const { task } of all) {
    const worker = task % workers;
    const stop = timeOf(task) + 0.05;
    yield { type: "assign", time: timeOf(task), task, worker, runId: task };
    if (task % 499 === 7) yield* failedOnce(task, worker, stop);
    const transfer = { action: "transfer", start: stop - 0.049, stop: stop - 0.045 };
    const spans = [{ action: "compute", start: stop - 0.04, stop }, transfer];
    const facts = { thread: 140_000_000_000_000 + worker, nbytes: 8 * (task % 1000) };
    yield {
      type: "done",
      time: stop,
      task,
      runId: task,
      worker,
      spans,
      typeName: "float",
      ...facts,
    };
  }
  const end = timeOf(from + count);
  for (const { task } of all) yield { type: "release", time: end, task, reason: "released" };
  for (const { task } of all) yield { type: "forget", time: end, task };
}

function* failedOnce(task, worker, stop) {
  yield {
    type: "failed",
    time: stop,
    task,
    runId: task,
    worker,
    exceptionType: "ValueError",
    text: `no data for part ${task}`,
    spans: [{ action: "compute", start: stop - 0.04, stop }],
    retriesLeft: 1,
  };
  yield { type: "assign", time: stop, task, worker, runId: task };
}

/** Chains of three, and a sum over the window. */
function taskOf(from, i) {
  const task = from + i;
  const step = i % windowSize === windowSize - 1 ? 3 : i % 3;
  const inputs = step === 3 ? [1, 4, 7, 10].map((back) => task - back) : step > 0 ? [task - 1] : [];
  const dependencies = inputs.filter((input) => input >= from);
  return {
    task,
    key: ["t", [`${names[step]}-1f0a`, task]],
    group: names[step],
    function: step,
    arguments: dependencies.map((input, at) => [at, ["r", input]]),
    dependencies,
  };
}

/** Times as a run of eight workers at 20 tasks a second has them. */
function timeOf(task) {
  return began + 1 + Math.floor(task / workers) * 0.05;
}
