// Checks a folder of PROV documents against what is expected of them, and prints a table.
//
//   npm run build && node scripts/conformance.mjs FOLDER EXPECTATIONS [--json] [--all]
//
// EXPECTATIONS has one line a document: its path below FOLDER, white space, PASS or FAIL, and if
// wanted the numbers of constraints of which at least one must be among the findings:
//
//   # comments and empty lines are skipped
//   unification/generation-fail1.provn   FAIL   24
//   ordering/activity1.provn             PASS
//
// The path may be a pattern with * (any characters). Documents that no line names are listed, not
// judged. Ends with "N as expected, M not", and status 1 unless M is 0.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkDocument } from "../dist/check/index.js";
import { formatOfFile } from "../dist/formats/index.js";

const { values: options, positionals } = parseArgs({
  options: { json: { type: "boolean" }, all: { type: "boolean" } },
  allowPositionals: true,
});
const [folder, expectationsFile] = positionals;
if (folder === undefined || expectationsFile === undefined) {
  console.error("Usage: node scripts/conformance.mjs FOLDER EXPECTATIONS [--json] [--all]");
  process.exit(2);
}

const expectations = readExpectations(readFileSync(expectationsFile, "utf8"));
const rows = [];
for (const file of documentsIn(folder)) {
  rows.push(
    await judge(
      file,
      expectations.find(({ pattern }) => pattern.test(file)),
    ),
  );
}
const missing = expectations.filter(({ used }) => !used).map(({ text }) => text);
report(rows, missing);

/** Every file below the folder that has the ending of a format, by its path with slashes. */
function documentsIn(root) {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => formatOfFile(file)?.read !== undefined)
    .sort();
}

function readExpectations(text) {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", verdict = "", ...numbers] = line.split(/\s+/);
      if (verdict !== "PASS" && verdict !== "FAIL") {
        console.error(`Expected PASS or FAIL after the document in ${JSON.stringify(line)}.`);
        process.exit(2);
      }
      const pattern = new RegExp(
        `^${name.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`,
      );
      return { text: line, pattern, verdict, numbers: numbers.map(Number), used: false };
    });
}

async function judge(file, expectation) {
  const source = readFileSync(path.join(folder, file));
  const format = formatOfFile(file)?.name;
  const { valid, findings } = await checkDocument(source, { format, lints: { undeclared: false } });
  const errors = findings.filter(({ severity }) => severity === "error");
  const constraints = [
    ...new Set(
      errors.flatMap(({ constraint, involves = [] }) => [constraint ?? [], involves].flat()),
    ),
  ].sort((a, b) => a - b);
  const verdict = valid ? "PASS" : "FAIL";
  const first = errors[0] === undefined ? "" : `${errors[0].rule}: ${errors[0].message}`;
  if (expectation === undefined) return { file, verdict, constraints, first };
  expectation.used = true;
  const { numbers } = expectation;
  const isExpected =
    verdict === expectation.verdict &&
    (numbers.length === 0 || valid || numbers.some((number) => constraints.includes(number)));
  return { file, verdict, constraints, first, expected: expectation.verdict, numbers, isExpected };
}

function report(all, unmet) {
  const judged = all.filter(({ expected }) => expected !== undefined);
  const wrong = judged.filter(({ isExpected }) => !isExpected);
  if (options.json === true) {
    console.log(JSON.stringify({ rows: all, missing: unmet }, null, 2));
  } else {
    const shown = options.all === true ? all : all.filter(({ isExpected }) => isExpected !== true);
    const width = Math.max(8, ...shown.map(({ file }) => file.length));
    if (shown.length > 0) console.log(`${"document".padEnd(width)}  expected  found  constraints`);
    for (const { file, expected = "-", numbers = [], verdict, constraints, first } of shown) {
      const wanted = [expected, ...numbers].join(" ").padEnd(8);
      const found = constraints.length === 0 ? first.slice(0, 100) : constraints.join(" ");
      console.log(`${file.padEnd(width)}  ${wanted}  ${verdict}   ${found}`.trimEnd());
    }
    for (const text of unmet) console.log(`no such document: ${text}`);
    const others = all.length - judged.length;
    const unjudged = others === 0 ? "" : `, ${others} without an expectation`;
    console.log(
      `${judged.length - wrong.length} as expected, ${wrong.length + unmet.length} not${unjudged}`,
    );
  }
  process.exitCode = wrong.length + unmet.length === 0 ? 0 : 1;
}
