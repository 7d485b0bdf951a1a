import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { redactedText } from "../describe/redact.js";
import { idOfNode, keyOfNode } from "./find-items.js";
import { edgeCode, statusCode, typeCode } from "./index/kinds.js";
import { none } from "./index/lineage-index.js";
import { generatedBy, type ItemReader, type KnownAttributes } from "./item-facts.js";
import { type LineageSource, openWithIndex } from "./lineage.js";
import { runTitle } from "./run-facts.js";
import { listRuns } from "./run-list.js";
import { nondeterminismText } from "./text/nondeterminism-text.js";
import { shown } from "./text/shown.js";

/** One result of a computation, and where it came up first. */
export interface ResultVariant {
  readonly digest: string;
  /** How often, over all runs. */
  readonly count: number;
  /** File or name of the run in which it came up first. */
  readonly source: string;
  readonly key: string;
  /** Id of the data in that document. */
  readonly data: string;
}

/** The same function on the same inputs with different results. */
export interface Nondeterminism {
  readonly function: string;
  /** Whether two of the results are of one run. */
  readonly withinRun: boolean;
  /** The arguments by place, as far as they fit. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly results: readonly ResultVariant[];
}

/** What several runs say about the same computations. */
export interface NondeterminismAnswer {
  /** How many runs were looked at. */
  readonly runs: number;
  /** Results whose code, inputs and digest are known. */
  readonly compared: number;
  /** Results left out: without a digest, or with code or inputs that the record does not know. */
  readonly leftOut: {
    readonly noDigest: number;
    readonly unknownCode: number;
    readonly unknownInputs: number;
  };
  readonly findings: readonly Nondeterminism[];
}

/**
 * Lists computations that had the same code and the same inputs and gave different results: within
 * one run (computed again, or submitted twice) and over several. Only results with a digest count
 * (`digest: true`), and only where code and all inputs are known for certain: functions by the hash
 * of their source, data and files by digest, literals by their whole value.
 *
 * @param sources - documents or journals, or folders of them.
 * @throws {@link TaskprovError} as {@link openLineage} does.
 * @example
 * ```ts
 * const { findings } = await nondeterminism(["monday.json", "tuesday.json"]);
 * for (const { function: name, results } of findings) console.log(name, results.length);
 * ```
 */
export async function nondeterminism(
  sources: readonly LineageSource[],
): Promise<NondeterminismAnswer> {
  const comparison = new Comparison();
  for (const source of sources) {
    for (const each of isFolder(source) ? await runsIn(source) : [source]) {
      using lineage = await openWithIndex(each);
      comparison.add(lineage.reader, runTitle(lineage.run));
    }
  }
  return shown(comparison.answer(), (answer, style) => nondeterminismText(answer, 20, style));
}

function isFolder(source: LineageSource): source is string {
  return (
    typeof source === "string" &&
    statSync(source, { throwIfNoEntry: false })?.isDirectory() === true
  );
}

/** The readable runs of a folder, the oldest first. */
async function runsIn(folder: string): Promise<readonly string[]> {
  const runs = await listRuns(folder);
  return runs.flatMap(({ file, run }) => (run === undefined ? [] : [file])).reverse();
}

interface Variant {
  readonly digest: string;
  readonly run: number;
  readonly key: string;
  readonly data: string;
  count: number;
}

interface Computation {
  readonly function: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly variants: Variant[];
  withinRun: boolean;
  /** The first variant of the last run that had one. */
  last: { run: number; digest: string };
}

const batch = 2000;
const shownInputs = 8;

class Comparison {
  readonly #computations = new Map<string, Computation>();
  readonly #titles: string[] = [];
  readonly #leftOut = { noDigest: 0, unknownCode: 0, unknownInputs: 0 };
  #compared = 0;

  add(reader: ItemReader, title: string): void {
    const run = this.#titles.push(title) - 1;
    const { activities } = reader.index;
    const code = new CodeNames(reader);
    let rows: number[] = [];
    activities.status.forEach((status, row) => {
      if (status === statusCode.ok) rows.push(row);
      if (rows.length < batch) return;
      this.#rows(reader, rows, code, run);
      rows = [];
    });
    this.#rows(reader, rows, code, run);
  }

  answer(): NondeterminismAnswer {
    const findings = [...this.#computations.values()]
      .filter(({ variants }) => variants.length > 1)
      .map(
        (each): Nondeterminism => ({
          function: each.function,
          withinRun: each.withinRun,
          inputs: each.inputs,
          results: each.variants.map(({ digest, count, run, key, data }) => ({
            digest,
            count,
            source: this.#titles[run] ?? "",
            key,
            data,
          })),
        }),
      );
    return {
      runs: this.#titles.length,
      compared: this.#compared,
      leftOut: this.#leftOut,
      findings,
    };
  }

  #rows(reader: ItemReader, rows: readonly number[], code: CodeNames, run: number): void {
    const { activities } = reader.index;
    const attempts = rows.map((row) => attemptOf(reader, activities.node[row] ?? 0, row));
    const wanted = new Set(
      attempts.flatMap(({ data, uses }) => [...data, ...uses.map(([, entity]) => entity)]),
    );
    const attributes = reader.attributes([...wanted]);
    for (const { row, data, uses } of attempts) {
      for (const entity of data) {
        const digest = attributes.get(entity)?.get("taskprov:digest")?.[0];
        if (digest === undefined) this.#leftOut.noDigest++;
        else
          this.#result(
            reader,
            { row, entity, digest, run },
            code.of(row),
            inputsOf(reader, uses, attributes),
          );
      }
    }
  }

  #result(
    reader: ItemReader,
    { row, entity, digest, run }: { row: number; entity: number; digest: string; run: number },
    code: string | undefined,
    inputs: ReadonlyMap<string, readonly [identity: string, shown: string]> | undefined,
  ): void {
    if (code === undefined) this.#leftOut.unknownCode++;
    else if (inputs === undefined) this.#leftOut.unknownInputs++;
    else {
      this.#compared++;
      const scheme = digest.slice(0, digest.indexOf(":"));
      const identities = [...inputs].map(([role, [identity]]) => [role, identity]);
      const identity = hashOf(JSON.stringify([scheme, code, identities]));
      const { index } = reader;
      const id = idOfNode(index, entity);
      const variant = { digest, run, key: keyOfNode(index, entity) ?? id, data: id, count: 1 };
      const known = this.#computations.get(identity);
      if (known === undefined) {
        const shown = [...inputs].slice(0, shownInputs).map(([role, [, text]]) => [role, text]);
        this.#computations.set(identity, {
          function: reader.functionOf(row) ?? reader.groupOf(row),
          inputs: Object.fromEntries(shown),
          variants: [variant],
          withinRun: false,
          last: { run, digest },
        });
      } else addVariant(known, variant);
    }
  }
}

function addVariant(known: Computation, variant: Variant): void {
  const { run, digest } = variant;
  if (known.last.run === run) known.withinRun ||= known.last.digest !== digest;
  else known.last = { run, digest };
  const same = known.variants.find((each) => each.digest === digest);
  if (same === undefined) known.variants.push(variant);
  else same.count++;
}

interface AttemptFacts {
  readonly row: number;
  readonly data: readonly number[];
  /** Role and entity of everything it used. */
  readonly uses: readonly (readonly [role: string, entity: number])[];
}

function attemptOf(reader: ItemReader, node: number, row: number): AttemptFacts {
  const { nodes, edges } = reader.index;
  const data = generatedBy(reader.index, node).filter(
    (entity) => nodes.type[entity] === typeCode.data,
  );
  const uses: [string, number][] = [];
  for (let edge = edges.first[node] ?? 0; edge < (edges.first[node + 1] ?? 0); edge++) {
    if (edges.kind[edge] !== edgeCode.used) continue;
    uses.push([reader.text(edges.role[edge]) ?? "", edges.to[edge] ?? 0]);
  }
  return { row, data, uses };
}

/** What each argument was, for certain; undefined when that of one is not known. */
function inputsOf(
  { index }: ItemReader,
  uses: AttemptFacts["uses"],
  attributes: ReadonlyMap<number, KnownAttributes>,
): ReadonlyMap<string, readonly [identity: string, shown: string]> | undefined {
  const inputs = new Map<string, readonly [string, string]>();
  const sorted = uses.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [role, entity] of sorted) {
    const about = attributes.get(entity);
    const isLiteral = index.nodes.type[entity] === typeCode.literal;
    const identity = about === undefined ? undefined : contentOf(about, isLiteral);
    if (about === undefined || identity === undefined) return undefined;
    const shown = about.get("prov:value")?.[0] ?? about.get("prov:label")?.[0] ?? "";
    const path = about.get("taskprov:path")?.[0] ?? "";
    // Files have no place among the arguments: their path is their name.
    inputs.set(role === "" ? path : role, [identity, shown.slice(0, 80)]);
  }
  return inputs.size === uses.length ? inputs : undefined;
}

/** The content of data, a literal or a file, where the record has it whole. */
function contentOf(about: KnownAttributes, isLiteral: boolean): string | undefined {
  const first = (name: string): string | undefined => about.get(name)?.[0];
  const digest = first("taskprov:digest") ?? first("taskprov:sha256");
  if (digest !== undefined) return digest;
  const isWhole = first("taskprov:redacted") === undefined && first("taskprov:head") === undefined;
  if (!isWhole || !isLiteral) return undefined;
  const type = first("yprov:dtype") ?? "";
  const value = first("prov:value");
  if (value === undefined) return nothings.has(type) ? type : undefined;
  if (value.includes(redactedText) || (/^[[{]/.test(value) && !isJson(value))) return undefined;
  return `${type} ${value}`;
}

const nothings: ReadonlySet<string> = new Set(["null", "undefined", "NoneType"]);

/** A container in which something is only described is no JSON. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Functions by name and hash; undefined where the hash of one is not known. */
class CodeNames {
  readonly #reader: ItemReader;
  readonly #known = new Map<number, string | undefined>();

  constructor(reader: ItemReader) {
    this.#reader = reader;
  }

  of(row: number): string | undefined {
    const plan = this.#reader.index.activities.plan[row] ?? none;
    if (plan === none) return undefined;
    if (!this.#known.has(plan)) this.#known.set(plan, this.#codeOf(plan));
    return this.#known.get(plan);
  }

  #codeOf(plan: number): string | undefined {
    const about = this.#reader.shared(plan);
    const name = about.get("prov:label")?.[0] ?? "";
    const hash = about.get("taskprov:sha256")?.[0];
    if (hash !== undefined) return `${name} ${hash}`;
    // A fused task: the plan has its steps and literals, each step its function.
    const steps = about.get("taskprov:steps")?.[0];
    if (steps === undefined) return undefined;
    const members = membersOf(this.#reader, plan).map((member) => this.#codeOf(member));
    return members.includes(undefined) ? undefined : JSON.stringify([steps, ...members]);
  }
}

/** The functions of a fused task's plan. */
function membersOf({ index }: ItemReader, plan: number): number[] {
  const { first, kind, to } = index.edges;
  const members: number[] = [];
  for (let edge = first[plan] ?? 0; edge < (first[plan + 1] ?? 0); edge++) {
    if (kind[edge] === edgeCode.hadMember) members.push(to[edge] ?? 0);
  }
  return members;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
