// What the benches of formats share: every figure comes from a process of its own, in which one
// operation is measured; the cases take turns, so that a busy machine hurts all of them alike.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

/** A Python with `prov`, the peer; absent when the variable is not set. */
export const python = process.env["TASKPROV_PROV_PYTHON"];

// Begins every program: `done(start)` prints what was used since `start`.
const pythonPrelude = `
import io, json, resource, sys, time
import prov.model as model
def done(start):
    seconds = time.process_time() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
`;

/** The options of the command line: those of every such bench, and its own. */
export function readOptions(defaults = {}) {
  const all = { records: "1000,10000,100000", rounds: "3", ...defaults };
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(
        Object.entries(all).map(([name, value]) => [name, { type: "string", default: value }]),
      ),
      case: { type: "string" },
      file: { type: "string" },
    },
  });
  return values;
}

/** Whether this process measures one case: the bench started itself. */
export function isCase(options) {
  return options.case !== undefined;
}

// Whatever an operation returns is kept here, so that it cannot be optimised away.
let sink;

/** The CPU seconds that an operation takes, also of one that goes on after it returned. */
export async function cpuSeconds(operation) {
  const before = process.cpuUsage();
  sink = await operation();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/**
 * Measures the case that the options name and prints its figures for {@link compare}.
 *
 * @param cases - by name, what returns the CPU seconds of its operation on a file.
 */
export async function runCase(cases, options) {
  const seconds = await cases[options.case](options.file);
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify([seconds, maxRSS / 1024, typeof sink]));
}

/**
 * Measures the cases on documents of all sizes and prints a table for each.
 *
 * @param bench - `name` and `run(file)` of every case, which prints its figures; `prepare` writes
 *   the file of a size and returns what to say of it.
 * @returns the medians of the CPU seconds, by size and name.
 */
export function compare({ runs, prepare, options }) {
  const directory = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  const cpu = os.cpus()[0]?.model ?? "unknown CPU";
  console.log(`node ${process.version}, ${cpu}, ${os.cpus().length} CPUs`);
  const medians = new Map();
  try {
    for (const records of options.records.split(",").map(Number)) {
      const file = path.join(directory, `${records}.json`);
      const about = prepare(records, file);
      console.log(`\n${records} records, ${about ?? `${megabytes(file)} MB`}`);
      const table = measure(runs, file, Number(options.rounds));
      console.table(table);
      medians.set(
        records,
        Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row[medianColumn]])),
      );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return medians;
}

/** A run of a case in a process of its own. */
export function ownRun(name, script, args = []) {
  const run = (file) =>
    execFileSync(process.execPath, [script, ...args, "--case", name, "--file", file]);
  return { name, run };
}

/** A run of a Python program. */
export function pythonRun(name, program, args) {
  const run = (file) =>
    execFileSync(python, ["-W", "ignore", "-c", pythonPrelude + program, ...args, file]);
  return { name, run };
}

/** The size of a file, in MB. */
export function megabytes(file) {
  return (statSync(file).size / 1e6).toFixed(1);
}

const medianColumn = "CPU s (median)";

function measure(runs, file, rounds) {
  const results = new Map(runs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of runs) {
      results.get(name).push(JSON.parse(run(file).toString()));
    }
  }
  return Object.fromEntries(
    [...results].map(([name, figures]) => {
      const seconds = figures.map(([each]) => each).sort((a, b) => a - b);
      return [
        name,
        {
          [medianColumn]: round(seconds[Math.floor(seconds.length / 2)], 3),
          min: round(seconds[0], 3),
          max: round(seconds.at(-1), 3),
          "peak RSS MB": round(Math.max(...figures.map(([, rss]) => rss)), 0),
        },
      ];
    }),
  );
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
