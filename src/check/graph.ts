import { IntColumn } from "../prov/unify/int-column.js";

/** A directed graph that is still being put together; nodes are numbers below a limit. */
export class Graph {
  /** The number in the network of every node, plus one; 0 for those without an edge. */
  readonly #nodes: Int32Array;
  readonly #keys = new IntColumn();
  readonly #from = new IntColumn();
  readonly #to = new IntColumn();
  /** Twice the label; one more for a strict edge. */
  readonly #marks = new IntColumn();

  /** @param limit - nodes are from 0 up to it. */
  constructor(limit: number) {
    this.#nodes = new Int32Array(limit);
  }

  /**
   * Adds an edge.
   *
   * @param label - what the edge stands for.
   * @param strict - whether a cycle through the edge is impossible.
   */
  addEdge(from: number, to: number, label: number, strict: boolean): void {
    this.#from.push(this.#node(from));
    this.#to.push(this.#node(to));
    this.#marks.push(label * 2 + (strict ? 1 : 0));
  }

  /** The graph as it is now, in a form that is quick to walk. */
  freeze(): Network {
    return new Network(this.#keys, this.#from, this.#to, this.#marks);
  }

  #node(key: number): number {
    let node = this.#nodes[key] ?? 0;
    if (node === 0) {
      node = this.#keys.push(key) + 1;
      this.#nodes[key] = node;
    }
    return node - 1;
  }
}

/** A directed graph whose edges are sorted by the node they leave (compressed rows). */
export class Network {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** The edges that leave node n are those from `rows[n]` up to `rows[n + 1]`. */
  readonly rows: Int32Array;
  /** The node that an edge leads to. */
  readonly targets: Int32Array;
  /** The node that an edge leaves. */
  readonly sources: Int32Array;
  readonly #keys: Int32Array;
  readonly #marks: Int32Array;

  constructor(keys: IntColumn, from: IntColumn, to: IntColumn, marks: IntColumn) {
    this.nodeCount = keys.length;
    this.edgeCount = from.length;
    this.#keys = keys.cells;
    this.rows = new Int32Array(this.nodeCount + 1);
    this.targets = new Int32Array(this.edgeCount);
    this.sources = new Int32Array(this.edgeCount);
    this.#marks = new Int32Array(this.edgeCount);
    for (let i = 0; i < this.edgeCount; i++) {
      const node = from.cells[i] ?? 0;
      this.rows[node + 1] = (this.rows[node + 1] ?? 0) + 1;
    }
    for (let node = 0; node < this.nodeCount; node++) {
      this.rows[node + 1] = (this.rows[node + 1] ?? 0) + (this.rows[node] ?? 0);
    }
    const free = this.rows.slice();
    for (let i = 0; i < this.edgeCount; i++) {
      const node = from.cells[i] ?? 0;
      const edge = free[node] ?? 0;
      free[node] = edge + 1;
      this.targets[edge] = to.cells[i] ?? 0;
      this.sources[edge] = node;
      this.#marks[edge] = marks.cells[i] ?? 0;
    }
  }

  label(edge: number): number {
    return (this.#marks[edge] ?? 0) >> 1;
  }

  isStrict(edge: number): boolean {
    return ((this.#marks[edge] ?? 0) & 1) === 1;
  }

  /** The node that an edge leaves, by the number it was given. */
  origin(edge: number): number {
    return this.#keys[this.sources[edge] ?? 0] ?? 0;
  }
}
