import { edgeCode, typeCode } from "./kinds.js";
import { type EdgeColumns, none } from "./lineage-index.js";

/** Edges in the order they were read, and what must be known of their ends. */
export interface RawEdges {
  readonly nodeCount: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly kind: Uint8Array;
  readonly role: Uint32Array;
  readonly type: Uint8Array;
  readonly key: Uint32Array;
  /** Row of activities. */
  readonly row: Uint32Array;
}

/** Sorts edges by their effect, decides which of them lineage follows, and makes the way back. */
export function finishEdges(raw: RawEdges): EdgeColumns {
  const { nodeCount } = raw;
  // By kind within a node: a document has its relations by kind, a journal as they happened, and
  // the answers are to be the same.
  const byKind = sortedBy(raw.kind, offsets(raw.kind, kindCount), identity(raw.kind.length));
  const first = offsets(raw.from, nodeCount);
  const order = sortedBy(raw.from, first, byKind);
  const from = picked(Uint32Array, raw.from, order);
  const to = picked(Uint32Array, raw.to, order);
  const kind = picked(Uint8Array, raw.kind, order);
  const role = picked(Uint32Array, raw.role, order);
  const follows = followed({ first, from, to, kind, raw });
  dropShortcuts({ first, to, kind, follows });
  const declared = sortedBy(kind, offsets(kind, kindCount), asDeclared(first, raw.row));
  const firstBack = offsets(to, nodeCount);
  return {
    first,
    from,
    to,
    kind,
    role,
    follows,
    firstBack,
    back: sortedBy(to, firstBack, declared),
  };
}

const kindCount = 256;

function identity(length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  return order;
}

/** Edges in the order in which their effects were declared, not first mentioned. */
function asDeclared(first: Uint32Array, row: Uint32Array): Uint32Array {
  const nodes = first.length - 1;
  const order = new Uint32Array(first[nodes] ?? 0);
  const nodeOfRow: number[] = [];
  let at = 0;
  const take = (node: number): void => {
    for (let edge = first[node] ?? 0; edge < (first[node + 1] ?? 0); edge++) order[at++] = edge;
  };
  for (let node = 0; node < nodes; node++) {
    const own = row[node] ?? none;
    if (own === none) take(node);
    else nodeOfRow[own] = node;
  }
  for (const node of nodeOfRow) if (node !== undefined) take(node);
  return order;
}

/** Counting sort, first half: where the edges of each node begin. */
function offsets(keys: Uint32Array | Uint8Array, nodeCount: number): Uint32Array {
  const first = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < keys.length; i++) {
    const at = (keys[i] ?? 0) + 1;
    first[at] = (first[at] ?? 0) + 1;
  }
  for (let i = 0; i < nodeCount; i++) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0);
  return first;
}

/** Counting sort, second half: the numbers of the edges; those of one key stay in their order. */
function sortedBy(
  keys: Uint32Array | Uint8Array,
  first: Uint32Array,
  before: Uint32Array,
): Uint32Array {
  const next = first.slice();
  const order = new Uint32Array(keys.length);
  for (const edge of before) {
    const key = keys[edge] ?? 0;
    const at = next[key] ?? 0;
    order[at] = edge;
    next[key] = at + 1;
  }
  return order;
}

function picked<T extends Uint8Array | Uint32Array>(
  make: new (length: number) => T,
  column: T,
  order: Uint32Array,
): T {
  const result = new make(order.length);
  for (let i = 0; i < order.length; i++) result[i] = column[order[i] ?? 0] ?? 0;
  return result;
}

interface Sorted {
  readonly first: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly kind: Uint8Array;
  readonly raw: RawEdges;
}

const alwaysFollowed: ReadonlySet<number> = new Set([
  edgeCode.used,
  edgeCode.wasGeneratedBy,
  edgeCode.wasDerivedFrom,
  edgeCode.hadMember,
  edgeCode.wasInfluencedBy,
]);

/**
 * Which edges say how something came to be. Not: who was responsible; the run itself, which all
 * tasks are informed by; a retry's earlier attempts; another form of something that has an origin
 * of its own.
 */
function followed({ first, from, to, kind, raw }: Sorted): Uint8Array {
  const { type, key } = raw;
  const follows = new Uint8Array(to.length);
  for (let edge = 0; edge < to.length; edge++) {
    const source = from[edge] ?? 0;
    const target = to[edge] ?? 0;
    if (type[target] === typeCode.run || type[source] === typeCode.run) continue;
    const edgeKind = kind[edge] ?? 0;
    let follow = alwaysFollowed.has(edgeKind) || edgeKind === edgeCode.wasInformedBy;
    if (edgeKind === edgeCode.wasStartedBy) {
      follow = !isOfKey(target, key[source] ?? none, { first, from, to, kind, raw });
    } else if (edgeKind === edgeCode.alternateOf || edgeKind === edgeCode.specializationOf) {
      follow = !hasOrigin(source, first, kind);
    } else if (edgeKind === edgeCode.wasInfluencedBy) {
      follow = !isAgent(type[target] ?? 0);
    }
    if (follow) follows[edge] = 1;
  }
  return follows;
}

/** Whether an element is of a task: an attempt, or what an attempt threw (which has no key). */
function isOfKey(node: number, wanted: number, { first, to, kind, raw }: Sorted): boolean {
  if (wanted === none) return false;
  if (raw.key[node] === wanted) return true;
  for (let edge = first[node] ?? 0; edge < (first[node + 1] ?? 0); edge++) {
    const isGeneration = kind[edge] === edgeCode.wasGeneratedBy;
    if (isGeneration && raw.key[to[edge] ?? 0] === wanted) return true;
  }
  return false;
}

function isAgent(type: number): boolean {
  return (
    type === typeCode.agent ||
    type === typeCode.worker ||
    type === typeCode.scheduler ||
    type === typeCode.client
  );
}

function hasOrigin(node: number, first: Uint32Array, kind: Uint8Array): boolean {
  for (let edge = first[node] ?? 0; edge < (first[node + 1] ?? 0); edge++) {
    if (kind[edge] === edgeCode.wasGeneratedBy || kind[edge] === edgeCode.wasDerivedFrom) {
      return true;
    }
  }
  return false;
}

interface Followed {
  readonly first: Uint32Array;
  readonly to: Uint32Array;
  readonly kind: Uint8Array;
  readonly follows: Uint8Array;
}

// An entity has one generation (PROV-CONSTRAINTS 24); documents that break this must not make the
// work quadratic, and a shortcut that stays does no harm.
const maxGenerators = 64;

/**
 * Leaves out what only repeats a longer way: a derivation from what the generating activity used,
 * and information from whoever generated what was used. Nothing becomes unreachable; paths then
 * lead through the activities, which is what a reader wants to see.
 */
function dropShortcuts({ first, to, kind, follows }: Followed): void {
  const nodes = first.length - 1;
  const mark = new Uint32Array(nodes).fill(none);
  const generators = generatedBy(first, to, kind, follows);
  for (let node = 0; node < nodes; node++) {
    const start = first[node] ?? 0;
    const end = first[node + 1] ?? 0;
    let marked = false;
    for (let edge = start; edge < end; edge++) {
      if (kind[edge] !== edgeCode.used || follows[edge] === 0) continue;
      marked = true;
      const entity = to[edge] ?? 0;
      mark[entity] = node;
      markGenerators(entity, node, { first, to, kind, follows }, mark);
    }
    if (!marked) continue;
    for (let edge = start; edge < end; edge++) {
      const isShortcut = kind[edge] === edgeCode.wasInformedBy && mark[to[edge] ?? 0] === node;
      if (isShortcut && to[edge] !== node) follows[edge] = 0;
    }
    for (let i = generators.first[node] ?? 0; i < (generators.first[node + 1] ?? 0); i++) {
      dropDerivations(generators.entity[i] ?? 0, node, { first, to, kind, follows }, mark);
    }
  }
}

function markGenerators(
  entity: number,
  activity: number,
  { first, to, kind, follows }: Followed,
  mark: Uint32Array,
): void {
  const start = first[entity] ?? 0;
  const end = Math.min(first[entity + 1] ?? 0, start + maxGenerators);
  for (let edge = start; edge < end; edge++) {
    const counts = kind[edge] === edgeCode.wasGeneratedBy && follows[edge] === 1;
    if (counts) mark[to[edge] ?? 0] = activity;
  }
}

function dropDerivations(
  entity: number,
  activity: number,
  { first, to, kind, follows }: Followed,
  mark: Uint32Array,
): void {
  for (let edge = first[entity] ?? 0; edge < (first[entity + 1] ?? 0); edge++) {
    if (kind[edge] === edgeCode.wasDerivedFrom && mark[to[edge] ?? 0] === activity) {
      follows[edge] = 0;
    }
  }
}

/** The entities that each activity generated, as far as edges are looked at. */
function generatedBy(
  first: Uint32Array,
  to: Uint32Array,
  kind: Uint8Array,
  follows: Uint8Array,
): { readonly first: Uint32Array; readonly entity: Uint32Array } {
  const nodes = first.length - 1;
  const begins = new Uint32Array(nodes + 1);
  const each = (then: (entity: number, activity: number) => void): void => {
    for (let node = 0; node < nodes; node++) {
      const start = first[node] ?? 0;
      const end = Math.min(first[node + 1] ?? 0, start + maxGenerators);
      for (let edge = start; edge < end; edge++) {
        const counts = kind[edge] === edgeCode.wasGeneratedBy && follows[edge] === 1;
        if (counts) then(node, to[edge] ?? 0);
      }
    }
  };
  each((_, activity) => {
    begins[activity + 1] = (begins[activity + 1] ?? 0) + 1;
  });
  for (let i = 0; i < nodes; i++) begins[i + 1] = (begins[i + 1] ?? 0) + (begins[i] ?? 0);
  const next = begins.slice();
  const entity = new Uint32Array(begins[nodes] ?? 0);
  each((node, activity) => {
    const at = next[activity] ?? 0;
    entity[at] = node;
    next[activity] = at + 1;
  });
  return { first: begins, entity };
}
