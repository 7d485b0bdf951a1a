import { basename } from "node:path";
import { TaskprovError } from "../../base/errors.js";
import { checkDocument, checkFindingText, type ReaderName } from "../../check/index.js";
import {
  findToken,
  pushDocument,
  type StoreMetadata,
  type StoreName,
  storeNames,
  tokenVariable,
} from "../../exchange/index.js";
import {
  dialects,
  findingText,
  formatOfFile,
  guessFormat,
  readDocument,
  writeDocument,
} from "../../formats/index.js";
import { fileChunks } from "../../track/document-files.js";
import type { Command, Parsed } from "../command.js";
import { formatOption, givenFormat, knownName } from "../document-input.js";
import type { Io } from "../io.js";
import { jsonText, newestDocument, numberOption } from "../lineage-input.js";
import { allBytes } from "../read-input.js";

/** What reads the document in the store. */
const readerOf: Readonly<Record<StoreName, ReaderName>> = {
  yprov: "prov-py",
  yprovstore: "yprovstore",
};
const maxWarnings = 10;
const headBytes = 4_096;

/** `taskprov push`. */
export const pushCommand: Command = {
  name: "push",
  summary: "send a PROV document to a store of the yProv family",
  arguments: "URL [FILE]",
  count: [1, 2],
  about: [
    "Sends FILE (by default the newest document in ./output) to the store at URL, as PROV-JSON,",
    "whatever format it is in. It is checked first: what is not valid is not sent, unless forced.",
    "Prints the id that the document has in the store.",
    "",
    "The token is what the store's login gives. It is read from the variable YPROV_TOKEN, from",
    "--token-file, or from ~/.yprov_token; never from the command line, which others can see.",
    "",
    "What cannot be reached or is busy is tried again. Exit status: 0 stored, 1 not valid (nothing",
    "was sent) or stored without its metadata, 2 not stored.",
  ].join("\n"),
  options: {
    to: { type: "string", value: "STORE", help: `which store it is: ${storeNames.join(", ")}` },
    id: { type: "string", value: "ID", help: "the document's id in yprov; by default FILE's name" },
    parent: { type: "string", value: "PID", help: "yprovstore: the document this is a version of" },
    title: { type: "string", value: "TEXT", help: "yprovstore: kept beside the document" },
    description: { type: "string", value: "TEXT", help: "likewise" },
    author: { type: "string", value: "TEXT", help: "likewise" },
    keyword: { type: "string", multiple: true, value: "WORD", help: "likewise; may be repeated" },
    "token-file": { type: "string", value: "FILE", help: `instead of ${tokenVariable}` },
    timeout: { type: "string", value: "SECONDS", help: "for one request (default 60)" },
    retries: { type: "string", value: "N", help: "how often to try again (default 4)" },
    dialect: {
      type: "string",
      value: "NAME",
      help: `write PROV-JSON anew in a dialect: ${dialects.join(", ")}`,
    },
    force: { type: "boolean", help: "send a document that is not valid, too" },
    json: { type: "boolean", help: "the store's answer as JSON" },
    format: formatOption,
  },
  examples: [
    "taskprov push --to yprovstore https://store.example/api output/yprov4wfs.json --title Night",
    "taskprov push --to yprov https://yprov.example/api/v0 run.json --id night-7",
  ],
  run: async (parsed, io) => {
    const [url = "", given] = parsed.positionals;
    const to = storeOf(parsed);
    const file = given ?? newestDocument("output");
    const name = file === "-" ? "standard input" : file;
    const bytes = await allBytes(file === "-" ? io.input : fileChunks(file));
    if (!(await isFit(bytes, name, to, parsed, io))) return 1;
    const { token, notice } = findToken(parsed.text("token-file"));
    if (notice !== undefined) io.note(`taskprov: ${notice}`);
    const timeout = numberOption(parsed, "timeout");
    const retries = numberOption(parsed, "retries");
    const parent = parsed.text("parent");
    const metadata = metadataOf(parsed);
    const result = await pushDocument(await asJson(bytes, file, parsed, io), {
      to,
      url,
      token,
      id: idOf(parsed, file, to),
      ...(parent !== undefined && { parent }),
      ...(metadata !== undefined && { metadata }),
      ...(timeout !== undefined && { timeoutSeconds: timeout }),
      ...(retries !== undefined && { retries }),
      signal: io.interruptible(),
      onNotice: (line) => io.note(`taskprov: ${line}`),
    });
    io.note(`taskprov: ${name} is at ${result.url}`);
    await io.out(parsed.flag("json") === true ? jsonText(result) : `${result.id}\n`);
    if (result.problem === undefined) return 0;
    io.note(`taskprov: stored, but without its metadata. ${result.problem}`);
    return 1;
  },
};

function storeOf(parsed: Parsed): StoreName {
  const text = parsed.text("to");
  if (text !== undefined) return knownName(text, storeNames, "--to");
  throw new TaskprovError(
    "ERR_USAGE",
    `Say which store it is: --to ${storeNames.join(" or --to ")}.`,
  );
}

function idOf(parsed: Parsed, file: string, to: StoreName): string {
  const id = parsed.text("id");
  if (id !== undefined) return id;
  if (file !== "-") return to === "yprov" ? basename(file).replace(/\.[^.]+$/, "") : basename(file);
  if (to === "yprovstore") return "document.json";
  throw new TaskprovError(
    "ERR_USAGE",
    "Standard input has no name: give the document's with --id.",
  );
}

function metadataOf(parsed: Parsed): StoreMetadata | undefined {
  const keywords = parsed.texts("keyword");
  const metadata: Record<string, string | readonly string[]> = {};
  for (const name of ["title", "description", "author"]) {
    const text = parsed.text(name);
    if (text !== undefined) metadata[name] = text;
  }
  if (keywords.length > 0) metadata["keywords"] = keywords;
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}

/** Whether the document is sent; says what is wrong with it. */
async function isFit(
  bytes: Uint8Array,
  name: string,
  to: StoreName,
  parsed: Parsed,
  io: Io,
): Promise<boolean> {
  const format = givenFormat(parsed);
  const { valid, readable, findings } = await checkDocument(bytes, {
    ...(format !== undefined && { format }),
    for: [readerOf[to]],
  });
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (!readable && first !== undefined) {
    throw new TaskprovError("ERR_DOCUMENT", `Cannot read ${name}: ${checkFindingText(first)}`);
  }
  const warnings = findings.filter(({ severity }) => severity === "warning");
  for (const finding of [...errors, ...warnings.slice(0, maxWarnings)]) {
    io.note(`${name}: ${checkFindingText(finding)}`);
  }
  if (valid || parsed.flag("force") === true) return true;
  io.note(`taskprov: ${name} is not valid and was not sent. Mend it, or use --force.`);
  return false;
}

/** The bytes as they are when they are PROV-JSON and no dialect is asked for. */
async function asJson(
  bytes: Uint8Array,
  file: string,
  parsed: Parsed,
  io: Io,
): Promise<Uint8Array> {
  const guess = guessFormat(new TextDecoder().decode(bytes.subarray(0, headBytes)));
  const format = givenFormat(parsed) ?? (guess ?? formatOfFile(file))?.name;
  const dialectName = parsed.text("dialect");
  if (format === "prov-json" && dialectName === undefined) return withoutMark(bytes);
  const document = await readDocument(bytes, { ...(format !== undefined && { format }) });
  const chunks = writeDocument(document, {
    format: "prov-json",
    ...(dialectName !== undefined && { dialect: knownName(dialectName, dialects, "--dialect") }),
    onWarning: (finding) => io.note(`taskprov: ${findingText(finding)}`),
  });
  return new TextEncoder().encode([...chunks].join(""));
}

// Python's JSON reader, which the stores use, takes no byte order mark.
function withoutMark(bytes: Uint8Array): Uint8Array {
  const [a, b, c] = bytes;
  return a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes;
}
