import { isTaskprovError, TaskprovError } from "../../base/errors.js";
import {
  type CheckedFile,
  type CheckOptions,
  type CheckResult,
  checkDocument,
  checkFindingText,
  type LintName,
  lints,
  type ReaderName,
  readerNames,
  toSarif,
} from "../../check/index.js";
import { fileChunks } from "../../track/document-files.js";
import { packageVersion } from "../../track/run-facts.js";
import { type Command, columns, type Parsed } from "../command.js";
import { compileLess } from "../compile-less.js";
import { formatOption, givenFormat, knownName } from "../document-input.js";
import type { Io } from "../io.js";

/** `taskprov check FILE…`. */
export const checkCommand: Command = {
  name: "check",
  summary: "check PROV documents: readable, valid by PROV-CONSTRAINTS, free of common mistakes",
  arguments: "FILE…",
  count: [0, Number.POSITIVE_INFINITY],
  about: [
    "Checks PROV documents of any size and format: well-formed, PROV-JSON true to its schema, valid",
    "by all of W3C PROV-CONSTRAINTS, and free of what the lints warn of. A finding has the number of",
    "the constraint, the records in conflict and their places. The format is guessed. FILE is a",
    "document, or - for standard input. Exit status: 0 valid, 1 not valid (with --strict: a warning),",
    "2 a file cannot be read.",
  ].join("\n"),
  options: {
    json: { type: "boolean", help: "the result as JSON; of several files a list in `files`" },
    sarif: { type: "boolean", help: "the result as SARIF 2.1.0" },
    strict: { type: "boolean", help: "count warnings as errors" },
    schema: { type: "boolean", negatable: true, help: "check the schema of PROV-JSON (default)" },
    lint: { type: "string", multiple: true, value: "NAME", help: "turn a lint on; see --list" },
    "no-lint": {
      type: "string",
      multiple: true,
      value: "NAME",
      help: "turn a lint off; `all` turns off all",
    },
    for: {
      type: "string",
      multiple: true,
      value: "READER",
      help: `warn of what a reader does not take as meant: ${readerNames.join(", ")}`,
    },
    format: formatOption,
    list: { type: "boolean", help: "list the lints and exit" },
  },
  examples: [
    "taskprov check output/yprov4wfs.json",
    "taskprov check --strict --for provtoolbox --for prov-py run.json",
    "taskprov check --sarif documents/*.provn > findings.sarif",
    "taskprov check --json run.json | jq .counts",
  ],
  run: async (parsed, io) => {
    if (parsed.flag("list") === true) {
      await io.out(listOfLints());
      return 0;
    }
    const { positionals } = parsed;
    if (positionals.length === 0) {
      throw new TaskprovError(
        "ERR_USAGE",
        "Too few arguments for `taskprov check FILE`. See `taskprov check --help`.",
      );
    }
    const options = checkOptions(parsed);
    compileLess();
    const files: CheckedFile[] = [];
    for (const file of positionals) {
      files.push(await checkFile(file, options, positionals.length > 1, io));
    }
    await io.out(report(parsed, files));
    return statusOf(files, parsed.flag("strict") === true);
  },
};

async function checkFile(
  name: string,
  options: CheckOptions,
  isOneOfSeveral: boolean,
  io: Io,
): Promise<CheckedFile> {
  const source = name === "-" ? io.input : fileChunks(name);
  const file = name === "-" ? "standard input" : name;
  try {
    return { file, result: await checkDocument(source, options) };
  } catch (error) {
    // One file that is not there must not hide what is wrong with the others.
    if (!isOneOfSeveral || !isTaskprovError(error, "ERR_FILE")) throw error;
    const finding = { severity: "error", rule: "file", message: error.message } as const;
    return { file, result: { valid: false, readable: false, findings: [finding], counts: {} } };
  }
}

function statusOf(files: readonly CheckedFile[], strict: boolean): number {
  if (files.some(({ result }) => !result.readable)) return 2;
  const isFine = files.every(({ result }) =>
    strict ? result.findings.length === 0 : result.valid,
  );
  return isFine ? 0 : 1;
}

function report(parsed: Parsed, files: readonly CheckedFile[]): string {
  if (parsed.flag("sarif") === true) {
    return `${JSON.stringify(toSarif(files, packageVersion), null, 2)}\n`;
  }
  if (parsed.flag("json") !== true) return files.map(told).join("");
  const [only] = files;
  const all = files.map(({ file, result }) => ({ file, ...result }));
  const value =
    files.length === 1 && only !== undefined
      ? only.result
      : { valid: all.every(({ valid }) => valid), files: all };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function told({ file, result }: CheckedFile): string {
  const counts = Object.entries(result.counts).map(([kind, count]) => `${count} ${kind}`);
  const lines = result.findings.map((finding) => `${file}: ${checkFindingText(finding)}`);
  const records = counts.length === 0 ? "no records" : counts.join(", ");
  lines.push(`${file}: ${verdict(result)}; ${records}`);
  return `${lines.join("\n")}\n`;
}

function verdict({ valid, readable }: CheckResult): string {
  if (!readable) return "cannot be read";
  return valid ? "valid" : "not valid";
}

function listOfLints(): string {
  const rows = lints.map(
    ({ name, isDefault, summary }) => [`${name}${isDefault ? " (on)" : ""}`, summary] as const,
  );
  return `${columns(rows).join("\n")}\n`;
}

function checkOptions(parsed: Parsed): CheckOptions {
  const off = parsed.texts("no-lint");
  const names = lints.map(({ name }) => name);
  const choices = new Map<LintName, boolean>();
  for (const name of off.includes("all") ? names : []) choices.set(name, false);
  for (const text of off.filter((name) => name !== "all")) {
    choices.set(knownName(text, names, "--no-lint"), false);
  }
  for (const text of parsed.texts("lint")) choices.set(knownName(text, names, "--lint"), true);
  const format = givenFormat(parsed);
  return {
    schema: parsed.flag("schema") !== false,
    lints: Object.fromEntries(choices),
    for: parsed.texts("for").map((text): ReaderName => knownName(text, readerNames, "--for")),
    ...(format !== undefined && { format }),
  };
}
