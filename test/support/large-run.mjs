// A run of any size as the journal of a Dask cluster would tell it, in NDJSON: sources with a
// literal, two steps on each, sums over eight until one is left. Some tasks are fetched from
// another worker, some fail at first, one fails for good and blocks what needs it. What nobody
// needs any more is released.

const workers = 8;
const threads = 2;
const began = 1_795_169_700;
const cells = ["2", "3", "3", "5"];

/** The lines of the journal; the same number of tasks gives the same lines. */
export function* largeRun(tasks) {
  const random = seeded(7);
  const slots = Array.from({ length: workers * threads }, () => began + 1);
  const ends = [];
  const ranOn = [];
  const bad = new Set();
  let attempts = 0;
  const line = (event) => `${JSON.stringify(event)}\n`;
  yield line({ producer: "taskprov test", versions: {}, runId, created: began });
  yield line(["run", began, runFacts]);
  yield line(["client+", began, 0, { name: "Client-1" }]);
  for (let worker = 0; worker < workers; worker++) {
    const about = { address: addressOf(worker), name: `worker-${worker}`, threads, host: "node-1" };
    yield line(["worker+", began, worker, about]);
  }
  for (const [number, name] of functions.entries()) {
    yield line([
      "fn",
      began,
      number,
      { name, module: "climate", kind: "function", sourceHash: "ab".repeat(32) },
    ]);
    yield line([
      "site",
      began,
      number + 1,
      { cell: cells[number] ?? "5", span: [number + 3, 8], stack: [] },
    ]);
  }
  for (const { number, key, step, inputs, literal } of plan(tasks)) {
    const values = literal === undefined ? [] : [["path", literal]];
    const argued = inputs.map((input, i) => [i, ["r", input]]);
    const task = [number, key, functions[step], step, [...argued, ...values], inputs];
    yield line(["graph", began, number, 0, null, null, null, step + 1, [task]]);
    const culprit = inputs.find((input) => bad.has(input));
    if (culprit !== undefined) {
      bad.add(number);
      yield line(["failed", began + 2, number, null, null, null, null, null, null, null, culprit]);
      continue;
    }
    const slot = slots.indexOf(Math.min(...slots));
    const worker = Math.floor(slot / threads);
    const ready = inputs.reduce((latest, input) => Math.max(latest, ends[input]), slots[slot]);
    const from = inputs.find((input) => ranOn[input] !== worker);
    const fetched = from === undefined ? 0 : 0.002 + random() * 0.01;
    const start = ready + fetched;
    const end = start + 0.01 + random() * random() * 0.2 * (step + 1);
    const spans = [["c", start, end]];
    if (from !== undefined) spans.push(["t", ready, start, addressOf(ranOn[from])]);
    yield line(["assign", ready, number, worker, attempts]);
    const isBad = number === Math.floor(tasks * 0.3) || (number % 997 === 13 && inputs.length > 0);
    const fails = ["ValueError", `no data for part ${number}`, traceback(number)];
    if (isBad && number % 997 !== 13) {
      bad.add(number);
      yield line(["failed", end, number, attempts++, worker, ...fails, spans, 0]);
    } else {
      if (isBad) {
        yield line(["failed", end, number, attempts++, worker, ...fails, spans, 1]);
        yield line(["assign", end, number, worker, attempts]);
        spans[0] = ["c", end + 0.01, end + 0.05];
      }
      const thread = 140_000_000_000_000 + slot;
      yield line([
        "done",
        end,
        number,
        attempts++,
        worker,
        thread,
        spans,
        8 * (number % 1000),
        "float",
      ]);
    }
    slots[slot] = isBad ? end + 0.05 : end;
    ends[number] = slots[slot];
    // Each is needed once; then the scheduler drops it and forgets it.
    for (const input of bad.has(number) ? [] : inputs) {
      yield line(["release", slots[slot], input]);
      yield line(["forget", slots[slot], input]);
    }
    ranOn[number] = worker;
  }
  const last = Math.max(...slots);
  yield line(["closing", last]);
  yield line(["end", last, { tasks }]);
}

const runId = "33333333-2222-4333-8444-555555555555";
const functions = ["load", "clean", "mean", "total"];
const runFacts = {
  runId,
  engine: "dask",
  versions: { taskprov: "0.0.0-test", dask: "2026.8.0", python: "3.12.1" },
  address: "tcp://10.0.0.1:8786",
  host: "login-1",
  user: "ada",
  argv: ["python", "climate.py", "--years", "1990 to 2020"],
  options: { name: "Climate of a century" },
};

function addressOf(worker) {
  return `tcp://10.0.0.${worker + 2}:4000`;
}

function traceback(number) {
  return `Traceback (most recent call last):\n  File "climate.py", line ${number % 90}, in clean\n    raise ValueError(part)\nValueError: no data for part ${number}\n`;
}

/** Tasks in an order in which inputs come first; as many as asked for, or a few less. */
function* plan(tasks) {
  const chains = Math.max(1, Math.floor((tasks - 1) / 3.145));
  let number = 0;
  let level = [];
  for (let chain = 0; chain < chains; chain++) {
    const literal = `store/part-${chain % 4096}.nc`;
    yield { number: number++, key: ["t", ["load-1f0a", chain]], step: 0, inputs: [], literal };
    yield { number: number++, key: ["t", ["clean-77e2", chain]], step: 1, inputs: [number - 2] };
    yield { number: number++, key: ["t", ["mean-0b3c", chain]], step: 2, inputs: [number - 2] };
    level.push(number - 1);
  }
  for (let round = 0; level.length > 1; round++) {
    const next = [];
    for (let at = 0; at < level.length; at += 8) {
      const inputs = level.slice(at, at + 8);
      const key = level.length <= 8 ? "total-9d41" : `total-${round}-${at}`;
      yield { number, key, step: 3, inputs };
      next.push(number++);
    }
    level = next;
  }
}

/** Mulberry32: the same numbers every time. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
