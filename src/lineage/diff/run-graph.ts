import { idOfNode, keyOfNode, nodesOfKey } from "../find-items.js";
import { eachCause } from "../group-summary.js";
import { elementKindOf } from "../index/index-builder.js";
import { edgeCode, type Status, statuses, typeCode } from "../index/kinds.js";
import { type LineageIndex, none } from "../index/lineage-index.js";
import { generatedBy, type ItemReader, lastAttempt } from "../item-facts.js";
import { hashOf } from "./hash.js";

/** Numbers for texts, the same in both runs. */
export class SharedNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  text(number: number): string {
    return this.#texts[number] ?? "";
  }
}

/** An argument that is data of another unit. */
export interface InputArgument {
  readonly role: number;
  readonly unit: number;
}

/** An argument whose value is recorded. */
export interface LiteralArgument {
  readonly role: number;
  /** Hash of what is recorded of the value. */
  readonly print: number;
  readonly entity: number;
}

/** A task (its last attempt), or data that no task of the run made. */
export interface RunUnit {
  readonly isTask: boolean;
  /** A file that no task of the run wrote. */
  readonly isFile: boolean;
  /** The attempt, or the data. */
  readonly node: number;
  /** Row of the attempt, or `none`. */
  readonly row: number;
  /** Number of function and kind. */
  readonly name: number;
  /** Number of the key without what is random in it. */
  readonly place: number;
  readonly inputs: readonly InputArgument[];
  readonly literals: readonly LiteralArgument[];
  /** Hash of what is recorded of the data. */
  readonly print: number;
  /** The data, or `none`. */
  readonly data: number;
  readonly status: Status;
}

/** A run as units and who uses what. */
export interface RunGraph {
  readonly reader: ItemReader;
  /** Whether its results were to have digests. */
  readonly hasDigests: boolean;
  readonly units: readonly RunUnit[];
  /** Users of each unit's data. */
  readonly users: readonly (readonly InputArgument[])[];
  /** Causes before effects; units in circles come last. */
  readonly order: readonly number[];
}

/** Takes a run apart. @param only - the nodes to look at; all by default. */
export function runGraph(
  reader: ItemReader,
  numbers: SharedNumbers,
  only?: ReadonlySet<number>,
): RunGraph {
  const { index } = reader;
  const unitOf = new Int32Array(index.nodes.type.length).fill(-1);
  const nodes: number[] = [];
  for (const node of taskNodes(index)) {
    if (only !== undefined && !only.has(node)) continue;
    for (const attempt of attemptsBeside(index, node)) unitOf[attempt] = nodes.length;
    nodes.push(node);
  }
  const tasks = nodes.length;
  addSources(index, unitOf, nodes, only);
  const units = nodes.map((node, i) =>
    i < tasks ? taskUnit(reader, numbers, node, unitOf) : sourceUnit(reader, numbers, node),
  );
  const users: InputArgument[][] = units.map(() => []);
  units.forEach(({ inputs }, unit) => {
    for (const { role, unit: input } of inputs) users[input]?.push({ role, unit });
  });
  return { reader, hasDigests: hasDigests(reader), units, users, order: orderOf(units, users) };
}

function hasDigests(reader: ItemReader): boolean {
  const { run } = reader.index;
  const options = run === none ? undefined : reader.shared(run).get("taskprov:options")?.[0];
  return options?.includes('"digest":true') === true;
}

/** The last attempt of every task; activities without keys are tasks of their own. */
function* taskNodes(index: LineageIndex): Generator<number> {
  const { activities, nodes } = index;
  for (let row = 0; row < activities.node.length; row++) {
    const node = activities.node[row] ?? 0;
    const type = nodes.type[node] ?? 0;
    const isTask = elementKindOf(type) === "activity";
    if (!isTask || type === typeCode.run || type === typeCode.cell) continue;
    const key = nodes.key[node] ?? none;
    if (key === none || lastAttempt(index, nodesOfKey(index, key)) === node) yield node;
  }
}

function attemptsBeside(index: LineageIndex, node: number): readonly number[] {
  const key = index.nodes.key[node] ?? none;
  if (key === none) return [node];
  return nodesOfKey(index, key).filter((each) => (index.nodes.row[each] ?? none) !== none);
}

/** Data that was used and that no unit made: put in by a client, or there before. */
function addSources(
  index: LineageIndex,
  unitOf: Int32Array,
  nodes: number[],
  only: ReadonlySet<number> | undefined,
): void {
  const { type } = index.nodes;
  for (let node = 0; node < type.length; node++) {
    const isData = elementKindOf(type[node] ?? 0) === "entity" && isPlainData(type[node] ?? 0);
    if (!isData || (only !== undefined && !only.has(node))) continue;
    if (producerOf(index, node, unitOf) >= 0 || unitOf[node] !== -1) continue;
    if (isAlias(index, node)) continue;
    unitOf[node] = nodes.push(node) - 1;
  }
}

function isPlainData(type: number): boolean {
  return (
    type === typeCode.data ||
    type === typeCode.scattered ||
    type === typeCode.excluded ||
    type === typeCode.entity ||
    type === typeCode.source
  );
}

function isAlias(index: LineageIndex, entity: number): boolean {
  const { first, kind, follows } = index.edges;
  for (let edge = first[entity] ?? 0; edge < (first[entity + 1] ?? 0); edge++) {
    const is = kind[edge] === edgeCode.alternateOf || kind[edge] === edgeCode.specializationOf;
    if (is && follows[edge] === 1) return true;
  }
  return false;
}

/** The unit that made an entity, or is it; aliases are gone through. -1 when there is none. */
function producerOf(index: LineageIndex, entity: number, unitOf: Int32Array): number {
  const { first, to, kind, follows } = index.edges;
  let current = entity;
  for (let hops = 0; hops < 8; hops++) {
    if ((unitOf[current] ?? -1) >= 0) return unitOf[current] ?? -1;
    let next = none;
    for (let edge = first[current] ?? 0; edge < (first[current + 1] ?? 0); edge++) {
      if (follows[edge] === 0) continue;
      if (kind[edge] === edgeCode.wasGeneratedBy) return unitOf[to[edge] ?? 0] ?? -1;
      if (kind[edge] === edgeCode.alternateOf) next = to[edge] ?? none;
    }
    if (next === none) return -1;
    current = next;
  }
  return -1;
}

function printOf(index: LineageIndex, entity: number): number {
  return hashOf([index.nodes.printLow[entity] ?? 0, index.nodes.printHigh[entity] ?? 0]);
}

function taskUnit(
  reader: ItemReader,
  numbers: SharedNumbers,
  node: number,
  unitOf: Int32Array,
): RunUnit {
  const { index } = reader;
  const row = index.nodes.row[node] ?? none;
  const inputs: InputArgument[] = [];
  const literals: LiteralArgument[] = [];
  const { first, to, kind, role } = index.edges;
  for (let edge = first[node] ?? 0; edge < (first[node + 1] ?? 0); edge++) {
    const entity = to[edge] ?? 0;
    if (kind[edge] === edgeCode.used) {
      const producer = producerOf(index, entity, unitOf);
      for (const part of (reader.text(role[edge]) ?? "").split(", ")) {
        const number = numbers.of(part);
        if (producer >= 0) inputs.push({ role: number, unit: producer });
        else literals.push({ role: number, print: printOf(index, entity), entity });
      }
    } else if (kind[edge] === edgeCode.wasInformedBy && index.edges.follows[edge] === 1) {
      // Blocked tasks have no inputs, tasks of others perhaps no data: who informed them counts.
      const informant = unitOf[entity] ?? -1;
      if (informant >= 0) inputs.push({ role: numbers.of("informed by"), unit: informant });
    }
  }
  const byRole = (a: { role: number }, b: { role: number }): number => a.role - b.role;
  const made = dataOf(index, node);
  const named = reader.functionOf(row) ?? reader.groupOf(row);
  const key = keyOfNode(index, node);
  return {
    isTask: true,
    isFile: false,
    node,
    row,
    name: numbers.of(withoutTokens(named)),
    place: numbers.of(key === undefined ? "" : withoutTokens(key)),
    inputs: inputs.sort(byRole),
    literals: literals.sort(byRole),
    print: made === undefined ? 0 : printOf(index, made),
    data: made ?? none,
    status: statuses[index.activities.status[row] ?? 0] ?? "",
  };
}

/** The data of a task; files that it wrote and what it printed are beside it. */
function dataOf(index: LineageIndex, node: number): number | undefined {
  const made = generatedBy(index, node);
  const { type } = index.nodes;
  return (
    made.find((entity) => type[entity] === typeCode.data) ??
    made.find((entity) => type[entity] !== typeCode.exception)
  );
}

function sourceUnit(reader: ItemReader, numbers: SharedNumbers, node: number): RunUnit {
  const { index } = reader;
  const isFile =
    index.nodes.type[node] === typeCode.entity && reader.shared(node).has("taskprov:path");
  const key = keyOfNode(index, node) ?? (isFile ? reader.nameOf(node) : undefined);
  return {
    isTask: false,
    isFile,
    node,
    row: none,
    name: numbers.of("(data)"),
    place: numbers.of(withoutTokens(key ?? idOfNode(index, node))),
    inputs: [],
    literals: [],
    print: printOf(index, node),
    data: node,
    status: "",
  };
}

/**
 * A text without what differs from run to run: hashes, UUIDs, the counters of embedded keys,
 * addresses of objects in memory.
 */
export function withoutTokens(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "*")
    .replaceAll(/(?<![0-9a-zA-Z])[0-9a-f]{32}(?![0-9a-zA-Z])/g, "*")
    .replaceAll(/0x[0-9a-fA-F]{6,16}/g, "0x*")
    .replace(/-\d+-\d+$/, "-*");
}

function orderOf(
  units: readonly RunUnit[],
  users: readonly (readonly InputArgument[])[],
): readonly number[] {
  const waiting = units.map(({ inputs }) => inputs.length);
  const order = waiting.flatMap((count, unit) => (count === 0 ? [unit] : []));
  for (let i = 0; i < order.length; i++) {
    for (const { unit } of users[order[i] ?? 0] ?? []) {
      const left = (waiting[unit] ?? 0) - 1;
      waiting[unit] = left;
      if (left === 0) order.push(unit);
    }
  }
  if (order.length === units.length) return order;
  const ordered = new Set(order);
  return [...order, ...units.map((_, unit) => unit).filter((unit) => !ordered.has(unit))];
}

/** Seconds that a task waited after its last input was there, transfers left out. */
export function waitSeconds({ reader }: RunGraph, { node, row }: RunUnit): number {
  const { activities, nodes } = reader.index;
  let ready = Number.NaN;
  eachCause(reader, node, (cause) => {
    const end = activities.end[nodes.row[cause] ?? none] ?? Number.NaN;
    if (!(end <= ready)) ready = Number.isNaN(end) ? ready : end;
  });
  const gap = (activities.start[row] ?? Number.NaN) - ready;
  return Number.isNaN(gap) ? 0 : Math.max(0, gap - (activities.transferSeconds[row] ?? 0));
}
