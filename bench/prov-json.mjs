// How fast PROV-JSON is read and written, and in how much memory, beside JSON.parse and
// JSON.stringify (the floor) and Python prov (the peer, when TASKPROV_PROV_PYTHON names a Python
// that has it).
//
//   npm run build && node bench/prov-json.mjs [--records 1000,10000,100000] [--rounds 3]
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseProvJson, readProvJson, writeProvJson } from "../dist/formats/index.js";
import { runLikeDocument } from "./run-like-document.mjs";
import {
  compare,
  cpuSeconds,
  isCase,
  ownRun,
  python,
  pythonRun,
  readOptions,
  runCase,
} from "./support/compare.mjs";

const options = readOptions();

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
  "readProvJson (stream)": (file) =>
    cpuSeconds(async () => {
      let records = 0;
      await readProvJson(createReadStream(file), {
        record: () => {
          records += 1;
        },
      });
      return records;
    }),
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
case, file = sys.argv[1:]
text = open(file, encoding="utf-8").read()
start = time.process_time()
document = model.ProvDocument.deserialize(content=text, format="json")
if case == "write":
    start = time.process_time()
    document.serialize(io.StringIO(), format="json")
done(start)
`;

if (isCase(options)) {
  await runCase(cases, options);
} else {
  const self = fileURLToPath(import.meta.url);
  const ours = Object.keys(cases).map((name) => ownRun(name, self));
  const verbs = python === undefined ? [] : ["read", "write"];
  const theirs = verbs.map((verb) => pythonRun(`Python prov ${verb}`, pythonProgram, [verb]));
  compare({ runs: [...ours, ...theirs], prepare, options });
}

function prepare(records, file) {
  writeFileSync(file, [...writeProvJson(runLikeDocument(records))].join(""));
}
