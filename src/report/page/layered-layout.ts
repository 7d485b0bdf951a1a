/** A box to place. */
export interface LayoutBox {
  readonly width: number;
  readonly height: number;
}

/** From one box to another, by number. */
export type LayoutEdge = readonly [from: number, to: number];

/** Where boxes and edges lie. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Left upper corner, by box. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Points of each edge, from the right side of its first box to the left side of the other. */
  readonly lines: readonly (readonly (readonly [x: number, y: number])[])[];
}

const columnGap = 48;
const rowGap = 14;
const dummyHeight = 6;
const sweeps = 12;

/** A box, or the place where an edge crosses a column. */
interface Item {
  readonly height: number;
  readonly layer: number;
  /** Neighbours one column to the left and to the right. */
  readonly left: number[];
  readonly right: number[];
}

/**
 * Places boxes in columns, what comes first at the left: longest paths decide the column, sweeps
 * of barycenters the order, and least squares the height. For some hundred boxes.
 */
export function layeredLayout(boxes: readonly LayoutBox[], edges: readonly LayoutEdge[]): Layout {
  const forward = withoutCircles(boxes.length, edges);
  const layerOf = longestPaths(boxes.length, forward);
  const { items, chains } = withDummies(boxes, layerOf, forward);
  const layers = order(items);
  const center = heights(items, layers);
  const left = columnLefts(boxes, layerOf, layers.length);
  return {
    width: (left.at(-1) ?? 0) - columnGap,
    height: Math.max(0, ...items.map((item, i) => (center[i] ?? 0) + item.height / 2)),
    x: boxes.map((_, i) => left[layerOf[i] ?? 0] ?? 0),
    y: boxes.map((box, i) => (center[i] ?? 0) - box.height / 2),
    lines: edges.map((edge, i) => lineOf(boxes, layerOf, left, center, edge, chains[i] ?? [])),
  };
}

/** Edges, those turned round that would close a circle; [from, to] as the layout sees them. */
function withoutCircles(count: number, edges: readonly LayoutEdge[]): LayoutEdge[] {
  const next: number[][] = Array.from({ length: count }, () => []);
  edges.forEach(([from], i) => {
    next[from]?.push(i);
  });
  const state = new Uint8Array(count);
  const turned = new Set<number>();
  for (let begin = 0; begin < count; begin++) {
    if (state[begin] !== 0) continue;
    const stack: [node: number, at: number][] = [[begin, 0]];
    state[begin] = 1;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const [node, at] = top;
      const edge = next[node]?.[at];
      top[1]++;
      if (edge === undefined) {
        state[node] = 2;
        stack.pop();
        continue;
      }
      const to = edges[edge]?.[1] ?? node;
      if (state[to] === 1) turned.add(edge);
      else if (state[to] === 0) {
        state[to] = 1;
        stack.push([to, 0]);
      }
    }
  }
  return edges.map(([from, to], i) => (turned.has(i) ? [to, from] : [from, to]));
}

function longestPaths(count: number, edges: readonly LayoutEdge[]): number[] {
  const next: number[][] = Array.from({ length: count }, () => []);
  const waiting = new Array<number>(count).fill(0);
  for (const [from, to] of edges) {
    if (from === to) continue;
    next[from]?.push(to);
    waiting[to] = (waiting[to] ?? 0) + 1;
  }
  const layer = new Array<number>(count).fill(0);
  const queue = waiting.flatMap((each, i) => (each === 0 ? [i] : []));
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] ?? 0;
    for (const to of next[node] ?? []) {
      layer[to] = Math.max(layer[to] ?? 0, (layer[node] ?? 0) + 1);
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) queue.push(to);
    }
  }
  pullRight(layer, queue, next);
  return layer;
}

/** What nothing comes before stands next to what needs it, not far away at the left. */
function pullRight(layer: number[], queue: readonly number[], next: readonly number[][]): void {
  const hasCause = new Set(next.flat());
  for (let i = queue.length - 1; i >= 0; i--) {
    const node = queue[i] ?? 0;
    const effects = next[node] ?? [];
    if (hasCause.has(node) || effects.length === 0) continue;
    layer[node] = Math.min(...effects.map((to) => layer[to] ?? 0)) - 1;
  }
}

function withDummies(
  boxes: readonly LayoutBox[],
  layerOf: readonly number[],
  edges: readonly LayoutEdge[],
): { readonly items: Item[]; readonly chains: readonly (readonly number[])[] } {
  const items: Item[] = boxes.map((box, i) => ({
    height: box.height,
    layer: layerOf[i] ?? 0,
    left: [],
    right: [],
  }));
  const join = (a: number, b: number): void => {
    items[a]?.right.push(b);
    items[b]?.left.push(a);
  };
  const chains = edges.map(([from, to]) => {
    if (from === to) return [];
    const chain: number[] = [];
    let before = from;
    for (let layer = (layerOf[from] ?? 0) + 1; layer < (layerOf[to] ?? 0); layer++) {
      const dummy = items.push({ height: dummyHeight, layer, left: [], right: [] }) - 1;
      join(before, dummy);
      chain.push(dummy);
      before = dummy;
    }
    join(before, to);
    return chain;
  });
  return { items, chains };
}

/** Items of every column from top to bottom, with few crossings. */
function order(items: readonly Item[]): number[][] {
  const layers: number[][] = [];
  items.forEach(({ layer }, i) => {
    layers[layer] = [...(layers[layer] ?? []), i];
  });
  for (let i = 0; i < layers.length; i++) layers[i] ??= [];
  const position = new Float64Array(items.length);
  const number = (layer: readonly number[]): void => {
    layer.forEach((item, at) => {
      position[item] = at;
    });
  };
  for (const layer of layers) number(layer);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(items, layers, position);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const way = isDown ? layers : layers.toReversed();
    for (const layer of way) {
      const wish = new Map(
        layer.map((item) => {
          const near = (isDown ? items[item]?.left : items[item]?.right) ?? [];
          return [item, near.length === 0 ? (position[item] ?? 0) : mean(near, position)];
        }),
      );
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      number(layer);
    }
    const count = crossings(items, layers, position);
    if (count >= fewest) continue;
    fewest = count;
    best = layers.map((layer) => [...layer]);
  }
  return best;
}

function mean(items: readonly number[], of: ArrayLike<number>): number {
  return items.reduce((sum, item) => sum + (of[item] ?? 0), 0) / items.length;
}

/** Pairs of edges that cross between neighbouring columns; counted by insertion. */
function crossings(
  items: readonly Item[],
  layers: readonly (readonly number[])[],
  position: Float64Array,
): number {
  let count = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((item) =>
      (items[item]?.right ?? []).map((to) => position[to] ?? 0).sort((a, b) => a - b),
    );
    const sorted: number[] = [];
    for (const end of ends) {
      let at = sorted.length;
      while (at > 0 && (sorted[at - 1] ?? 0) > end) at--;
      count += sorted.length - at;
      sorted.splice(at, 0, end);
    }
  }
  return count;
}

/** Vertical centres: near the neighbours' mean, in order, without overlap. */
function heights(items: readonly Item[], layers: readonly (readonly number[])[]): Float64Array {
  const center = new Float64Array(items.length);
  const wishAll = (near: (item: Item) => readonly number[]) => (layer: readonly number[]) => {
    const wish = layer.map((item) => {
      const neighbours = near(items[item] ?? { height: 0, layer: 0, left: [], right: [] });
      return neighbours.length === 0 ? (center[item] ?? 0) : mean(neighbours, center);
    });
    place(items, layer, wish, center);
  };
  for (const layer of layers)
    place(
      items,
      layer,
      layer.map(() => 0),
      center,
    );
  for (let sweep = 0; sweep < 6; sweep++) {
    layers.forEach(wishAll((item) => item.left));
    layers.toReversed().forEach(wishAll((item) => item.right));
  }
  layers.forEach(wishAll((item) => [...item.left, ...item.right]));
  const top = Math.min(
    ...items.map((item, i) => (center[i] ?? 0) - item.height / 2),
    Number.POSITIVE_INFINITY,
  );
  return center.map((each) => each - (Number.isFinite(top) ? top : 0));
}

/**
 * The centres nearest to wishes by least squares that keep the order and the gaps: items whose
 * wishes clash are moved as one block (pool adjacent violators).
 */
function place(
  items: readonly Item[],
  layer: readonly number[],
  wish: readonly number[],
  center: Float64Array,
): void {
  const offset: number[] = [];
  let sum = 0;
  layer.forEach((item, i) => {
    const before = items[layer[i - 1] ?? -1]?.height ?? 0;
    sum += i === 0 ? 0 : (before + (items[item]?.height ?? 0)) / 2 + rowGap;
    offset.push(sum);
  });
  const blocks: { mean: number; count: number }[] = [];
  wish.forEach((each, i) => {
    let block = { mean: each - (offset[i] ?? 0), count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.mean > block.mean; ) {
      const count = last.count + block.count;
      block = { mean: (last.mean * last.count + block.mean * block.count) / count, count };
      blocks.pop();
      last = blocks.at(-1);
    }
    blocks.push(block);
  });
  let at = 0;
  for (const block of blocks) {
    for (let i = 0; i < block.count; i++, at++)
      center[layer[at] ?? 0] = block.mean + (offset[at] ?? 0);
  }
}

function columnLefts(
  boxes: readonly LayoutBox[],
  layerOf: readonly number[],
  layers: number,
): number[] {
  const widths = new Array<number>(layers).fill(0);
  boxes.forEach((box, i) => {
    const layer = layerOf[i] ?? 0;
    widths[layer] = Math.max(widths[layer] ?? 0, box.width);
  });
  const left = [0];
  widths.forEach((width, i) => {
    left.push((left[i] ?? 0) + width + columnGap);
  });
  return left;
}

function lineOf(
  boxes: readonly LayoutBox[],
  layerOf: readonly number[],
  left: readonly number[],
  center: Float64Array,
  [from, to]: LayoutEdge,
  chain: readonly number[],
): [number, number][] {
  const isForward = (layerOf[from] ?? 0) <= (layerOf[to] ?? 0);
  const side = (box: number, atRight: boolean): [number, number] => [
    (left[layerOf[box] ?? 0] ?? 0) + (atRight ? (boxes[box]?.width ?? 0) : 0),
    center[box] ?? 0,
  ];
  const [first, last] = isForward ? [from, to] : [to, from];
  const layer = layerOf[first] ?? 0;
  const middle = chain.flatMap((dummy, i): [number, number][] => {
    const x = left[layer + 1 + i] ?? 0;
    const end = (left[layer + 2 + i] ?? 0) - columnGap;
    const y = center[dummy] ?? 0;
    return [
      [x, y],
      [end, y],
    ];
  });
  const line = [side(first, true), ...middle, side(last, false)];
  return isForward ? line : line.reverse();
}
