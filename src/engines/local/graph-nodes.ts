import { TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";
import type { GraphNode } from "./graph-builder.js";
import { TaskNode } from "./graph-node.js";
import { checkKey, formatKey, keyId } from "./key.js";
import type { Key } from "./scheduler-plugin.js";
import { noTaskOptions } from "./task-options.js";

/** A graph for `get`: calls made with `task`, other keys named with `ref`, or plain data. */
export type Graph = ReadonlyMap<Key, unknown>;

/** The keys of a graph, found by what they are equal to, and made nodes of when asked for. */
export class GraphNodes {
  readonly #graph: Graph;
  /** Keys that do not stand for themselves, by their ids: two tuples can be equal. */
  readonly #others = new Map<string, Key>();

  /**
   * @throws {@link TaskprovError} `ERR_OPTION` when it is not a graph, `ERR_KEY` for what is not a
   * key, or is there twice.
   */
  constructor(graph: Graph) {
    if (!(graph instanceof Map)) throw noGraph(graph);
    this.#graph = graph;
    for (const key of graph.keys()) {
      const id = keyId(checkKey(key));
      if (id === key) continue;
      if (this.#others.has(id)) {
        throw new TaskprovError("ERR_KEY", `The graph has the key ${formatKey(key)} twice.`);
      }
      this.#others.set(id, key);
    }
  }

  /** What is to be done for a key; undefined when it is not in the graph. */
  find(key: Key): GraphNode | undefined {
    const id = keyId(key);
    const given = id === key ? key : this.#others.get(id);
    if (given === undefined) return undefined;
    const value = this.#graph.get(given);
    if (value instanceof TaskNode) {
      return { key, id, fn: value.fn, args: value.args, options: noTaskOptions };
    }
    if (value === undefined && !this.#graph.has(given)) return undefined;
    return { key, id, fn: undefined, args: [value], options: noTaskOptions };
  }
}

function noGraph(graph: unknown): TaskprovError {
  return new TaskprovError(
    "ERR_OPTION",
    `Expected the graph for get to be a Map from keys to task(fn, …), ref(key) or data, got ${shown(graph)} (${typeof graph}).`,
  );
}
