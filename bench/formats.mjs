// How fast every format is written and read (DOT is written only), and in how much memory, beside Python prov (the peer,
// when TASKPROV_PROV_PYTHON names a Python that has it; TriG needs rdflib there).
//
//   npm run build
//   node bench/formats.mjs [--formats prov-n,prov-xml] [--records 1000,10000,100000] [--rounds 3]
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readDocument, writeDocument } from "../dist/formats/index.js";
import { runLikeDocument } from "./run-like-document.mjs";
import {
  compare,
  cpuSeconds,
  isCase,
  megabytes,
  ownRun,
  python,
  pythonRun,
  readOptions,
  runCase,
} from "./support/compare.mjs";

const options = readOptions({
  formats: "prov-json,prov-n,prov-xml,prov-jsonld,turtle,trig,nquads,dot",
});
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
    ...(format === "dot" ? [] : [[`read ${format}`, (file) => read(file, format)]]),
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
done(start)
`;

if (isCase(options)) {
  await runCase(cases, options);
} else {
  compare({ runs: [...ownRuns(), ...pythonRuns()], prepare, options });
}

function prepare(records, file) {
  const document = runLikeDocument(records);
  writeFileSync(file, [...writeDocument(document)].join(""));
  const sizes = formats.map((format) => {
    writeFileSync(`${file}.${format}`, [...writeDocument(document, { format })].join(""));
    return `${format} ${megabytes(`${file}.${format}`)} MB`;
  });
  return sizes.join(", ");
}

function ownRuns() {
  const self = fileURLToPath(import.meta.url);
  return Object.keys(cases).map((name) => ownRun(name, self, ["--formats", options.formats]));
}

function pythonRuns() {
  const known = python === undefined ? [] : formats.filter((format) => format in pythonNames);
  return known.flatMap((format) =>
    ["write", "read"].map((verb) =>
      pythonRun(`Python prov ${verb} ${format}`, pythonProgram, [
        verb,
        format,
        pythonNames[format],
      ]),
    ),
  );
}
