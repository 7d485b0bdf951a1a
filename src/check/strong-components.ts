import type { Network } from "./graph.js";

/**
 * The strongly connected component of every node, as a number (Tarjan's algorithm, with a stack of
 * its own instead of recursion: provenance chains are as long as the run).
 */
export function strongComponents({ nodeCount, rows, targets }: Network): Int32Array {
  const unseen = -1;
  const component = new Int32Array(nodeCount).fill(unseen);
  const order = new Int32Array(nodeCount).fill(unseen);
  const low = new Int32Array(nodeCount);
  const nextEdge = rows.slice(0, nodeCount);
  const open: number[] = [];
  const path: number[] = [];
  let visited = 0;
  let components = 0;
  const enter = (node: number): void => {
    order[node] = visited;
    low[node] = visited;
    visited += 1;
    open.push(node);
    path.push(node);
  };
  const leave = (node: number): void => {
    path.pop();
    const parent = path[path.length - 1];
    if (parent !== undefined) {
      low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
    }
    if (low[node] !== order[node]) {
      return;
    }
    let member: number | undefined;
    do {
      member = open.pop();
      if (member !== undefined) {
        component[member] = components;
      }
    } while (member !== undefined && member !== node);
    components += 1;
  };
  for (let root = 0; root < nodeCount; root++) {
    if (order[root] !== unseen) {
      continue;
    }
    enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const edge = nextEdge[node] ?? 0;
      if (edge >= (rows[node + 1] ?? 0)) {
        leave(node);
        continue;
      }
      nextEdge[node] = edge + 1;
      const target = targets[edge] ?? 0;
      if (order[target] === unseen) {
        enter(target);
      } else if (component[target] === unseen) {
        low[node] = Math.min(low[node] ?? 0, order[target] ?? 0);
      }
    }
  }
  return component;
}
