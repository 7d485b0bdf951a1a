import { TaskprovError } from "../../base/errors.js";
import { writeFileAtomically } from "../../base/files.js";
import {
  DocumentError,
  dialects,
  drawSvg,
  type Finding,
  type FormatName,
  findingText,
  formatOfFile,
  formats,
  type Repair,
  readDocument,
  repairYprov,
  writeDocument,
} from "../../formats/index.js";
import type { ProvDocument } from "../../prov/index.js";
import { fileChunks } from "../../track/document-files.js";
import { drawPng } from "../../track/png/draw-png.js";
import type { Command, Parsed } from "../command.js";
import { knownName, readArgument } from "../document-input.js";
import type { Io } from "../io.js";
import { allBytes } from "../read-input.js";

const readable = formats.filter(({ read }) => read !== undefined).map(({ name }) => name);
const writable = formats.filter(({ write }) => write !== undefined);
/** Pictures are laid out as a whole, by packages that are loaded for it. */
const pictures = ["svg", "png"] as const;
type Picture = (typeof pictures)[number];
const targets: readonly (FormatName | Picture)[] = [
  ...writable.map(({ name }) => name),
  ...pictures,
];
/** How many repairs of one kind are listed. */
const maxExamples = 20;

/** `taskprov convert IN OUT`. */
export const convertCommand: Command = {
  name: "convert",
  summary: "write a PROV document in another format",
  arguments: "IN OUT",
  count: [2, 2],
  about: [
    "Reads a PROV document in any format and writes it in another one. The format of IN is guessed",
    "from its content, that of OUT from its ending. What the format cannot carry is told on standard",
    "error with the record's name. OUT is written whole or not at all. IN and OUT can be - for standard",
    "input and output. Exit status: 0 converted, 1 with --strict when something could not be carried,",
    "2 IN cannot be read or OUT cannot be written.",
    "",
    `Formats: ${targets.join(" ")}. The last three are pictures, which nothing reads back.`,
  ].join("\n"),
  options: {
    from: { type: "string", value: "FORMAT", help: "the format of IN, instead of a guess" },
    to: { type: "string", value: "FORMAT", help: "the format of OUT, instead of by its ending" },
    dialect: {
      type: "string",
      value: "NAME",
      help: `how PROV-JSON spells attributes: ${dialects.join(", ")}`,
    },
    compact: { type: "boolean", help: "as few characters as the format allows" },
    repair: { type: "boolean", help: "repair what yProv4DASK is known to write wrong; list it" },
    "toolbox-names": {
      type: "boolean",
      help: "names in PROV-XML as ProvToolbox wrote them before 2.0 (_2F for a slash)",
    },
    strict: { type: "boolean", help: "exit status 1 when something could not be carried" },
  },
  examples: [
    "taskprov convert run.json run.provn",
    "taskprov convert --to prov-xml run.trig -",
    "taskprov convert --repair old/yprov4wfs.json mended.json",
  ],
  run: async (parsed, io) => {
    const [input = "-", output = "-"] = parsed.positionals;
    const to = targetFormat(parsed, output);
    const from = given(parsed, "from", readable);
    const dialect = given(parsed, "dialect", dialects);
    const isRepairing = parsed.flag("repair") === true;
    const provToolboxNames = parsed.flag("toolbox-names") === true;
    if (isRepairing && provToolboxNames) {
      throw new TaskprovError(
        "ERR_USAGE",
        "--repair is for PROV-JSON and --toolbox-names for PROV-XML. Give one of them.",
      );
    }
    const document = isRepairing
      ? await repaired(input, from, io)
      : await readArgument(input, from, io, { provToolboxNames });
    if (isPicture(to)) {
      await write(await picture(document, to), output, io);
      return 0;
    }
    const losses: Finding[] = [];
    const chunks = writeDocument(document, {
      format: to,
      compact: parsed.flag("compact") === true,
      ...(dialect !== undefined && { dialect }),
      onWarning: (finding) => {
        losses.push(finding);
        io.note(`taskprov: ${findingText(finding)}`);
      },
    });
    await write(chunks, output, io);
    return parsed.flag("strict") === true && losses.length > 0 ? 1 : 0;
  },
};

function given<T extends string>(
  parsed: Parsed,
  option: string,
  names: readonly T[],
): T | undefined {
  const text = parsed.text(option);
  return text === undefined ? undefined : knownName(text, names, `--${option}`);
}

function isPicture(target: FormatName | Picture): target is Picture {
  return pictures.some((name) => name === target);
}

async function picture(document: ProvDocument, to: Picture): Promise<(string | Uint8Array)[]> {
  return [to === "png" ? await drawPng(document) : await drawSvg(document)];
}

function targetFormat(parsed: Parsed, output: string): FormatName | Picture {
  const to = given(parsed, "to", targets);
  if (to === "png" && output === "-") {
    throw new TaskprovError("ERR_USAGE", "PNG is not text: name a file instead of -.");
  }
  if (to !== undefined) return to;
  const drawn = pictures.find((name) => output.toLowerCase().endsWith(`.${name}`));
  if (drawn !== undefined) return drawn;
  const format = formatOfFile(output);
  if (format?.write !== undefined) return format.name;
  const endings = [...writable.flatMap(({ extensions }) => extensions), ".svg", ".png"].join(" ");
  throw new TaskprovError(
    "ERR_USAGE",
    output === "-"
      ? `The format of standard output is not known. Give it with --to (${targets.join(", ")}).`
      : `Cannot tell the format of ${output} by its ending (known: ${endings}). Give it with --to.`,
  );
}

async function repaired(
  input: string,
  from: FormatName | undefined,
  io: Io,
): Promise<ProvDocument> {
  if (from !== undefined && from !== "prov-json") {
    throw new TaskprovError("ERR_USAGE", `--repair mends PROV-JSON only, not ${from}.`);
  }
  const bytes = await allBytes(input === "-" ? io.input : fileChunks(input));
  const name = input === "-" ? "standard input" : input;
  try {
    const { text, repairs } = repairYprov(new TextDecoder().decode(bytes));
    tellRepairs(repairs, name, io);
    return await readDocument(text, {
      format: "prov-json",
      onWarning: (finding) => io.note(`${name}: ${findingText(finding)}`),
    });
  } catch (cause) {
    if (!(cause instanceof DocumentError)) throw cause;
    throw new TaskprovError("ERR_DOCUMENT", `Cannot read ${name}: ${cause.message}`, { cause });
  }
}

function tellRepairs(repairs: readonly Repair[], name: string, io: Io): void {
  const byRule = new Map<string, Repair[]>();
  for (const repair of repairs) {
    const list = byRule.get(repair.rule) ?? [];
    byRule.set(repair.rule, list);
    list.push(repair);
  }
  for (const [rule, list] of byRule) {
    io.note(`${name}: repaired ${list.length} × ${rule}`);
    for (const { path, before, after } of list.slice(0, maxExamples)) {
      io.note(`  ${path}: ${before} → ${after ?? "(taken out)"}`);
    }
    if (list.length > maxExamples) io.note(`  and ${list.length - maxExamples} more`);
  }
  if (repairs.length === 0) io.note(`${name}: nothing to repair`);
}

async function write(chunks: Iterable<string | Uint8Array>, output: string, io: Io): Promise<void> {
  if (output !== "-") {
    writeFileAtomically(output, chunks);
    return;
  }
  for (const chunk of chunks) if (typeof chunk === "string") await io.out(chunk);
}
