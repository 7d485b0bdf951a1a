import type { Network } from "./graph.js";

/** A cycle through a strict edge. */
export interface Cycle {
  /** Its edges, beginning with the strict one. */
  readonly edges: readonly number[];
  /** How many other strict edges its component has, each of which is on some cycle too. */
  readonly otherStrict: number;
}

// Searching from every strict edge is quadratic in the worst case, a knot of a whole document.
// Within this many steps the cycle found is the shortest; beyond it is the shortest seen so far.
const maxSteps = 20_000_000;

/**
 * The shortest cycle through a strict edge, for every strongly connected component that has one.
 *
 * @param component - the component of every node.
 */
export function shortestCycle(network: Network, component: Int32Array): readonly Cycle[] {
  const strictEdges = new Map<number, number[]>();
  for (let edge = 0; edge < network.edgeCount; edge++) {
    const home = component[network.sources[edge] ?? 0] ?? 0;
    if (network.isStrict(edge) && component[network.targets[edge] ?? 0] === home) {
      const edges = strictEdges.get(home);
      if (edges === undefined) {
        strictEdges.set(home, [edge]);
      } else {
        edges.push(edge);
      }
    }
  }
  const search = new Search(network, component);
  return [...strictEdges.values()].map((edges) => ({
    edges: search.shortest(edges),
    otherStrict: edges.length - 1,
  }));
}

class Search {
  readonly #network: Network;
  readonly #component: Int32Array;
  /** The edge by which a node was reached in the current search. */
  readonly #reachedBy: Int32Array;
  readonly #searchOf: Int32Array;
  #searches: number = 0;
  #steps: number = 0;

  constructor(network: Network, component: Int32Array) {
    this.#network = network;
    this.#component = component;
    this.#reachedBy = new Int32Array(network.nodeCount);
    this.#searchOf = new Int32Array(network.nodeCount);
  }

  shortest(edges: readonly number[]): readonly number[] {
    let best: readonly number[] = [];
    for (const edge of edges) {
      const limit = best.length === 0 ? Number.POSITIVE_INFINITY : best.length - 1;
      best = this.#cycleThrough(edge, limit) ?? best;
      if (best.length <= 1 || (best.length > 0 && this.#steps > maxSteps)) {
        break;
      }
    }
    return best;
  }

  // Breadth first from the edge's end back to its beginning, never longer than the limit.
  #cycleThrough(edge: number, limit: number): readonly number[] | undefined {
    const { sources, targets, rows } = this.#network;
    const goal = sources[edge] ?? 0;
    const start = targets[edge] ?? 0;
    if (goal === start) {
      return [edge];
    }
    const home = this.#component[goal];
    this.#searches += 1;
    this.#searchOf[start] = this.#searches;
    let frontier = [start];
    for (let length = 2; length <= limit && frontier.length > 0; length++) {
      const next: number[] = [];
      for (const node of frontier) {
        const end = rows[node + 1] ?? 0;
        for (let step = rows[node] ?? 0; step < end; step++) {
          this.#steps += 1;
          const target = targets[step] ?? 0;
          if (this.#component[target] !== home || this.#searchOf[target] === this.#searches) {
            continue;
          }
          this.#searchOf[target] = this.#searches;
          this.#reachedBy[target] = step;
          if (target === goal) {
            return [edge, ...this.#wayBack(start, goal)];
          }
          next.push(target);
        }
      }
      frontier = next;
    }
    return undefined;
  }

  #wayBack(start: number, goal: number): number[] {
    const edges: number[] = [];
    for (let node = goal; node !== start; ) {
      const edge = this.#reachedBy[node] ?? 0;
      edges.push(edge);
      node = this.#network.sources[edge] ?? 0;
    }
    return edges.reverse();
  }
}
