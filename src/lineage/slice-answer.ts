import { TaskprovError } from "../base/errors.js";
import { compileFnmatch } from "../base/fnmatch.js";
import { closure, type Direction, eachNeighbour } from "./closure.js";
import { findTarget, keyOfNode, type Target } from "./find-items.js";
import { type GroupLink, type GroupSummary, summarise } from "./group-summary.js";
import { elementKindOf } from "./index/index-builder.js";
import { edgeKinds, statuses, typeCode } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";
import { generatedBy, type ItemReader, lastAttempt } from "./item-facts.js";
import type { LineageItem, LineageRelation } from "./lineage-item.js";

/** How far lineage is followed, and how much of it is shown. */
export interface SliceOptions {
  /** At most this many activities away; default without limit. */
  readonly depth?: number;
  /** Patterns (fnmatch) of keys, groups or labels that are shown but not gone beyond. */
  readonly stopAt?: readonly string[];
  /** At most this many items are listed, nearest first; the groups always count all. Default 2,000. */
  readonly limit?: number;
}

/** What something came from, or what came from it. */
export interface LineageAnswer {
  /** The name that was asked for, in full. */
  readonly about: string;
  readonly direction: Direction;
  /** Ids of the items the question began with. */
  readonly starts: readonly string[];
  /** The nearest items first, the starts before all. */
  readonly items: readonly LineageItem[];
  /** How the items hang together. */
  readonly relations: readonly LineageRelation[];
  /** Everything reached, by group. */
  readonly groups: readonly GroupSummary[];
  /** Which groups came from which. */
  readonly links: readonly GroupLink[];
  /** How much was reached; `items` may list less. */
  readonly total: { readonly activities: number; readonly entities: number };
  /** Whether `depth` or `stopAt` left something out. */
  readonly cut: boolean;
}

/** The nodes of a slice and where it began. */
export interface SliceNodes {
  readonly target: Target;
  readonly starts: readonly number[];
  readonly nodes: readonly number[];
  readonly cut: boolean;
}

/** The nodes that a name leads to. */
export function sliceNodes(
  index: LineageIndex,
  name: string,
  direction: Direction,
  options: SliceOptions,
): SliceNodes {
  const target = findTarget(index, name);
  const starts = direction === "up" ? [currentNode(index, target)] : target.nodes;
  const { nodes, cut } = closure(index, starts, {
    direction,
    depth: checkedDepth(options.depth),
    ...stopOf(index, starts, options.stopAt ?? []),
  });
  return { target, starts, nodes, cut };
}

function checkedDepth(depth: number = Number.POSITIVE_INFINITY): number {
  if (depth >= 0) return depth;
  throw new TaskprovError("ERR_OPTION", `Expected \`depth\` to be 0 or more, got ${depth}.`);
}

/**
 * What a key stands for now: the data of its last attempt, or that attempt itself when it made
 * none; without attempts the newest data.
 */
function currentNode(index: LineageIndex, { nodes, isKey }: Target): number {
  const last = isKey ? lastAttempt(index, nodes) : none;
  if (last === none) {
    const data = nodes.filter((node) => index.nodes.type[node] !== typeCode.exception);
    return data.at(-1) ?? nodes.at(-1) ?? 0;
  }
  const made = generatedBy(index, last).filter(
    (node) => index.nodes.type[node] !== typeCode.exception,
  );
  const row = index.nodes.row[last] ?? none;
  const isFine = statuses[index.activities.status[row] ?? 0] === "ok";
  return (isFine ? made.at(-1) : undefined) ?? last;
}

function stopOf(
  index: LineageIndex,
  starts: readonly number[],
  patterns: readonly string[],
): { readonly stopAt?: (node: number) => boolean } {
  if (patterns.length === 0) return {};
  const matchers = patterns.map((pattern) => compileFnmatch(pattern));
  const begin = new Set(starts);
  const { nodes, activities, texts, ids } = index;
  return {
    stopAt: (node) => {
      if (begin.has(node)) return false;
      const names = [keyOfNode(index, node), ids.text(node)];
      const row = nodes.row[node] ?? none;
      for (const number of [nodes.label[node], row === none ? none : activities.group[row]]) {
        if (number !== undefined && number !== none) names.push(texts.text(number));
      }
      return names.some((name) => name !== undefined && matchers.some((matches) => matches(name)));
    },
  };
}

const defaultLimit = 2000;

/** The answer to `why` and `impact`. */
export function answerSlice(
  reader: ItemReader,
  name: string,
  direction: Direction,
  options: SliceOptions,
): LineageAnswer {
  const { index } = reader;
  const { target, starts, nodes, cut } = sliceNodes(index, name, direction, options);
  const shown = nodes.slice(0, options.limit ?? defaultLimit);
  const items = reader.items(shown);
  const first = items.slice(0, starts.length).map(({ id }) => id);
  const activities = nodes.filter(
    (node) => elementKindOf(index.nodes.type[node] ?? 0) === "activity",
  );
  return {
    about: target.name,
    direction,
    starts: first,
    items,
    relations: relationsAmong(index, shown, items),
    ...summarise(reader, activities),
    total: { activities: activities.length, entities: nodes.length - activities.length },
    cut,
  };
}

/** The edges of lineage between the given nodes. */
export function relationsAmong(
  index: LineageIndex,
  nodes: readonly number[],
  items: readonly LineageItem[],
): LineageRelation[] {
  const idOf = new Map(nodes.map((node, i) => [node, items[i]?.id ?? ""]));
  const relations: LineageRelation[] = [];
  for (const node of nodes) {
    eachNeighbour(index, node, "up", (cause, _, edge) => {
      const causeId = idOf.get(cause);
      if (causeId === undefined) return;
      const role = index.edges.role[edge] ?? none;
      relations.push({
        effect: idOf.get(node) ?? "",
        cause: causeId,
        kind: edgeKinds[index.edges.kind[edge] ?? 0] ?? "",
        ...(role !== none && { role: index.texts.text(role) }),
      });
    });
  }
  return relations;
}
