// How fast documents are checked, and in how much memory: reading, schema, PROV-CONSTRAINTS and
// lints together, at several sizes, to see that the time grows with the size and no faster. Every
// figure comes from a process of its own; the sizes take turns.
//
//   npm run build && node bench/check.mjs [--records 100000,300000] [--rounds 3]
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
import { checkDocument } from "../dist/check/index.js";
import { parseProvJson, writeProvJson } from "../dist/formats/index.js";
import {
  createRecord,
  datatypes,
  provNamespace,
  qualifiedName,
  typedLiteral,
} from "../dist/prov/index.js";

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "100000,300000" },
    rounds: { type: "string", default: "3" },
    case: { type: "string" },
    file: { type: "string" },
  },
});

/** What is measured, by name; each returns a promise of what was found. */
const cases = {
  "check (file, all)": (file) => checkDocument(createReadStream(file)),
  "check (file, no schema, no lints)": (file) =>
    checkDocument(createReadStream(file), {
      schema: false,
      lints: {
        undeclared: false,
        "clock-order": false,
        "plain-string-type": false,
        "suspicious-name": false,
      },
    }),
  "check (in memory)": async (file) => {
    const document = parseProvJson(readFileSync(file));
    start = process.cpuUsage();
    return await checkDocument(document);
  },
};

let start = process.cpuUsage();

if (options.case === undefined) {
  compare();
} else {
  start = process.cpuUsage();
  const { valid, findings } = await cases[options.case](options.file);
  const { user, system } = process.cpuUsage(start);
  if (!valid) throw new Error(`The document of the bench is not valid: ${findings[0]?.message}`);
  console.log(JSON.stringify([(user + system) / 1e6, process.resourceUsage().maxRSS / 1024]));
}

function compare() {
  const directory = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  const cpu = os.cpus()[0]?.model ?? "unknown CPU";
  console.log(`node ${process.version}, ${cpu}, ${os.cpus().length} CPUs`);
  const sizes = options.records.split(",").map(Number);
  try {
    const medians = new Map();
    for (const records of sizes) {
      const file = path.join(directory, `${records}.json`);
      writeFileSync(file, [...writeProvJson(generate(records))].join(""));
      console.log(`\n${records} records, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
      for (const name of Object.keys(cases)) {
        const figures = Array.from({ length: Number(options.rounds) }, () => measure(name, file));
        const seconds = figures.map(([each]) => each).sort((a, b) => a - b);
        const median = seconds[Math.floor(seconds.length / 2)];
        const memory = Math.max(...figures.map(([, each]) => each));
        medians.set(`${name} ${records}`, median);
        const smallest = medians.get(`${name} ${sizes[0]}`);
        const ratio =
          records === sizes[0] ? "" : `, ${(median / smallest).toFixed(2)} times ${sizes[0]}`;
        console.log(
          `  ${name.padEnd(36)} ${median.toFixed(2)} s CPU (${seconds[0].toFixed(2)} to ${seconds.at(-1).toFixed(2)}), ${memory.toFixed(0)} MB${ratio}`,
        );
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function measure(name, file) {
  const self = fileURLToPath(import.meta.url);
  const args = [self, "--case", name, "--file", file];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

// Per task an activity, an entity, a generation, two uses and a derivation, like a recorded run.
function generate(count) {
  const ex = { prefix: "ex", uri: "https://example.org/run/7f3a/" };
  const namespaces = [provNamespace, datatypes.int.namespace, ex];
  const name = (local) => qualifiedName(ex, local);
  const time = (n, millis) => new Date(1_790_000_000_000 + n * 10 + millis).toISOString();
  const records = [];
  for (let n = 0; records.length < count; n++) {
    const [task, data] = [name(`task-${n}`), name(`data-${n}`)];
    const attributes = [
      [name("key"), `task-${n}`],
      [name("attempt"), typedLiteral("1", datatypes.int)],
      [name("status"), "ok"],
    ];
    records.push(
      createRecord("activity", task, [], [time(n, 0), time(n, 5)], attributes),
      createRecord("entity", data, [], [], [[name("nbytes"), typedLiteral("800", datatypes.int)]]),
      createRecord("wasGeneratedBy", undefined, [data, task], [time(n, 5)], []),
    );
    for (const back of [1, 7]) {
      if (n >= back) {
        const source = name(`data-${n - back}`);
        records.push(createRecord("used", undefined, [task, source], [time(n, 0)], []));
      }
    }
    if (n >= 1) {
      const source = name(`data-${n - 1}`);
      records.push(createRecord("wasDerivedFrom", undefined, [data, source, task], [], []));
    }
  }
  return { namespaces, records: records.slice(0, count), bundles: [] };
}
