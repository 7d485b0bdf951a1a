import { type ArgumentItem, type AttemptStory, argumentsOf, storyOf } from "./blame.js";
import { findTarget } from "./find-items.js";
import { elementKindOf } from "./index/index-builder.js";
import { edgeCode, edgeKinds } from "./index/kinds.js";
import { type LineageIndex, none } from "./index/lineage-index.js";
import { type ItemReader, lastAttempt } from "./item-facts.js";
import type { LineageItem } from "./lineage-item.js";

/** An item at the other end of a relation. */
export interface RelatedItem {
  /** The PROV relation. */
  readonly kind: string;
  readonly role?: string;
  readonly item: LineageItem;
}

/** Everything a document says of one thing. */
export interface ShowAnswer {
  readonly about: string;
  /** Attempts with what they threw, the last one last. */
  readonly attempts: readonly AttemptStory[];
  /** Data and any other element of that name. */
  readonly items: readonly LineageItem[];
  /** What the last attempt used, in the order of its arguments. */
  readonly arguments: readonly ArgumentItem[];
  /** What it came from or belongs to, otherwise. */
  readonly causes: readonly RelatedItem[];
  /** What came directly from it. */
  readonly effects: readonly RelatedItem[];
  /** How many effects there are; `effects` lists at most 100. */
  readonly effectCount: number;
  /** Every attribute by element, as the document has it. */
  readonly attributes: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const maxEffects = 100;

/** Tells everything of a key or an element. */
export function answerShow(reader: ItemReader, name: string): ShowAnswer {
  const { index } = reader;
  const target = findTarget(index, name);
  const isActivity = (node: number): boolean =>
    elementKindOf(index.nodes.type[node] ?? 0) === "activity";
  const attempts = target.nodes.filter(isActivity);
  const others = target.nodes.filter((node) => !isActivity(node));
  const last = lastAttempt(index, target.nodes);
  const { effects, count } = effectsOf(reader, target.nodes);
  const attributes = reader.attributes(target.nodes);
  return {
    about: target.name,
    attempts: attempts.map((attempt) => storyOf(reader, attempt)),
    items: reader.items(others),
    arguments: last === none ? [] : argumentsOf(reader, last),
    causes: causesOf(reader, target.nodes),
    effects,
    effectCount: count,
    attributes: Object.fromEntries(
      target.nodes.map((node) => [
        reader.brief(node).id,
        Object.fromEntries(attributes.get(node) ?? []),
      ]),
    ),
  };
}

interface Found {
  readonly node: number;
  readonly edge: number;
}

function causesOf(reader: ItemReader, nodes: readonly number[]): RelatedItem[] {
  const { edges } = reader.index;
  const own = new Set(nodes);
  const found: Found[] = [];
  for (const node of nodes) {
    for (let edge = edges.first[node] ?? 0; edge < (edges.first[node + 1] ?? 0); edge++) {
      const other = edges.to[edge] ?? 0;
      if (edges.kind[edge] !== edgeCode.used && !own.has(other)) found.push({ node: other, edge });
    }
  }
  return related(reader, found.slice(0, maxEffects));
}

function effectsOf(
  reader: ItemReader,
  nodes: readonly number[],
): { readonly effects: readonly RelatedItem[]; readonly count: number } {
  const { edges } = reader.index;
  const own = new Set(nodes);
  const found: Found[] = [];
  let count = 0;
  for (const node of nodes) {
    for (let i = edges.firstBack[node] ?? 0; i < (edges.firstBack[node + 1] ?? 0); i++) {
      const edge = edges.back[i] ?? 0;
      const other = edges.from[edge] ?? 0;
      if (own.has(other) || isDerivation(reader.index, edge)) continue;
      count++;
      if (found.length < maxEffects) found.push({ node: other, edge });
    }
  }
  return { effects: related(reader, found), count };
}

/** What the effects already say through the activity between. */
function isDerivation({ edges }: LineageIndex, edge: number): boolean {
  const kind = edges.kind[edge];
  return (
    edges.follows[edge] === 0 &&
    (kind === edgeCode.wasDerivedFrom || kind === edgeCode.wasInformedBy)
  );
}

function related(reader: ItemReader, found: readonly Found[]): RelatedItem[] {
  const { edges } = reader.index;
  const items = reader.items(found.map(({ node }) => node));
  return items.map((item, i) => {
    const edge = found[i]?.edge ?? 0;
    const role = reader.text(edges.role[edge]);
    return {
      kind: edgeKinds[edges.kind[edge] ?? 0] ?? "",
      ...(role !== undefined && { role }),
      item,
    };
  });
}
