// How fast documents are checked, and in how much memory: reading, schema, PROV-CONSTRAINTS and
// lints together, at several sizes, to see that the time grows with the size and no faster; beside
// JSON.parse, the floor.
//
//   npm run build && node bench/check.mjs [--records 100000,300000] [--rounds 3]
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkDocument } from "../dist/check/index.js";
import { processIo } from "../dist/cli/io.js";
import { runCli } from "../dist/cli/run-cli.js";
import { parseProvJson, writeProvJson } from "../dist/formats/index.js";
import {
  createRecord,
  datatypes,
  provNamespace,
  qualifiedName,
  typedLiteral,
} from "../dist/prov/index.js";

import { compare, cpuSeconds, isCase, ownRun, readOptions, runCase } from "./support/compare.mjs";

const options = readOptions({ records: "100000,300000" });
const lints = ["undeclared", "clock-order", "plain-string-type", "suspicious-name", "literal-form"];

/** What is measured, by name; each returns CPU seconds, of the operation alone if not said otherwise. */
const cases = {
  "JSON.parse": (file) => {
    const text = readFileSync(file, "utf8");
    return cpuSeconds(() => JSON.parse(text));
  },
  "check (file, all)": (file) => cpuSeconds(() => check(bytesOf(file))),
  "taskprov check (whole process)": async (file) => {
    const status = await runCli(["check", file], { ...processIo(), out: async () => undefined });
    if (status !== 0) throw new Error(`taskprov check ended with ${status}.`);
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  "check (file, no schema, no lints)": (file) => {
    const off = Object.fromEntries(lints.map((lint) => [lint, false]));
    return cpuSeconds(() => check(bytesOf(file), { schema: false, lints: off }));
  },
  "check (in memory)": (file) => {
    const document = parseProvJson(readFileSync(file));
    return cpuSeconds(() => check(document));
  },
};

// As the command reads files.
function bytesOf(file) {
  return createReadStream(file, { highWaterMark: 1 << 18 });
}

async function check(source, how) {
  const { valid, findings } = await checkDocument(source, how);
  if (!valid) throw new Error(`The document of the bench is not valid: ${findings[0]?.message}`);
  return findings;
}

if (isCase(options)) {
  await runCase(cases, options);
} else {
  const self = fileURLToPath(import.meta.url);
  const runs = Object.keys(cases).map((name) => ownRun(name, self));
  const medians = [...compare({ runs, prepare, options })];
  const [[smallest, first]] = medians;
  for (const [records, seconds] of medians.slice(1)) {
    const ratios = Object.keys(cases).map(
      (name) => `${name} ${(seconds[name] / first[name]).toFixed(2)}`,
    );
    console.log(`${records} records to ${smallest}, times the CPU: ${ratios.join(", ")}`);
  }
}

function prepare(records, file) {
  writeFileSync(file, [...writeProvJson(generate(records))].join(""));
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
