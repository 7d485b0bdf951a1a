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
import { datatypes, provNamespace, qualifiedName, typedLiteral } from "../dist/prov/index.js";

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
      writeFileSync(file, [...writeProvJson(generate(records))].join(""));
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

// Per task one activity with seven attributes, one entity, one wasGeneratedBy and two used.
function generate(count) {
  const random = mulberry32(20261120);
  const namespace = (prefix, uri) => ({ prefix, uri });
  const task = namespace("task", "urn:uuid:7f3a0000-0000-4000-8000-000000000000#task/");
  const data = namespace("data", "urn:uuid:7f3a0000-0000-4000-8000-000000000000#data/");
  const terms = namespace("taskprov", "https://w3id.org/taskprov/terms#");
  const yprov = namespace("yprov4wfs", "https://github.com/HPCI-Lab/yProv4WFs#");
  const prov = (local) => qualifiedName(provNamespace, local);
  const term = (local) => qualifiedName(terms, local);
  const yterm = (local) => qualifiedName(yprov, local);
  const names = {
    label: prov("label"),
    type: prov("type"),
    role: prov("role"),
    key: term("key"),
    attempt: term("attempt"),
    status: term("status"),
    nbytes: term("nbytes"),
    taskType: term("TaskAttempt"),
    dataType: term("Data"),
    yStatus: yterm("status"),
    processedOn: yterm("processed_on"),
  };
  const workers = ["tcp://10.0.0.1:40001", "tcp://10.0.0.2:40001", "tcp://10.0.0.3:40001"];
  const functions = ["inc", "load", "clean", "aggregate"];
  const records = [];
  const keys = [];
  let micros = 0;
  const time = () => {
    micros += Math.floor(random() * 2_000) + 1;
    const text = new Date(Date.UTC(2026, 10, 20) + Math.floor(micros / 1000)).toISOString();
    return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`;
  };
  for (let i = 0; i < count / 5; i++) {
    const name = functions[Math.floor(random() * functions.length)];
    const key = `${name}-${Math.floor(random() * 2 ** 52)
      .toString(16)
      .padStart(13, "0")}-${i}`;
    const activity = qualifiedName(task, key);
    const entity = qualifiedName(data, key);
    const endTime = time();
    records.push({
      kind: "activity",
      id: activity,
      startTime: time(),
      endTime,
      attributes: [
        [names.label, key],
        [names.type, names.taskType],
        [names.key, key],
        [names.attempt, typedLiteral("1", datatypes.int)],
        [names.status, "ok"],
        [names.yStatus, "success"],
        [names.processedOn, workers[i % workers.length]],
      ],
    });
    records.push({
      kind: "entity",
      id: entity,
      attributes: [
        [names.label, key],
        [names.type, names.dataType],
        [names.key, key],
        [names.nbytes, typedLiteral(String(Math.floor(random() * 1e6)), datatypes.int)],
      ],
    });
    records.push({
      kind: "wasGeneratedBy",
      entity,
      activity,
      time: endTime,
      attributes: [[names.role, "result"]],
    });
    for (const role of ["arg0", "arg1"]) {
      const source = keys[Math.floor(random() * keys.length)] ?? entity;
      records.push({
        kind: "used",
        activity,
        entity: source,
        time: endTime,
        attributes: [[names.role, role]],
      });
    }
    keys.push(entity);
  }
  return { namespaces: [terms, task, data, yprov], records, bundles: [] };
}

// A small seeded generator (Tommy Ettinger's mulberry32, public domain), so that runs compare.
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
