import { TaskprovError } from "../../base/errors.js";
import { formatKey } from "./key.js";
import type { Reference } from "./reference.js";
import { type ReferenceScan, scanReferences } from "./scan-references.js";
import type { Key } from "./scheduler-plugin.js";
import type { TaskOptions } from "./task-options.js";
import type { TaskFunction, TaskSpec } from "./task-state.js";

/** A task to be submitted, with what it asks for itself. */
export interface GraphNode {
  readonly key: Key;
  readonly id: string;
  /** Absent for plain data and aliases. */
  readonly fn: TaskFunction | undefined;
  readonly args: readonly unknown[];
  readonly options: TaskOptions;
}

/** Understands references while a graph is built. */
export interface NodeSource {
  /** Tells whether the scheduler has a task of that id, so that nothing needs to be sent. */
  knows(id: string): boolean;
  /**
   * The node that a reference means, or undefined when the scheduler has the task already.
   *
   * @throws {@link TaskprovError} when it means nothing, or nothing any more.
   */
  nodeOf(reference: Reference, wantedBy: Key): GraphNode | undefined;
}

interface OpenNode {
  readonly node: GraphNode;
  readonly scan: ReferenceScan;
  next: number;
}

/** Collects tasks, dependencies before dependents, without recursion. */
export class GraphBuilder {
  /**
   * A task without references that is asked for by itself is here even when the scheduler knows it,
   * or twice when it is asked for twice: looking for each in a table of those seen costs more than
   * a small task, and who takes them in looks anyway.
   */
  readonly specs: TaskSpec[] = [];
  readonly #source: NodeSource;
  readonly #options: TaskOptions;
  readonly #seen = new Map<string, "open" | "closed">();

  /** @param options - for all tasks that do not say otherwise. */
  constructor(source: NodeSource, options: TaskOptions) {
    this.#source = source;
    this.#options = options;
  }

  /**
   * Adds a task and whatever it needs that the scheduler does not know yet.
   *
   * @throws {@link TaskprovError} `ERR_GRAPH_CYCLE` with the keys of the cycle; what
   * {@link NodeSource.nodeOf} throws.
   */
  add(root: GraphNode): void {
    const scan = scanReferences(root.args);
    if (scan === undefined) {
      this.#push(root, undefined);
      return;
    }
    const path: OpenNode[] = [];
    this.#enter(root, path, scan);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const reference = top.scan.references[top.next++];
      if (reference === undefined) {
        path.pop();
        this.#close(top.node, top.scan);
        continue;
      }
      const node = this.#source.nodeOf(reference, top.node.key);
      if (node !== undefined) this.#enter(node, path);
    }
  }

  #enter(node: GraphNode, path: OpenNode[], scanned?: ReferenceScan): void {
    const seen = this.#seen.get(node.id);
    if (seen === "closed") return;
    if (seen === "open") throw cycle(node, path);
    if (this.#source.knows(node.id)) {
      this.#seen.set(node.id, "closed");
      return;
    }
    const scan = scanned ?? scanReferences(node.args);
    if (scan === undefined) {
      this.#close(node, undefined);
    } else {
      this.#seen.set(node.id, "open");
      path.push({ node, scan, next: 0 });
    }
  }

  #close(node: GraphNode, scan: ReferenceScan | undefined): void {
    this.#seen.set(node.id, "closed");
    this.#push(node, scan);
  }

  #push(node: GraphNode, scan: ReferenceScan | undefined): void {
    const { options } = node;
    const common = this.#options;
    this.specs.push({
      key: node.key,
      id: node.id,
      fn: node.fn,
      args: node.args,
      scan,
      retries: options.retries ?? common.retries ?? 0,
      priority: options.priority ?? common.priority ?? 0,
      timeout: options.timeout ?? common.timeout,
      annotations: merged(common.annotations, options.annotations),
      transfer: options.transfer ?? common.transfer,
    });
  }
}

function merged(
  common: TaskOptions["annotations"],
  own: TaskOptions["annotations"],
): TaskOptions["annotations"] {
  if (common === undefined || own === undefined || common === own) return own ?? common;
  return { ...common, ...own };
}

function cycle(node: GraphNode, path: readonly OpenNode[]): TaskprovError {
  const start = path.findIndex((open) => open.node.id === node.id);
  const keys = [...path.slice(start).map((open) => open.node.key), node.key];
  const shown = keys.length > 12 ? [...keys.slice(0, 6), undefined, ...keys.slice(-5)] : keys;
  const text = shown.map((key) => (key === undefined ? "…" : formatKey(key))).join(" → ");
  return new TaskprovError(
    "ERR_GRAPH_CYCLE",
    `The graph has a cycle of ${keys.length - 1} tasks: ${text} (each needs the next). Break it at one of these keys.`,
  );
}
