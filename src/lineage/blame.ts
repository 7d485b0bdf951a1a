import { closure } from "./closure.js";
import { keyOfNode, nodesOfKey } from "./find-items.js";
import { edgeCode, type Status, statuses, typeCode } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";
import { generatedBy, type ItemReader, lastAttempt } from "./item-facts.js";
import type { LineageItem } from "./lineage-item.js";

/** One attempt in the history of a failed task. */
export interface AttemptStory {
  readonly attempt: LineageItem;
  /** What it threw, where that was recorded. */
  readonly exception?: LineageItem;
}

/** An argument of an attempt: the data or the literal, and its place among the arguments. */
export interface ArgumentItem {
  readonly role?: string;
  readonly item: LineageItem;
}

/** A task that failed by itself, not because of another one. */
export interface Failure {
  /** The task's key, or the activity's id where it has none. */
  readonly task: string;
  /** Every attempt, the last one last. */
  readonly attempts: readonly AttemptStory[];
  readonly inputs: readonly ArgumentItem[];
  /** The calling frames at the place that submitted the task, innermost first. */
  readonly stack: readonly string[];
  /** What never ran because of it. */
  readonly blocked: {
    readonly count: number;
    readonly groups: readonly { readonly group: string; readonly count: number }[];
    /** The first twenty, by key. */
    readonly tasks: readonly string[];
  };
}

/** What went wrong in a run. */
export interface BlameAnswer {
  /** Tasks whose last attempt failed, in the order of the document. */
  readonly failures: readonly Failure[];
  /** Tasks that failed at first and worked in the end. */
  readonly recovered: readonly Failure[];
  /** More failures than `limit` allowed to tell. */
  readonly more: number;
  /** Attempts by status, all of the run. */
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
}

const failed: ReadonlySet<Status> = new Set<Status>(["error", "lost"]);

/** Finds every root failure. @param limit - how many are told in full. */
export function answerBlame(reader: ItemReader, limit: number): BlameAnswer {
  const { index } = reader;
  const roots: number[][] = [];
  const recovered: number[][] = [];
  const counts: Partial<Record<Status, number>> = {};
  const done = new Set<number>();
  index.activities.status.forEach((code, row) => {
    const status = statuses[code] ?? "";
    if (status === "" || isRun(index, row)) return;
    counts[status] = (counts[status] ?? 0) + 1;
    if (!failed.has(status)) return;
    const attempts = attemptsOf(index, index.activities.node[row] ?? 0);
    const first = attempts[0] ?? 0;
    if (done.has(first)) return;
    done.add(first);
    const last = statusOf(index, lastAttempt(index, attempts));
    if (failed.has(last)) roots.push(attempts);
    else if (last === "ok") recovered.push(attempts);
  });
  return {
    failures: roots.slice(0, limit).map((attempts) => failureOf(reader, attempts)),
    recovered: recovered.slice(0, limit).map((attempts) => failureOf(reader, attempts)),
    more: Math.max(0, roots.length - limit),
    statuses: counts,
  };
}

function isRun({ activities, run }: LineageIndex, row: number): boolean {
  return activities.node[row] === run;
}

function statusOf({ nodes, activities }: LineageIndex, node: number): Status {
  const row = nodes.row[node] ?? none;
  return row === none ? "" : (statuses[activities.status[row] ?? 0] ?? "");
}

/** Every attempt of the task that an attempt belongs to, by number. */
function attemptsOf(index: LineageIndex, node: number): number[] {
  const key = index.nodes.key[node] ?? none;
  if (key === none) return [node];
  const rowOf = (each: number): number => index.nodes.row[each] ?? none;
  const number = (each: number): number => index.activities.attempt[rowOf(each)] ?? 0;
  return nodesOfKey(index, key)
    .filter((each) => rowOf(each) !== none)
    .sort((a, b) => number(a) - number(b));
}

function failureOf(reader: ItemReader, attempts: readonly number[]): Failure {
  const { index } = reader;
  const last = lastAttempt(index, attempts);
  const site = index.activities.site[index.nodes.row[last] ?? none] ?? none;
  return {
    task: keyOfNode(index, last) ?? index.ids.text(last),
    attempts: attempts.map((attempt) => storyOf(reader, attempt)),
    inputs: argumentsOf(reader, attempts.findLast((each) => hasArguments(index, each)) ?? last),
    stack: site === none ? [] : (reader.shared(site).get("taskprov:stack") ?? []),
    blocked: blockedBy(reader, attempts),
  };
}

function hasArguments(index: LineageIndex, activity: number): boolean {
  const { first, kind } = index.edges;
  for (let edge = first[activity] ?? 0; edge < (first[activity + 1] ?? 0); edge++) {
    if (kind[edge] === edgeCode.used) return true;
  }
  return false;
}

/** An attempt, and what it threw. */
export function storyOf(reader: ItemReader, attempt: number): AttemptStory {
  const { type } = reader.index.nodes;
  const thrown = generatedBy(reader.index, attempt).filter(
    (node) => type[node] === typeCode.exception,
  );
  const [item, exception] = reader.items([attempt, ...thrown]);
  return {
    attempt: item ?? reader.brief(attempt),
    ...(exception !== undefined && { exception }),
  };
}

/** What an activity used, in the order of its arguments. */
export function argumentsOf(reader: ItemReader, activity: number): ArgumentItem[] {
  const { edges } = reader.index;
  const used: { entity: number; role: string | undefined }[] = [];
  for (let edge = edges.first[activity] ?? 0; edge < (edges.first[activity + 1] ?? 0); edge++) {
    if (edges.kind[edge] !== edgeCode.used) continue;
    used.push({ entity: edges.to[edge] ?? 0, role: reader.text(edges.role[edge]) });
  }
  const items = reader.items(used.slice(0, maxArguments).map(({ entity }) => entity));
  return items
    .map((item, i): ArgumentItem => {
      const role = used[i]?.role;
      return role === undefined ? { item } : { role, item };
    })
    .sort((a, b) => compareRoles(a.role, b.role));
}

/** A sum over 100,000 parts has as many arguments; the rest is one `taskprov why` away. */
const maxArguments = 200;

/** By position where roles are positions: 2 before 10. */
export function compareRoles(a: string | undefined, b: string | undefined): number {
  return (a ?? "").localeCompare(b ?? "", "en", { numeric: true });
}

const maxTasks = 20;

function blockedBy(reader: ItemReader, attempts: readonly number[]): Failure["blocked"] {
  const { index } = reader;
  const groups = new Map<string, number>();
  const tasks: string[] = [];
  let count = 0;
  for (const node of closure(index, attempts, { direction: "down" }).nodes) {
    const row = index.nodes.row[node] ?? none;
    if (row === none || statusOf(index, node) !== "blocked") continue;
    count++;
    const group = reader.groupOf(row);
    groups.set(group, (groups.get(group) ?? 0) + 1);
    if (tasks.length < maxTasks) tasks.push(keyOfNode(index, node) ?? index.ids.text(node));
  }
  return { count, tasks, groups: [...groups].map(([group, number]) => ({ group, count: number })) };
}
