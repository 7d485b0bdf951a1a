// How fast PROV-JSON is read and written, and in how much memory, beside JSON.parse and
// JSON.stringify (the floor) and Python prov (the peer, when TASKPROV_PROV_PYTHON names a Python
// that has it). Every figure comes from a process of its own; the cases take turns.
//
//   npm run build && node bench/prov-json.mjs [--records 1000,10000,100000] [--rounds 3]
import { execFileSync } from "node:child_process";
import {
  createReadStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseProvJson, readProvJson, writeProvJson } from "../dist/formats/index.js";
import { runLikeDocument } from "./run-like-document.mjs";

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "1000,10000,100000" },
    rounds: { type: "string", default: "3" },
    case: { type: "string" },
    file: { type: "string" },
  },
});

const python = process.env["TASKPROV_PROV_PYTHON"];
const self = fileURLToPath(import.meta.url);

/** What is measured, by name; each returns the CPU seconds of the operation alone. */
const cases = {
  "JSON.parse": (file) => {
    const bytes = readFileSync(file);
    return cpuSeconds(() => JSON.parse(bytes.toString("utf8")));
  },
  "parseProvJson (bytes)": (file) => {
    const bytes = readFileSync(file);
    return cpuSeconds(() => parseProvJson(bytes));
  },
  "parseProvJson (string)": (file) => {
    const text = readFileSync(file, "utf8");
    return cpuSeconds(() => parseProvJson(text));
  },
  "readProvJson (stream)": async (file) => {
    const before = process.cpuUsage();
    let records = 0;
    await readProvJson(createReadStream(file), {
      record: () => {
        records += 1;
      },
    });
    sink = records;
    return secondsSince(before);
  },
  "JSON.stringify": (file) => {
    const value = JSON.parse(readFileSync(file, "utf8"));
    return cpuSeconds(() => Buffer.byteLength(JSON.stringify(value)));
  },
  writeProvJson: (file) => {
    const document = parseProvJson(readFileSync(file));
    return cpuSeconds(() => {
      let bytes = 0;
      for (const chunk of writeProvJson(document)) {
        bytes += Buffer.from(chunk).length;
      }
      return bytes;
    });
  },
};

const pythonProgram = `
import io, json, resource, sys, time
import prov.model as model
case, file = sys.argv[1:]
text = open(file, encoding="utf-8").read()
start = time.process_time()
document = model.ProvDocument.deserialize(content=text, format="json")
if case == "write":
    start = time.process_time()
    document.serialize(io.StringIO(), format="json")
seconds = time.process_time() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
`;

// Whatever an operation returns is kept here, so that it cannot be optimised away.
let sink;

function cpuSeconds(operation) {
  const before = process.cpuUsage();
  sink = operation();
  return secondsSince(before);
}

function secondsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

if (options.case === undefined) {
  compare();
} else {
  const seconds = await cases[options.case](options.file);
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify([seconds, maxRSS / 1024, typeof sink]));
}

function compare() {
  const directory = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  console.log(
    `node ${process.version}, ${os.cpus()[0]?.model ?? "unknown CPU"}, ${os.cpus().length} CPUs`,
  );
  try {
    for (const records of options.records.split(",").map(Number)) {
      const file = path.join(directory, `${records}.json`);
      writeFileSync(file, [...writeProvJson(runLikeDocument(records))].join(""));
      console.log(`\n${records} records, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
      console.table(measure(file));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function measure(file) {
  const runs = Object.keys(cases).map((name) => [
    name,
    () => execFileSync(process.execPath, [self, "--case", name, "--file", file]),
  ]);
  if (python !== undefined) {
    for (const name of ["read", "write"]) {
      const args = ["-c", pythonProgram, name, file];
      runs.push([`Python prov ${name}`, () => execFileSync(python, args)]);
    }
  }
  const results = new Map(runs.map(([name]) => [name, []]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, run] of runs) {
      results.get(name).push(JSON.parse(run().toString()));
    }
  }
  return Object.fromEntries(
    [...results].map(([name, figures]) => {
      const seconds = figures.map(([each]) => each).sort((a, b) => a - b);
      return [
        name,
        {
          "CPU s (median)": round(seconds[Math.floor(seconds.length / 2)], 3),
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
