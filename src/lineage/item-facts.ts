import { formatEpochSeconds } from "../base/clock.js";
import type { ProvRecord } from "../prov/records.js";
import { idOfNode, keyOfNode } from "./find-items.js";
import { knownName } from "./index/attribute-names.js";
import { readRecords } from "./index/details.js";
import { textOf } from "./index/element-facts.js";
import { elementKindOf } from "./index/index-builder.js";
import { edgeCode, nodeTypes, statuses } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";
import type { BuiltIndex } from "./index/read-source.js";
import type { LineageItem } from "./lineage-item.js";

/** The attributes of a node by their known name, in the order of the document. */
export type KnownAttributes = ReadonlyMap<string, readonly string[]>;

/** Reads items from an index, and their values from the document. */
export class ItemReader {
  readonly index: LineageIndex;
  readonly #built: BuiltIndex;
  /** Functions, places and agents: there are few, and every attempt names some. */
  readonly #shared = new Map<number, KnownAttributes>();

  constructor(built: BuiltIndex) {
    this.index = built.index;
    this.#built = built;
  }

  /** Items with everything the document says of them. */
  items(nodes: readonly number[]): LineageItem[] {
    const withValues = nodes.filter((node) => !this.#isActivity(node));
    const attributes = this.attributes(withValues);
    return nodes.map((node) => this.#item(node, attributes.get(node)));
  }

  /** An item without what only the document's text has: values, sizes, messages. */
  brief(node: number): LineageItem {
    return this.#item(node, undefined);
  }

  /** What the document says of nodes, by known attribute; foreign ones as `prefix:local`. */
  attributes(nodes: readonly number[]): ReadonlyMap<number, KnownAttributes> {
    const result = new Map<number, KnownAttributes>();
    readRecords(this.index, this.#built.details, nodes).forEach((records, node) => {
      result.set(node, attributesOf(records));
    });
    return result;
  }

  /** What the document says of a node that many others name. */
  shared(node: number): KnownAttributes {
    const known = this.#shared.get(node);
    if (known !== undefined) return known;
    const attributes = this.attributes([node]).get(node) ?? new Map<string, readonly string[]>();
    this.#shared.set(node, attributes);
    return attributes;
  }

  /** The text of a number in `texts`, or undefined for none. */
  text(number: number | undefined): string | undefined {
    return number === undefined || number === none ? undefined : this.index.texts.text(number);
  }

  /** The name people know an agent, a function or a place by: label, else id. */
  nameOf(node: number | undefined): string | undefined {
    if (node === undefined || node === none) return undefined;
    return this.text(this.index.nodes.label[node]) ?? this.index.ids.text(node);
  }

  /** The group of an activity: what it was given, its function, or its id. */
  groupOf(row: number): string {
    const { activities } = this.index;
    const group = this.text(activities.group[row]) ?? this.text(activities.name[row]);
    const node = activities.node[row] ?? none;
    return group ?? this.nameOf(activities.plan[row]) ?? this.nameOf(node) ?? "";
  }

  /** The function of an activity, with its module. */
  functionOf(row: number): string | undefined {
    const { activities } = this.index;
    return this.nameOf(activities.plan[row]) ?? this.text(activities.name[row]);
  }

  #isActivity(node: number): boolean {
    return elementKindOf(this.index.nodes.type[node] ?? 0) === "activity";
  }

  #item(node: number, attributes: KnownAttributes | undefined): LineageItem {
    const { index } = this;
    const key = keyOfNode(index, node);
    const label = this.text(index.nodes.label[node]);
    const row = index.nodes.row[node] ?? none;
    return {
      id: idOfNode(index, node),
      type: nodeTypes[index.nodes.type[node] ?? 0] ?? "unknown",
      ...(key !== undefined && { key }),
      ...(label !== undefined && { label }),
      ...(row !== none && this.#activityFacts(row)),
      ...(attributes !== undefined && valueFacts(attributes)),
    };
  }

  #activityFacts(row: number): Partial<LineageItem> {
    const { activities } = this.index;
    const start = activities.start[row] ?? Number.NaN;
    const end = activities.end[row] ?? Number.NaN;
    const status = statuses[activities.status[row] ?? 0] ?? "";
    const attempt = activities.attempt[row] ?? 1;
    const group = this.text(activities.group[row]);
    const named = this.functionOf(row);
    const plan = activities.plan[row] ?? none;
    const hash = plan === none ? undefined : this.shared(plan).get("taskprov:sha256")?.[0];
    const place = this.nameOf(activities.site[row]);
    const worker = this.nameOf(activities.worker[row]);
    const cell = this.text(activities.cell[row]);
    const transferSeconds = activities.transferSeconds[row] ?? 0;
    return {
      ...(status !== "" && { status }),
      ...(attempt > 1 && { attempt }),
      ...(group !== undefined && { group }),
      ...(named !== undefined && { function: named }),
      ...(hash !== undefined && { functionHash: hash }),
      ...(place !== undefined && { place }),
      ...(worker !== undefined && { worker }),
      ...(cell !== undefined && { cell }),
      ...(!Number.isNaN(start) && { start: formatEpochSeconds(start) }),
      ...(!Number.isNaN(end) && { end: formatEpochSeconds(end) }),
      ...(!Number.isNaN(end - start) && { seconds: rounded(end - start) }),
      ...(transferSeconds > 0 && { transferSeconds: rounded(transferSeconds) }),
    };
  }
}

/** Microseconds are what times are recorded in. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function attributesOf(records: readonly ProvRecord[]): KnownAttributes {
  const result = new Map<string, string[]>();
  for (const record of records) {
    for (const [name, value] of record.attributes) {
      const { namespace, local } = name;
      const known = knownName(name) || `${namespace.prefix}:${local}`;
      const values = result.get(known);
      if (values === undefined) result.set(known, [textOf(value)]);
      else values.push(textOf(value));
    }
  }
  return result;
}

function valueFacts(attributes: KnownAttributes): Partial<LineageItem> {
  const first = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = attributes.get(name)?.[0];
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const isRedacted = first("taskprov:redacted") === "true";
  const value = isRedacted ? "[redacted]" : first("yprov:value", "prov:value");
  const dataType = first("yprov:dtype", "taskprov:dtype");
  const nbytes = Number(first("yprov:nbytes", "taskprov:nbytes"));
  const shape = first("taskprov:shape");
  const digest = first("taskprov:digest");
  const exceptionType = first("taskprov:exceptionType");
  const message = first("taskprov:message", "yprov:exception_text");
  const traceback = first("taskprov:traceback", "yprov:traceback");
  return {
    ...(value !== undefined && { value }),
    ...(dataType !== undefined && { dataType }),
    ...(!Number.isNaN(nbytes) && { nbytes }),
    ...(shape !== undefined && { shape }),
    ...(digest !== undefined && { digest }),
    ...(exceptionType !== undefined && { exceptionType }),
    ...(message !== undefined && { message }),
    ...(traceback !== undefined && { traceback }),
  };
}

/** The last attempt of a key, by number; `none` when there is none. */
export function lastAttempt(index: LineageIndex, nodes: readonly number[]): number {
  let last = none;
  let number = 0;
  for (const node of nodes) {
    const row = index.nodes.row[node] ?? none;
    if (row === none || elementKindOf(index.nodes.type[node] ?? 0) !== "activity") continue;
    const attempt = index.activities.attempt[row] ?? 1;
    if (attempt < number) continue;
    number = attempt;
    last = node;
  }
  return last;
}

/** The entities that an activity generated. */
export function generatedBy({ edges }: LineageIndex, activity: number): number[] {
  const found: number[] = [];
  for (let i = edges.firstBack[activity] ?? 0; i < (edges.firstBack[activity + 1] ?? 0); i++) {
    const edge = edges.back[i] ?? 0;
    if (edges.kind[edge] === edgeCode.wasGeneratedBy) found.push(edges.from[edge] ?? 0);
  }
  return found;
}
