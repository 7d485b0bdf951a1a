import { TaskprovError } from "../base/errors.js";
import { compileFnmatch, type Matcher } from "../base/fnmatch.js";
import { keyOfNode } from "./find-items.js";
import { elementKindOf } from "./index/index-builder.js";
import { type Status, statuses, typeCode } from "./index/kinds.js";
import { none } from "./index/lineage-index.js";
import { secondsOf } from "./index/seconds-of.js";
import { generatedBy, type ItemReader, rounded } from "./item-facts.js";
import type { LineageItem } from "./lineage-item.js";

/** Which attempts to list; everything given must fit. Patterns are those of fnmatch. */
export interface ListFilter {
  readonly status?: readonly Status[];
  readonly group?: string;
  readonly function?: string;
  readonly worker?: string;
  readonly cell?: string;
  /** Pattern of the key. */
  readonly key?: string;
  /** Attempts that ended at or after this time (xsd:dateTime). */
  readonly since?: string;
  /** Attempts that started at or before this time (xsd:dateTime). */
  readonly until?: string;
  /** At most so many are listed. Default 1,000. */
  readonly limit?: number;
}

/** The attempts that a filter lets through. */
export interface ListAnswer {
  /** In the order of the document. */
  readonly attempts: readonly LineageItem[];
  /** How many there are; `attempts` may list less. */
  readonly total: number;
}

/** Lists attempts. */
export function answerList(reader: ItemReader, filter: ListFilter): ListAnswer {
  const { activities, nodes } = reader.index;
  const accepts = filterOf(reader, filter);
  const attempts: LineageItem[] = [];
  let total = 0;
  const limit = filter.limit ?? 1000;
  for (let row = 0; row < activities.node.length; row++) {
    const node = activities.node[row] ?? 0;
    const type = nodes.type[node];
    if (type === typeCode.run || type === typeCode.unknown || !accepts(row)) continue;
    total++;
    if (attempts.length < limit) attempts.push(reader.brief(node));
  }
  return { attempts, total };
}

function filterOf(reader: ItemReader, filter: ListFilter): (row: number) => boolean {
  const { index } = reader;
  const { activities } = index;
  const tests: ((row: number) => boolean)[] = [];
  const byText = (pattern: string | undefined, text: (row: number) => string | undefined): void => {
    if (pattern === undefined) return;
    const matches = remembered(compileFnmatch(pattern));
    tests.push((row) => matches(text(row) ?? ""));
  };
  if (filter.status !== undefined && filter.status.length > 0) {
    const wanted = new Set(filter.status.map((status) => statuses.indexOf(status)));
    tests.push((row) => wanted.has(activities.status[row] ?? 0));
  }
  byText(filter.group, (row) => reader.groupOf(row));
  byText(filter.function, (row) => reader.functionOf(row));
  byText(filter.worker, (row) => reader.nameOf(activities.worker[row]));
  byText(filter.cell, (row) => reader.text(activities.cell[row]));
  byText(filter.key, (row) => keyOfNode(index, activities.node[row] ?? 0));
  if (filter.since !== undefined) {
    const since = timeOf("since", filter.since);
    tests.push((row) => (activities.end[row] ?? Number.NaN) >= since);
  }
  if (filter.until !== undefined) {
    const until = timeOf("until", filter.until);
    tests.push((row) => (activities.start[row] ?? Number.NaN) <= until);
  }
  return (row) => tests.every((test) => test(row));
}

function timeOf(option: string, text: string): number {
  const seconds = secondsOf(text);
  if (!Number.isNaN(seconds)) return seconds;
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected \`${option}\` to be a time such as 2026-11-20T10:15:00Z, got ${JSON.stringify(text)}.`,
  );
}

/** Groups, functions and workers repeat: each text is matched once, as long as they are few. */
function remembered(matches: Matcher): Matcher {
  const known = new Map<string, boolean>();
  return (text) => {
    const answer = known.get(text) ?? matches(text);
    if (known.size < 10_000) known.set(text, answer);
    return answer;
  };
}

/** A notebook cell and what came of it. */
export interface CellAnswer {
  readonly cell: string;
  readonly attempts: number;
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  readonly groups: readonly { readonly group: string; readonly count: number }[];
  /** Places in the cell that submitted tasks. */
  readonly places: readonly string[];
  readonly computeSeconds: number;
  /** Keys of the data that its tasks made; the first hundred. */
  readonly data: readonly string[];
}

interface CellCount {
  attempts: number;
  statuses: Partial<Record<Status, number>>;
  groups: Map<string, number>;
  places: Set<string>;
  seconds: number;
  data: Set<string>;
}

const maxData = 100;

/** What every cell caused, by cell; only activities that a document ties to a cell count. */
export function answerCells(reader: ItemReader): CellAnswer[] {
  const { index } = reader;
  const { activities, nodes } = index;
  const cells = new Map<string, CellCount>();
  for (let row = 0; row < activities.node.length; row++) {
    const cell = reader.text(activities.cell[row]);
    const node = activities.node[row] ?? 0;
    const isTask = elementKindOf(nodes.type[node] ?? 0) === "activity";
    if (cell === undefined || !isTask || nodes.type[node] === typeCode.cell) continue;
    const count = cells.get(cell) ?? newCount();
    cells.set(cell, count);
    addAttempt(reader, count, row);
  }
  return [...cells]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([cell, { groups, places, seconds, data, ...count }]) => ({
      cell,
      ...count,
      groups: [...groups].map(([group, number]) => ({ group, count: number })),
      places: [...places],
      computeSeconds: rounded(seconds),
      data: [...data],
    }));
}

function newCount(): CellCount {
  return {
    attempts: 0,
    statuses: {},
    groups: new Map(),
    places: new Set(),
    seconds: 0,
    data: new Set(),
  };
}

function addAttempt(reader: ItemReader, count: CellCount, row: number): void {
  const { index } = reader;
  const { activities } = index;
  const node = activities.node[row] ?? none;
  const status = statuses[activities.status[row] ?? 0] ?? "";
  count.attempts++;
  if (status !== "") count.statuses[status] = (count.statuses[status] ?? 0) + 1;
  const group = reader.groupOf(row);
  count.groups.set(group, (count.groups.get(group) ?? 0) + 1);
  const place = reader.nameOf(activities.site[row]);
  if (place !== undefined) count.places.add(place);
  const seconds = (activities.end[row] ?? Number.NaN) - (activities.start[row] ?? Number.NaN);
  if (!Number.isNaN(seconds)) count.seconds += seconds;
  if (count.data.size >= maxData) return;
  for (const entity of generatedBy(index, node)) {
    const key = keyOfNode(index, entity);
    const isException = index.nodes.type[entity] === typeCode.exception;
    if (key !== undefined && !isException) count.data.add(key);
  }
}
