import { createHash } from "node:crypto";
import { TaskprovError } from "../base/errors.js";
import { nearestName } from "../base/nearest-name.js";
import { redactedText } from "../describe/redact.js";
import { digestOf, digestScheme } from "../describe/value-digest.js";
import { Client } from "../engines/local/client.js";
import type { Future } from "../engines/local/future.js";
import { findTarget, keyOfNode } from "./find-items.js";
import { edgeCode, statusCode, typeCode } from "./index/kinds.js";
import { none } from "./index/lineage-index.js";
import { generatedBy, type ItemReader, lastAttempt } from "./item-facts.js";
import { type LineageSource, openWithIndex } from "./lineage.js";
import { rerunText } from "./text/rerun-text.js";
import { shown } from "./text/shown.js";

/** What {@link rerun} may run. */
export interface RerunOptions {
  /**
   * The functions by name, a module's exports for example. Nothing else is run: a document names
   * functions, it never brings code.
   */
  readonly functions: Readonly<Record<string, unknown>>;
  /** SHA-256 of the module they come from; stands for the source of `workerModule` functions. */
  readonly moduleHash?: string;
  /** At most this many tasks away from the one asked for; default without limit. */
  readonly depth?: number;
  /**
   * Results by key, which are taken as they are instead of running their tasks: the record has no
   * results, so what a task beyond `depth` gave has to stand here.
   */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Checks everything and says what would run, and runs nothing. @defaultValue `false` */
  readonly dryRun?: boolean;
  /** Called with each task as soon as it has been compared. */
  readonly onTask?: (task: RerunTask) => void;
  /** Cancels what has not begun; {@link rerun} then throws its reason. */
  readonly signal?: AbortSignal;
}

/** One task that was run again. */
export interface RerunTask {
  readonly key: string;
  readonly function: string;
  /**
   * `same` or `different` by digest; `unknown` when one of the two results has none; `planned` when
   * nothing was to run.
   */
  readonly result: "same" | "different" | "unknown" | "failed" | "planned";
  readonly before?: string;
  readonly after?: string;
  /** Why it failed. */
  readonly problem?: string;
}

/** What came of running a task and all it came from again. */
export interface RerunAnswer {
  readonly about: string;
  /** Causes before effects. */
  readonly tasks: readonly RerunTask[];
}

/** At most so many tasks are run again. */
const maxTasks = 100_000;

/**
 * Runs a task of the embedded engine, and everything that it came from, again from the record, and
 * compares the digests of the results.
 *
 * It runs only functions that the caller hands in, and only when the hash of their source is the
 * recorded one. Arguments are results of tasks run again, or literals recorded whole: numbers,
 * strings, booleans, null, bigints, and arrays and plain objects of these.
 *
 * @param source - document or journal of a run of the embedded engine.
 * @param key - found as {@link Lineage} does.
 * @throws {@link TaskprovError} `ERR_RERUN` when it cannot be run again, before anything has run;
 *   `ERR_ITEM` when the key is not found.
 */
export async function rerun(
  source: LineageSource,
  key: string,
  options: RerunOptions,
): Promise<RerunAnswer> {
  using lineage = await openWithIndex(source);
  const { reader, run } = lineage;
  if (run.engine !== "local") {
    refuse(
      `The run was made by ${run.engine ?? "an engine that the document does not name"}: only runs of the embedded engine can be run again.`,
    );
  }
  const target = findTarget(reader.index, key);
  const last = lastAttempt(reader.index, target.nodes);
  if (last === none) refuse(`${target.name} is no task: name a task that ran.`);
  const calls = plannedCalls(reader, last, options);
  if (options.dryRun === true) {
    const tasks = calls.map(({ key: task, name }) => ({
      key: task,
      function: name,
      result: "planned" as const,
    }));
    return shown({ about: target.name, tasks }, rerunText);
  }
  return shown({ about: target.name, tasks: await perform(calls, options) }, rerunText);
}

interface Call {
  readonly node: number;
  readonly key: string;
  readonly name: string;
  readonly fn: (...args: unknown[]) => unknown;
  readonly args: readonly ({ readonly task: number } | { readonly value: unknown })[];
  readonly digest: string | undefined;
}

/** The calls, causes before effects; everything is checked before anything runs. */
function plannedCalls(reader: ItemReader, last: number, options: RerunOptions): readonly Call[] {
  const inputs = attemptsNeeded(reader, last, options);
  const done = new Set<number>();
  const calls: Call[] = [];
  const users = new Map<number, number[]>();
  const waiting = new Map<number, number>();
  for (const [node, list] of inputs) {
    const makers = new Set(list.flatMap(({ maker }) => (maker === undefined ? [] : [maker])));
    waiting.set(node, makers.size);
    for (const maker of makers) users.set(maker, [...(users.get(maker) ?? []), node]);
  }
  const ready = [...inputs.keys()].filter((node) => waiting.get(node) === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    done.add(node);
    calls.push(callOf(reader, node, inputs.get(node) ?? [], options));
    for (const user of users.get(node) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  if (!done.has(last)) refuse(`${nameOf(reader, last)} came from itself, or from what is missing.`);
  return calls;
}

/** The attempts to run, each with its inputs: from the one asked for to what is given or recorded. */
function attemptsNeeded(
  reader: ItemReader,
  last: number,
  { depth = Number.POSITIVE_INFINITY, inputs: given = {} }: RerunOptions,
): ReadonlyMap<number, readonly Input[]> {
  if (!(depth >= 0)) {
    throw new TaskprovError("ERR_OPTION", `Expected \`depth\` to be 0 or more, got ${depth}.`);
  }
  const needed = new Map<number, readonly Input[]>();
  let level = [last];
  for (let away = 0; level.length > 0; away++) {
    const next: number[] = [];
    for (const node of level) {
      if (needed.has(node)) continue;
      if (needed.size === maxTasks) refuse(`It came from more than ${maxTasks} tasks.`);
      const inputs = inputsOf(reader, node).map((input) => taken(reader, node, input, given));
      needed.set(node, inputs);
      for (const { maker } of inputs) {
        if (maker === undefined) continue;
        if (away >= depth && !needed.has(maker)) refuse(tooFar(reader, node, maker, depth));
        next.push(maker);
      }
    }
    level = next;
  }
  return needed;
}

/** An input that was handed in has no maker to run. */
function taken(
  reader: ItemReader,
  node: number,
  input: Input,
  given: Readonly<Record<string, unknown>>,
): Input {
  const { entity } = input;
  const key = keyOfNode(reader.index, entity);
  const isLiteral = reader.index.nodes.type[entity] === typeCode.literal;
  if (isLiteral || key === undefined || !Object.hasOwn(given, key)) return input;
  if (key === nameOf(reader, node)) return input;
  return { ...input, maker: undefined, given: { value: given[key] } };
}

function tooFar(reader: ItemReader, node: number, maker: number, depth: number): string {
  const far = nameOf(reader, maker);
  return `${nameOf(reader, node)} took the result of ${far}, which is further away than the depth ${depth}, and results are not in the record: go deeper, or hand it in (--input ${far}=JSON).`;
}

interface Input {
  readonly role: string;
  readonly entity: number;
  /** The attempt that made it. */
  readonly maker: number | undefined;
  /** Its value, handed in. */
  readonly given?: { readonly value: unknown };
}

function inputsOf(reader: ItemReader, node: number): Input[] {
  const { edges } = reader.index;
  const inputs: Input[] = [];
  for (let edge = edges.first[node] ?? 0; edge < (edges.first[node + 1] ?? 0); edge++) {
    if (edges.kind[edge] !== edgeCode.used) continue;
    const entity = edges.to[edge] ?? 0;
    const maker = makerOf(reader, entity);
    for (const role of (reader.text(edges.role[edge]) ?? "").split(", ")) {
      inputs.push({ role, entity, maker });
    }
  }
  return inputs;
}

function makerOf({ index: { edges } }: ItemReader, entity: number): number | undefined {
  for (let edge = edges.first[entity] ?? 0; edge < (edges.first[entity + 1] ?? 0); edge++) {
    if (edges.kind[edge] === edgeCode.wasGeneratedBy) return edges.to[edge];
  }
  return undefined;
}

function callOf(
  reader: ItemReader,
  node: number,
  inputs: readonly Input[],
  options: RerunOptions,
): Call {
  const { index } = reader;
  const key = nameOf(reader, node);
  const row = index.nodes.row[node] ?? none;
  if (index.activities.status[row] !== statusCode.ok) refuse(`${key} did not work in that run.`);
  const { name, fn } = functionOf(reader, row, key, options);
  const args: Call["args"][number][] = [];
  for (const { role, entity, maker, given } of inputs) {
    const place = /^\d{1,4}$/.test(role) ? Number(role) : undefined;
    if (place === undefined) {
      refuse(`Argument ${JSON.stringify(role)} of ${key} is inside a container, or a file.`);
    }
    if (given !== undefined) args[place] = given;
    else if (maker !== undefined) args[place] = { task: maker };
    else args[place] = { value: literalOf(reader, entity, place, key) };
  }
  for (let i = 0; i < args.length; i++) {
    if (args[i] === undefined) {
      refuse(`Argument ${i} of ${key} is not in the record: it was recorded without values.`);
    }
  }
  const data = generatedBy(index, node).filter((each) => index.nodes.type[each] === typeCode.data);
  const digest = reader.items(data)[0]?.digest;
  return { node, key, name, fn, args, digest };
}

function functionOf(
  reader: ItemReader,
  row: number,
  key: string,
  { functions, moduleHash }: RerunOptions,
): Pick<Call, "name" | "fn"> {
  const name = reader.text(reader.index.activities.name[row]) ?? "";
  const plan = reader.index.activities.plan[row] ?? none;
  const recorded = plan === none ? undefined : reader.shared(plan).get("taskprov:sha256")?.[0];
  const fn: unknown = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (typeof fn !== "function") refuse(notGiven(name, key, functions));
  const own = createHash("sha256").update(Function.prototype.toString.call(fn)).digest("hex");
  if (recorded === undefined || (recorded !== own && recorded !== moduleHash)) {
    refuse(
      recorded === undefined
        ? `The record has no source of ${name} (${key}), so nothing says that the function given is the one that ran.`
        : `The source of ${name} (${key}) is not the recorded one: it was changed since.`,
    );
  }
  return { name, fn: (...args) => Reflect.apply(fn, undefined, args) };
}

function notGiven(name: string, key: string, functions: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(functions).filter((each) => typeof functions[each] === "function");
  const near = nearestName(name, names);
  const known = names.length === 0 ? "no function" : names.slice(0, 10).join(", ");
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  return `The function ${name === "" ? "without a name" : name} of ${key} was not given; given: ${known}.${hint}`;
}

/** The value of a literal that the record has whole. */
function literalOf(reader: ItemReader, entity: number, place: number, key: string): unknown {
  const about = reader.attributes([entity]).get(entity);
  const text = about?.get("prov:value")?.[0];
  const type = about?.get("yprov:dtype")?.[0];
  const isLiteral = reader.index.nodes.type[entity] === typeCode.literal;
  const isCut = about?.has("taskprov:redacted") === true || about?.has("taskprov:head") === true;
  if (isLiteral && !isCut && type === "null") return null;
  const known = isLiteral && !isCut && text !== undefined && !text.includes(redactedText);
  const read = known ? readersOfTypes.get(type ?? "")?.(text) : undefined;
  if (read === undefined) {
    const name = keyOfNode(reader.index, entity);
    const hint = isLiteral || name === undefined ? "" : ` Hand it in: --input ${name}=JSON.`;
    refuse(`Argument ${place} of ${key} is not recorded whole: ${type ?? "data"}.${hint}`);
  }
  return read.value;
}

type ReadLiteral = (text: string) => { readonly value: unknown } | undefined;

const readersOfTypes: ReadonlyMap<string, ReadLiteral> = new Map<string, ReadLiteral>([
  ["number", (text) => ({ value: Number(text.replace("INF", "Infinity")) })],
  ["boolean", (text) => ({ value: text === "true" })],
  ["string", (text) => ({ value: text })],
  ["bigint", (text) => ({ value: BigInt(text) })],
  ["Array", jsonOf],
  ["Object", jsonOf],
]);

function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined; // Something in it is only described.
  }
}

async function perform(
  calls: readonly Call[],
  { onTask, signal }: RerunOptions,
): Promise<readonly RerunTask[]> {
  signal?.throwIfAborted();
  await using client = new Client({ workers: 1 });
  const futures = new Map<number, Future<unknown>>();
  for (const { node, fn, args } of calls) {
    const given = args.map((arg) => ("task" in arg ? futures.get(arg.task) : arg.value));
    futures.set(node, client.submit(fn, ...given));
  }
  const stop = (): void => client.cancel([...futures.values()]);
  signal?.addEventListener("abort", stop, { once: true });
  const tasks: RerunTask[] = [];
  try {
    for (const call of calls) {
      const task = await outcomeOf(call, futures.get(call.node));
      signal?.throwIfAborted();
      onTask?.(task);
      tasks.push(task);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  return tasks;
}

async function outcomeOf(
  { key, name, digest: before }: Call,
  future: Future<unknown> | undefined,
): Promise<RerunTask> {
  const about = { key, function: name, ...(before !== undefined && { before }) };
  try {
    const after = digestOf(await future?.result());
    if (after === undefined) return { ...about, result: "unknown" };
    const isComparable = before?.slice(0, before.indexOf(":")) === digestScheme;
    const result = !isComparable ? "unknown" : before === after ? "same" : "different";
    return { ...about, result, after };
  } catch (error) {
    return { ...about, result: "failed", problem: String(error) };
  }
}

function nameOf({ index }: ItemReader, node: number): string {
  return keyOfNode(index, node) ?? `node ${node}`;
}

function refuse(why: string): never {
  throw new TaskprovError(
    "ERR_RERUN",
    `${why} Nothing was run; docs/digests.md says what can be run again.`,
  );
}
