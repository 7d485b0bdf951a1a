import { idOfNode, keyOfNode } from "../lineage/find-items.js";
import { statuses, typeCode } from "../lineage/index/kinds.js";
import { type LineageIndex, none } from "../lineage/index/lineage-index.js";
import { generatedBy, type ItemReader } from "../lineage/item-facts.js";
import type { LineageItem } from "../lineage/lineage-item.js";
import { itemName, shortText, valueText } from "../lineage/text/item-text.js";
import { TextColumn, VarintColumn } from "./pack-columns.js";
import type { ColumnName } from "./page/report-format.js";
import type { ReportGroups } from "./report-groups.js";
import { inputFinder, type ReportRows } from "./report-rows.js";
import { TextList } from "./text-list.js";

/** What only a journal says of a row. */
export interface RowExtras {
  /** Number of the thread within its worker, from 0; undefined where it is not known. */
  readonly threadOf: (row: number) => number | undefined;
}

/** Limits on what is read from the document itself. */
export interface ValueLimits {
  /** At most so many values are read. */
  readonly values: number;
  /** At most so many characters of them are kept. */
  readonly chars: number;
}

/** The columns of a report. */
export interface ReportColumns {
  readonly columns: ReadonlyMap<ColumnName, Uint8Array>;
  /** Size of each row's result in bytes, 0 where it is not known. */
  readonly nbytes: Float64Array;
  /** Values that the limits left out. */
  readonly leftOut: number;
}

/** Makes the columns of a report. */
export function reportColumns(
  reader: ItemReader,
  rows: ReportRows,
  groups: ReportGroups,
  extras: RowExtras,
  limits: ValueLimits,
): ReportColumns {
  const texts = new TextList();
  const columns = new Map<ColumnName, Uint8Array>();
  addKeys(reader.index, rows, columns);
  addFacts(reader, rows, groups, extras, texts, columns);
  const values = new ValueTexts(reader, limits, texts);
  const nbytes = addResults(reader, rows, values, texts, columns);
  addInputs(reader, rows, values, texts, columns);
  const { lengths, bytes } = texts.columns();
  columns.set("textLength", lengths);
  columns.set("textBytes", bytes);
  return { columns, nbytes, leftOut: values.leftOut };
}

function addKeys(
  index: LineageIndex,
  { count, node }: ReportRows,
  columns: Map<ColumnName, Uint8Array>,
): void {
  const keys = new TextColumn();
  const earlier = new VarintColumn();
  const last = new Int32Array(index.texts.size).fill(-1);
  for (let row = 0; row < count; row++) {
    const each = node[row] ?? 0;
    const key = index.nodes.key[each] ?? none;
    const before = key === none ? -1 : (last[key] ?? -1);
    if (key !== none) last[key] = row;
    earlier.push(before < 0 ? 0 : row - before);
    keys.push(before >= 0 ? "" : keyText(index, each));
  }
  const { lengths, bytes } = keys.columns();
  columns.set("keyLength", lengths);
  columns.set("keyBytes", bytes);
  columns.set("earlier", earlier.bytes());
}

/** The key, or the id of an activity that has none. */
function keyText(index: LineageIndex, node: number): string {
  return keyOfNode(index, node) ?? idOfNode(index, node);
}

function addFacts(
  reader: ItemReader,
  { count, activity }: ReportRows,
  groups: ReportGroups,
  extras: RowExtras,
  texts: TextList,
  columns: Map<ColumnName, Uint8Array>,
): void {
  const { activities } = reader.index;
  const names = nodeTexts(reader, texts);
  const column = {
    attempt: new VarintColumn(),
    status: new VarintColumn(),
    group: new VarintColumn(),
    function: new VarintColumn(),
    worker: new VarintColumn(),
    thread: new VarintColumn(),
    place: new VarintColumn(),
    cell: new VarintColumn(),
    start: new VarintColumn(),
    duration: new VarintColumn(),
    transfer: new VarintColumn(),
  };
  let clock = micros(groups.origin);
  for (let row = 0; row < count; row++) {
    const at = activity[row] ?? 0;
    const start = activities.start[at] ?? Number.NaN;
    const end = activities.end[at] ?? Number.NaN;
    column.attempt.push(activities.attempt[at] ?? 1);
    column.status.push(activities.status[at] ?? 0);
    column.group.push(groups.groupOf[row] ?? 0);
    column.function.push(
      names(activities.plan[at] ?? none) || texts.add(reader.text(activities.name[at])),
    );
    column.worker.push(groups.workerOf[row] ?? 0);
    const thread = extras.threadOf(row);
    column.thread.push(thread === undefined ? 0 : thread + 1);
    column.place.push(names(activities.site[at] ?? none));
    column.cell.push(texts.add(reader.text(activities.cell[at])));
    column.start.push(Number.isNaN(start) ? 0 : micros(start) - clock + 1);
    if (!Number.isNaN(start)) clock = micros(start);
    column.duration.push(end >= start ? micros(end) - micros(start) + 1 : 0);
    column.transfer.push(Math.max(0, micros(activities.transferSeconds[at] ?? 0)));
  }
  for (const [name, values] of Object.entries(column)) {
    // Object.entries forgets the literal names of the keys.
    columns.set(name as keyof typeof column, values.bytes());
  }
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e6);
}

/** Numbers of the names of nodes that many attempts share. */
function nodeTexts(reader: ItemReader, texts: TextList): (node: number) => number {
  const known = new Map<number, number>();
  return (node) => {
    if (node === none) return 0;
    const number = known.get(node) ?? texts.add(reader.nameOf(node));
    known.set(node, number);
    return number;
  };
}

const batch = 4096;

/** Reads values of nodes a batch at a time, within limits. */
class ValueTexts {
  leftOut = 0;
  readonly #reader: ItemReader;
  readonly #limits: ValueLimits;
  readonly #texts: TextList;
  #read = 0;

  constructor(reader: ItemReader, limits: ValueLimits, texts: TextList) {
    this.#reader = reader;
    this.#limits = limits;
    this.#texts = texts;
  }

  /** Calls back with every node's item; undefined beyond the limits. */
  each(nodes: readonly number[], then: (item: LineageItem | undefined, i: number) => void): void {
    for (let from = 0; from < nodes.length; from += batch) {
      const part = nodes.slice(from, from + batch);
      const isOver =
        this.#read + part.length > this.#limits.values || this.#texts.chars > this.#limits.chars;
      if (isOver) this.leftOut += part.length;
      else this.#read += part.length;
      // The same literal is given to every attempt of a task.
      const distinct = isOver ? [] : [...new Set(part)];
      const items = this.#reader.items(distinct);
      const itemOf = new Map(distinct.map((node, i) => [node, items[i]]));
      part.forEach((node, i) => {
        then(itemOf.get(node), from + i);
      });
    }
  }
}

const maxText = 200;

function addResults(
  reader: ItemReader,
  rows: ReportRows,
  values: ValueTexts,
  texts: TextList,
  columns: Map<ColumnName, Uint8Array>,
): Float64Array {
  const { index } = reader;
  const made: number[] = [];
  const rowOf: number[] = [];
  for (let row = 0; row < rows.count; row++) {
    const entity = outcomeOf(index, rows.node[row] ?? 0);
    if (entity === none) continue;
    made.push(entity);
    rowOf.push(row);
  }
  const nbytes = new Float64Array(rows.count);
  const result = new Uint32Array(rows.count);
  values.each(made, (item, i) => {
    if (item === undefined) return;
    const row = rowOf[i] ?? 0;
    nbytes[row] = item.nbytes ?? 0;
    result[row] = texts.add(outcomeText(item));
  });
  columns.set("nbytes", columnOf(nbytes));
  columns.set("result", columnOf(result));
  return nbytes;
}

/** The data an attempt made, or what it threw. */
function outcomeOf(index: LineageIndex, node: number): number {
  const made = generatedBy(index, node);
  const row = index.nodes.row[node] ?? none;
  const isError = statuses[index.activities.status[row] ?? 0] === "error";
  const wanted = made.filter((each) => (index.nodes.type[each] === typeCode.exception) === isError);
  return wanted.at(-1) ?? made.at(-1) ?? none;
}

function outcomeText(item: LineageItem): string {
  if (item.type !== "exception") return valueText(item);
  const message = item.message ?? "";
  const type = item.exceptionType;
  return shortText(type === undefined ? message : `${type}: ${message}`, maxText);
}

function addInputs(
  reader: ItemReader,
  rows: ReportRows,
  values: ValueTexts,
  texts: TextList,
  columns: Map<ColumnName, Uint8Array>,
): void {
  const inputCount = new VarintColumn();
  const input = new VarintColumn();
  const inputRole = new VarintColumn();
  const valueCount = new VarintColumn();
  const valueRole = new VarintColumn();
  const sources: number[] = [];
  const roles = new Map<number, number>();
  const roleOf = (role: number): number => {
    if (role === none) return 0;
    const number = roles.get(role) ?? texts.add(reader.text(role));
    roles.set(role, number);
    return number;
  };
  const find = inputFinder(reader.index, rows);
  for (let row = 0; row < rows.count; row++) {
    let causes = 0;
    let literals = 0;
    find(row, {
      cause: (other, role) => {
        causes++;
        input.pushSigned(row - other);
        inputRole.push(roleOf(role));
      },
      source: (node, role) => {
        literals++;
        sources.push(node);
        valueRole.push(roleOf(role));
      },
    });
    inputCount.push(causes);
    valueCount.push(literals);
  }
  const value = new Uint32Array(sources.length);
  values.each(sources, (item, i) => {
    value[i] = texts.add(item === undefined ? undefined : sourceText(item));
  });
  columns.set("inputCount", inputCount.bytes());
  columns.set("input", input.bytes());
  columns.set("inputRole", inputRole.bytes());
  columns.set("valueCount", valueCount.bytes());
  columns.set("valueRole", valueRole.bytes());
  columns.set("value", columnOf(value));
}

/** A literal by its value, other data by its name as well. */
function sourceText(item: LineageItem): string {
  const value = valueText(item);
  if (item.type === "literal") return value;
  return shortText(value === "" ? itemName(item) : `${itemName(item)}: ${value}`, maxText);
}

function columnOf(values: Iterable<number>): Uint8Array {
  const column = new VarintColumn();
  for (const value of values) column.push(value);
  return column.bytes();
}
