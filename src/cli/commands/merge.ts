import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomically } from "../../base/files.js";
import { recordText } from "../../check/record-text.js";
import {
  type FormatName,
  findingText,
  formatOfFile,
  formats,
  writeDocument,
} from "../../formats/index.js";
import { merge, type ProvDocument, type UnifyConflict } from "../../prov/index.js";
import type { Command, Parsed } from "../command.js";
import { formatOption, givenFormat, knownName, readArgument } from "../document-input.js";

const maxConflicts = 20;

/** `taskprov merge A B… -o FILE`. */
export const mergeCommand: Command = {
  name: "merge",
  summary: "put PROV documents together, of one run or of several",
  arguments: "FILE…",
  count: [1, Number.POSITIVE_INFINITY],
  about: [
    "Puts PROV documents of any formats together. Records that are one (same id, or same generation,",
    "invalidation, start or end) are merged, prefixes in conflict renamed, blank ids kept apart, bundles",
    "kept. Records that contradict each other are told, and all are kept. FILE is a document, or - for",
    "standard input. Exit status: 0 merged, 1 merged with contradictions, 2 a file cannot be read.",
  ].join("\n"),
  options: {
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "where to write; else standard output",
    },
    to: { type: "string", value: "FORMAT", help: "the format to write, instead of that of -o" },
    unify: { type: "boolean", negatable: true, help: "merge records that are one (default)" },
    format: formatOption,
  },
  examples: [
    "taskprov merge monday.json tuesday.json -o week.json",
    "taskprov merge run-*.provn --to trig > all.trig",
  ],
  run: async (parsed, io) => {
    const format = givenFormat(parsed);
    const output = parsed.text("output");
    const target = targetFormat(parsed, output);
    if (parsed.positionals.filter((file) => file === "-").length > 1) {
      throw new TaskprovError("ERR_USAGE", "Only one of the documents can be standard input.");
    }
    const documents: ProvDocument[] = [];
    for (const file of parsed.positionals) documents.push(await readArgument(file, format, io));
    const { document, conflicts, renamedPrefixes } = merge(documents, {
      unify: parsed.flag("unify") !== false,
    });
    const chunks = writeDocument(document, {
      format: target,
      onWarning: (finding) => io.note(`taskprov: ${findingText(finding)}`),
    });
    if (output === undefined) {
      for (const chunk of chunks) await io.out(chunk);
    } else {
      writeFileAtomically(output, chunks);
    }
    for (const { prefix, uri, newPrefix } of renamedPrefixes) {
      io.note(`taskprov: the prefix ${prefix || "(default)"} of ${uri} is ${newPrefix} now.`);
    }
    for (const conflict of conflicts.slice(0, maxConflicts)) io.note(conflictText(conflict));
    if (conflicts.length > maxConflicts) {
      io.note(`taskprov: and ${conflicts.length - maxConflicts} more contradictions.`);
    }
    return conflicts.length === 0 ? 0 : 1;
  },
};

function targetFormat(parsed: Parsed, output: string | undefined): FormatName {
  const text = parsed.text("to");
  const writable = formats.filter(({ write }) => write !== undefined);
  if (text !== undefined) {
    return knownName(
      text,
      writable.map(({ name }) => name),
      "--to",
    );
  }
  if (output === undefined) return "prov-json";
  const format = formatOfFile(output);
  if (format?.write !== undefined) return format.name;
  const endings = writable.flatMap(({ extensions }) => extensions).join(" ");
  throw new TaskprovError(
    "ERR_USAGE",
    `Cannot tell the format of ${output} by its ending (known: ${endings}). Give it with --to.`,
  );
}

function conflictText({ constraint, records, property, values, bundle }: UnifyConflict): string {
  const which = typeof constraint === "number" ? `PROV-CONSTRAINTS ${constraint}` : constraint;
  const place = bundle === undefined ? "" : ` in bundle ${bundle.local}`;
  const [a, b] = records.map(recordText);
  return `taskprov: ${which}${place}: prov:${property} is ${values[0]} and ${values[1]}: ${a} and ${b}`;
}
