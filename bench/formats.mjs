// How fast every format is written and read, and in how much memory, beside Python prov (the peer,
// when TASKPROV_PROV_PYTHON names a Python that has it; TriG needs rdflib there). Every figure
// comes from a process of its own; the cases take turns.
//
//   npm run build
//   node bench/formats.mjs [--formats prov-n,prov-xml] [--records 1000,10000,100000] [--rounds 3]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readDocument, writeDocument } from "../dist/formats/index.js";
import { runLikeDocument } from "./run-like-document.mjs";

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "1000,10000,100000" },
    rounds: { type: "string", default: "3" },
    formats: { type: "string", default: "prov-json,prov-n,prov-xml,prov-jsonld,trig,nquads" },
    case: { type: "string" },
    file: { type: "string" },
  },
});

const python = process.env["TASKPROV_PROV_PYTHON"];
const self = fileURLToPath(import.meta.url);
const formats = options.formats.split(",");
/** How Python prov names the formats that it reads and writes. */
const pythonNames = {
  "prov-json": "json",
  "prov-n": "provn",
  "prov-xml": "xml",
  "prov-jsonld": "jsonld",
  trig: "rdf",
};

/** What is measured, by name; each returns the CPU seconds of the operation alone. */
const cases = Object.fromEntries(
  formats.flatMap((format) => [
    [`write ${format}`, (file) => write(file, format)],
    [`read ${format}`, (file) => read(file, format)],
  ]),
);

async function write(file, format) {
  const document = await readDocument(readFileSync(file), { format: "prov-json" });
  return await cpuSeconds(() => {
    let bytes = 0;
    for (const chunk of writeDocument(document, { format })) {
      bytes += Buffer.from(chunk).length;
    }
    return bytes;
  });
}

async function read(file, format) {
  const bytes = readFileSync(`${file}.${format}`);
  return await cpuSeconds(() => readDocument(bytes, { format }));
}

const pythonProgram = `
import io, json, resource, sys, time
import prov.model as model
case, form, name, file = sys.argv[1:]
if case == "read":
    text = open(file + "." + form, encoding="utf-8").read()
    text = text.encode("utf-8") if name == "xml" else text
    start = time.process_time()
    model.ProvDocument.deserialize(content=text, format=name)
else:
    document = model.ProvDocument.deserialize(content=open(file, encoding="utf-8").read(), format="json")
    start = time.process_time()
    document.serialize(io.BytesIO() if name == "xml" else io.StringIO(), format=name)
seconds = time.process_time() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
`;

// Whatever an operation returns is kept here, so that it cannot be optimised away.
let sink;

async function cpuSeconds(operation) {
  const before = process.cpuUsage();
  sink = await operation();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

if (options.case === undefined) {
  await compare();
} else {
  const seconds = await cases[options.case](options.file);
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify([seconds, maxRSS / 1024, typeof sink]));
}

async function compare() {
  const directory = mkdtempSync(path.join(os.tmpdir(), "taskprov-bench-"));
  console.log(
    `node ${process.version}, ${os.cpus()[0]?.model ?? "unknown CPU"}, ${os.cpus().length} CPUs`,
  );
  try {
    for (const records of options.records.split(",").map(Number)) {
      const file = path.join(directory, `${records}.json`);
      const document = runLikeDocument(records);
      writeFileSync(file, [...writeDocument(document)].join(""));
      const sizes = formats.map((format) => {
        writeFileSync(`${file}.${format}`, [...writeDocument(document, { format })].join(""));
        return `${format} ${(statSync(`${file}.${format}`).size / 1e6).toFixed(1)} MB`;
      });
      console.log(`\n${records} records, ${sizes.join(", ")}`);
      console.table(measure(file));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function measure(file) {
  const runs = Object.keys(cases).map((name) => [
    name,
    () =>
      execFileSync(process.execPath, [
        self,
        ...["--formats", options.formats, "--case", name, "--file", file],
      ]),
  ]);
  if (python !== undefined) {
    for (const format of formats.filter((each) => each in pythonNames)) {
      for (const name of ["write", "read"]) {
        const theirs = pythonNames[format];
        const args = ["-W", "ignore", "-c", pythonProgram, name, format, theirs, file];
        runs.push([`Python prov ${name} ${format}`, () => execFileSync(python, args)]);
      }
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
