import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import Ajv, { type ValidateFunction } from "ajv-draft-04";
import addFormats from "ajv-formats";
import type { MissingPeer, ProvToolboxPeer, PythonPeer } from "./peers.js";
import {
  asProvToolboxKeeps,
  countAttributes,
  countRecords,
  isObject,
  type Json,
  type JsonObject,
  kinds,
} from "./prov-json-facts.js";

/** A PROV-JSON text to be judged, with the name that failures will carry. */
export interface JudgedDocument {
  readonly name: string;
  readonly text: string;
}

/** What a referee made of a document. */
export interface Verdict {
  readonly name: string;
  /** What the author of the document must mend; empty when the referee accepts it. */
  readonly problems: readonly string[];
  /** Limits of the referee itself (Python: what its PROV-XML cannot hold). */
  readonly notes: readonly string[];
}

/**
 * Loads documents in Python `prov` with every warning an error and compares with the text: records
 * per kind, number of attribute values, equality after writing and reading JSON. PROV-XML (valid
 * against the W3C XSD, equal after reading) is judged in `notes`.
 *
 * @param equalTo - per document a second text that must mean the same to `prov`.
 */
export async function judgePython(
  peer: PythonPeer,
  documents: readonly JudgedDocument[],
  equalTo: ReadonlyMap<string, string> = new Map(),
): Promise<Verdict[]> {
  const judge = path.join(import.meta.dirname, "judge.py");
  const xsd = path.join(schemaFolder(peer), "prov.xsd");
  const args = ["-X", "utf8", judge, ...(peer.name === "prov3" ? [xsd] : [])];
  const requests = documents.map(({ name, text }) => ({
    name,
    text,
    ...(equalTo.has(name) ? { equalTo: equalTo.get(name) } : {}),
  }));
  const answers = await ask(peer.python, args, requests);
  return answers.map((answer, index) => {
    const problems = [...stringsIn(answer["problems"])];
    if (problems.length === 0) {
      const document = parseObject(documents[index]?.text ?? "");
      const { formal, scalar, inArrays } = countAttributes(document);
      problems.push(...differences(countRecords(document), answer["counts"]));
      problems.push(...attributeDifference(formal + scalar + inArrays, answer["attributes"]));
    }
    return { name: nameIn(answer), problems, notes: stringsIn(answer["notes"]) };
  });
}

/** How {@link judgeProvToolbox} judges. */
export interface ProvToolboxOptions {
  /** Compares what ProvToolbox writes back with the text. */
  readonly python?: PythonPeer | MissingPeer;
  /** Run the PROV-CONSTRAINTS validator; off for documents made at random. Default true. */
  readonly validate?: boolean;
}

/**
 * Loads documents in ProvToolbox, compares records per kind and array attributes with the text,
 * and runs its PROV-CONSTRAINTS validator. With Python `prov` at hand, what ProvToolbox writes
 * back must be equal to the text, but for what its reader is known to drop (scalar attributes,
 * digits beyond milliseconds).
 */
export async function judgeProvToolbox(
  peer: ProvToolboxPeer,
  documents: readonly JudgedDocument[],
  { python, validate = true }: ProvToolboxOptions = {},
): Promise<Verdict[]> {
  const args = ["-Xss16m", "-cp", peer.classPath, "ProvToolboxJudge"];
  const requests = documents.map(({ name, text }) => ({ name, text, validate }));
  const answers = await ask(peer.java, args, requests);
  const kept: JudgedDocument[] = [];
  const written = new Map<string, string>();
  const verdicts = answers.map((answer, index) => {
    const { name, text } = documents[index] ?? { name: "", text: "" };
    const problems = [...stringsIn(answer["problems"])];
    const json = answer["json"];
    if (typeof json === "string") {
      const document = parseObject(text);
      problems.push(...differences(toolboxNames(countRecords(document)), answer["counts"]));
      problems.push(
        ...attributeDifference(countAttributes(document).inArrays, answer["attributes"]),
      );
      kept.push({ name, text: JSON.stringify(asProvToolboxKeeps(document)) });
      written.set(name, json);
    }
    return { name: nameIn(answer), problems, notes: [] };
  });
  if (python === undefined || "why" in python) return verdicts;
  const compared = new Map(
    (await judgePython(python, kept, written)).map(({ name, problems }) => [name, problems]),
  );
  return verdicts.map((verdict) => ({
    ...verdict,
    problems: [
      ...verdict.problems,
      ...(compared.get(verdict.name) ?? []).map((problem) => `written by ProvToolbox: ${problem}`),
    ],
  }));
}

/** A document in some syntax to be read by a referee. */
export interface SyntaxDocument extends JudgedDocument {
  /** What must mean the same, as PROV-JSON. */
  readonly equalTo: string;
}

/** What a referee made of a document in some syntax, and how it writes it in others. */
export interface SyntaxVerdict extends Verdict {
  readonly written: Readonly<Record<string, string>>;
}

/**
 * Loads documents in Python `prov`, warnings being errors, compares them, validates PROV-XML
 * against the W3C's schema, and writes them in other syntaxes.
 *
 * @param format - as `prov` names it: `provn`, `xml`, `rdf`, `jsonld`.
 * @param writes - the formats to write in.
 */
export async function judgeSyntaxPython(
  peer: PythonPeer,
  format: string,
  documents: readonly SyntaxDocument[],
  writes: readonly string[] = [],
): Promise<SyntaxVerdict[]> {
  const judge = path.join(import.meta.dirname, "syntax_judge.py");
  const args = ["-X", "utf8", judge, path.join(schemaFolder(peer), "prov.xsd")];
  const requests = documents.map((document) => ({ ...document, format, writes }));
  const answers = await ask(peer.python, args, requests);
  return answers.map((answer) => ({
    name: nameIn(answer),
    problems: stringsIn(answer["problems"]),
    notes: [],
    written: textsIn(answer["written"]),
  }));
}

/**
 * Loads documents in ProvToolbox, compares what it writes as PROV-JSON by Python `prov`, and
 * writes them in other syntaxes.
 *
 * @param format - as ProvToolbox names it: `PROVN`, `PROVX`, `JSONLD`.
 * @param writes - the formats to write in.
 */
export async function judgeSyntaxProvToolbox(
  peer: ProvToolboxPeer,
  python: PythonPeer,
  format: string,
  documents: readonly SyntaxDocument[],
  writes: readonly string[] = [],
): Promise<SyntaxVerdict[]> {
  const args = ["-Xss16m", "-cp", peer.classPath, "ProvToolboxJudge"];
  const requests = documents.map(({ name, text }) => {
    return { name, text, format, writes, validate: false };
  });
  const answers = await ask(peer.java, args, requests);
  const compared = await judgeSyntaxPython(
    python,
    "json",
    answers.map((answer, index) => ({
      name: nameIn(answer),
      text: typeof answer["json"] === "string" ? answer["json"] : "",
      equalTo: documents[index]?.equalTo ?? "",
    })),
  );
  return answers.map((answer, index) => ({
    name: nameIn(answer),
    problems: [...stringsIn(answer["problems"]), ...(compared[index]?.problems ?? [])],
    notes: [],
    written: textsIn(answer["written"]),
  }));
}

/**
 * Validates documents against the JSON schema of the W3C PROV-JSON submission, formats included.
 *
 * The schema spells `wasEndedBy` as `wasEndedby`; only there the documents are renamed to it.
 */
export async function judgeW3cSchema(
  peer: PythonPeer,
  documents: readonly JudgedDocument[],
): Promise<Verdict[]> {
  const validate = await w3cValidator(peer);
  return documents.map(({ name, text }) => {
    const valid = validate(spellAsSchema(parseObject(text)));
    const problems = valid
      ? []
      : (validate.errors ?? []).map(
          (error) => `${error.instancePath || "/"} ${error.message ?? error.keyword}`,
        );
    return { name, problems, notes: [] };
  });
}

/** How many were rejected, and the first of them with its text: what a person needs to see. */
export function rejected(
  documents: readonly JudgedDocument[],
  verdicts: readonly Verdict[],
): object {
  const found = verdicts.filter(({ problems }) => problems.length > 0);
  const text = documents.find(({ name }) => name === found[0]?.name)?.text;
  return { judged: verdicts.length, rejected: found.length, problems: found[0]?.problems, text };
}

async function w3cValidator(peer: PythonPeer): Promise<ValidateFunction> {
  const file = path.join(schemaFolder(peer), "prov-json.schema.json");
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(await readFile(file, "utf8")));
}

function spellAsSchema(document: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(document).map(([section, content]): [string, Json] => [
      section === "wasEndedBy" ? "wasEndedby" : section,
      section === "bundle" && isObject(content)
        ? Object.fromEntries(
            Object.entries(content).map(([id, bundle]) => [
              id,
              isObject(bundle) ? spellAsSchema(bundle) : bundle,
            ]),
          )
        : content,
    ]),
  );
}

/** Where Python `prov` keeps the W3C's schemas, unmodified. */
function schemaFolder(peer: PythonPeer): string {
  return path.join(peer.sitePackages, "prov", "tests", "schemas");
}

/** Runs a judge over NDJSON: one line in, one line out, in order. */
async function ask(
  program: string,
  args: readonly string[],
  requests: readonly object[],
): Promise<JsonObject[]> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const answers: JsonObject[] = [];
  const complaints: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  child.stdin.on("error", () => complaints.push("the judge stopped reading\n"));
  child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(parseObject(line));
  }
  const code = await exit;
  if (code !== 0 || answers.length !== requests.length) {
    throw new Error(
      `${program} judged ${answers.length} of ${requests.length} documents and ended with status ${code}: ${complaints.join("").slice(-2000)}`,
    );
  }
  return answers;
}

function differences(
  expected: Readonly<Record<string, number>>,
  found: Json | undefined,
): string[] {
  const counts = isObject(found) ? found : {};
  return [...new Set([...Object.keys(expected), ...Object.keys(counts)])]
    .filter((kind) => (expected[kind] ?? 0) !== (counts[kind] ?? 0))
    .map(
      (kind) => `${kind}: ${expected[kind] ?? 0} in the text, ${String(counts[kind] ?? 0)} read`,
    );
}

function attributeDifference(expected: number, found: Json | undefined): string[] {
  return expected === found
    ? []
    : [`attribute values: ${expected} in the text, ${String(found)} read`];
}

function toolboxNames(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(kinds)
      .filter(([kind]) => counts[kind] !== undefined)
      .map(([kind, name]) => [name, counts[kind] ?? 0]),
  );
}

function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError(`Expected a JSON object, got ${text.slice(0, 80)}`);
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stringsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function textsIn(value: Json | undefined): Readonly<Record<string, string>> {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
    : {};
}

function nameIn(answer: JsonObject): string {
  return String(answer["name"]);
}
