import { TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";
import { currentAnnotations } from "./annotate.js";
import type { Entry } from "./call-site.js";
import { checkFunction } from "./check-function.js";
import { type ClientSession, missingKey } from "./client-session.js";
import { Delayed } from "./delayed.js";
import { fillReferences } from "./fill-references.js";
import { functionName } from "./function-name.js";
import type {
  FuturableArgs,
  FuturableIterables,
  Gathered,
  Persisted,
  Surplus,
} from "./futurable.js";
import type { Future } from "./future.js";
import { GraphBuilder, type GraphNode } from "./graph-builder.js";
import { type Graph, GraphNodes } from "./graph-nodes.js";
import { checkKey, formatKey, keyId } from "./key.js";
import { Ref } from "./ref.js";
import type { Reference } from "./reference.js";
import { scanReferences } from "./scan-references.js";
import type { CallSiteInfo, Key } from "./scheduler-plugin.js";
import {
  checkTaskOptions,
  mergeTaskOptions,
  noTaskOptions,
  type TaskOptions,
} from "./task-options.js";
import { trusted } from "./trusted.js";
import { whenSettled } from "./waiting.js";
import { zip } from "./zip.js";

/** The methods that submit. */
type Entries = Readonly<Record<"submit" | "map" | "compute" | "persist" | "get", Entry>>;

/** Submits work with certain options. `client.with(options)` makes one. */
export class Submitter {
  readonly #session: ClientSession;
  readonly #options: TaskOptions;
  readonly #entries: Entries;

  /**
   * @internal
   * @param entries - what the user calls: these methods, or others that only call them.
   */
  constructor(
    session: ClientSession,
    options: TaskOptions,
    entries: Entries = Submitter.prototype,
  ) {
    checkTaskOptions(options, "client.with");
    if (options.key !== undefined) checkKey(options.key);
    this.#session = session;
    this.#options = options;
    this.#entries = entries;
  }

  /**
   * Has a function called with some arguments. Futures and delayed values in them, at any depth of
   * arrays, plain objects, Map and Set, are replaced by their results; nothing of yours is changed.
   *
   * With a key that the scheduler knows already, the future is one of that task and nothing is
   * submitted.
   *
   * @throws {@link TaskprovError} `ERR_OPTION`, `ERR_KEY`, `ERR_CLOSED`; `ERR_CANCELLED` when a
   * future among the arguments was cancelled or released; `ERR_GRAPH_MISSING_KEY`.
   */
  submit<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...args: FuturableArgs<A>
  ): Future<Awaited<R>> {
    const site = this.#session.callSite(this.#entries.submit);
    this.#session.assertOpen("submit");
    checkFunction(fn, "submit");
    const options = this.#optionsNow();
    const key = options.key ?? this.#session.newKey(functionName(fn));
    return this.#submitNode(
      { key, id: keyId(key), fn, args, options: noTaskOptions },
      options,
      site,
    );
  }

  /**
   * Has a function called once for each item, or with several iterables for the first items, the
   * second ones and so on, until the shortest ends.
   *
   * @throws {@link TaskprovError} as {@link Submitter.submit}; `ERR_OPTION` for what cannot be
   * iterated.
   */
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: FuturableIterables<A>
  ): Future<Awaited<R>>[];
  /** The same for a function that ignores the last iterables. */
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: [...FuturableIterables<A>, ...Surplus<A, Iterable<unknown>>]
  ): Future<Awaited<R>>[];
  map<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...iterables: [...FuturableIterables<A>, ...Surplus<A, Iterable<unknown>>]
  ): Future<Awaited<R>>[] {
    const site = this.#session.callSite(this.#entries.map);
    this.#session.assertOpen("map");
    checkFunction(fn, "map");
    const options = this.#optionsNow();
    const builder = new GraphBuilder(this.#session, options);
    const name = functionName(fn);
    const ids: string[] = [];
    for (const args of zip(iterables)) {
      const key = options.key === undefined ? this.#session.newKey(name) : part(options.key, ids);
      const id = keyId(key);
      builder.add({ key, id, fn, args, options: noTaskOptions });
      ids.push(id);
    }
    const states = this.#session.submit(builder, ids, options.signal, site);
    return states.map((state) => this.#session.futureOf<Awaited<R>>(state));
  }

  /**
   * Computes a delayed value, or a structure that holds some: one future for the whole.
   *
   * @throws {@link TaskprovError} as {@link Submitter.submit}; `ERR_GRAPH_CYCLE`.
   */
  compute<T>(value: T): Future<Gathered<T>> {
    const site = this.#session.callSite(this.#entries.compute);
    this.#session.assertOpen("compute");
    const options = this.#optionsNow();
    if (value instanceof Delayed && options.key === undefined) {
      return this.#submitNode(this.#session.nodeOfDelayed(value), options, site);
    }
    const key = options.key ?? this.#session.newKey("finalize");
    const node = { key, id: keyId(key), fn: undefined, args: [value], options: noTaskOptions };
    return this.#submitNode(node, options, site);
  }

  /**
   * Starts to compute the delayed values in a structure and keeps their results.
   *
   * @returns the structure with a future in place of each delayed value.
   * @throws {@link TaskprovError} as {@link Submitter.compute}; `ERR_OPTION` with a `key`, which
   * several tasks cannot share.
   */
  persist<T>(value: T): Persisted<T> {
    const site = this.#session.callSite(this.#entries.persist);
    this.#session.assertOpen("persist");
    const options = this.#optionsNow();
    if (options.key !== undefined) {
      throw new TaskprovError(
        "ERR_OPTION",
        `persist makes several tasks, which cannot share the key ${formatKey(options.key)}. Give keys to the delayed values.`,
      );
    }
    const scan = scanReferences([value]);
    if (scan === undefined) return trusted<Persisted<T>>(value);
    const found = scan.references.filter((reference) => reference instanceof Delayed);
    const nodes = found.map((delayed) => this.#session.nodeOfDelayed(delayed));
    const builder = new GraphBuilder(this.#session, options);
    for (const node of nodes) builder.add(node);
    const ids = nodes.map((node) => node.id);
    const states = this.#session.submit(builder, ids, options.signal, site);
    const futures = new Map<Reference, Future<unknown>>();
    for (const [index, state] of states.entries()) {
      const delayed = found[index];
      if (delayed !== undefined) futures.set(delayed, this.#session.futureOf(state));
    }
    const replace = (reference: Reference): Reference => futures.get(reference) ?? reference;
    return trusted<Persisted<T>>(fillReferences([value], scan.containers, replace)[0]);
  }

  /**
   * Computes keys of a graph and hands out their results, which are dropped then. Only what these
   * keys need is run.
   *
   * @param graph - keys to `task(fn, …)`, `ref(key)`, or plain data; references in data are found.
   * @param keys - one string key, or a list of keys (a single tuple key goes in a list, too).
   * @returns the result, or the results in the order of the list; rejected with what the first task
   * to fail threw.
   * @throws {@link TaskprovError} `ERR_GRAPH_CYCLE` with the keys of a cycle,
   * `ERR_GRAPH_MISSING_KEY` with the key and who needs it, `ERR_KEY`, `ERR_OPTION`, `ERR_CLOSED`.
   */
  get(graph: Graph, keys: string): Promise<unknown>;
  get(graph: Graph, keys: readonly Key[]): Promise<unknown[]>;
  async get(graph: Graph, keys: string | readonly Key[]): Promise<unknown> {
    const site = this.#session.callSite(this.#entries.get);
    this.#session.assertOpen("get");
    const options = this.#optionsNow();
    if (options.key !== undefined) {
      throw new TaskprovError("ERR_OPTION", "get takes no `key`: the keys are those of the graph.");
    }
    const nodes = new GraphNodes(graph);
    const builder = new GraphBuilder(
      {
        knows: (id) => this.#session.knows(id),
        nodeOf: (reference, wantedBy) =>
          (reference instanceof Ref ? nodes.find(reference.key) : undefined) ??
          this.#session.nodeOf(reference, wantedBy),
      },
      options,
    );
    const ids: string[] = [];
    for (const asked of wantedKeys(keys)) {
      const key = checkKey(asked);
      const node = nodes.find(key);
      if (node === undefined) throw notInGraph(key, graph.size);
      builder.add(node);
      ids.push(node.id);
    }
    const { core } = this.#session;
    const states = this.#session.submit(builder, ids, options.signal, site);
    try {
      await whenSettled(core, states, "failure");
      const failed = states.find((state) => state.status !== "finished");
      if (failed !== undefined) throw failed.failure;
      const results = states.map((state) => state.task?.value);
      return typeof keys === "string" ? results[0] : results;
    } finally {
      for (const state of states) core.holds.release(state, "released");
    }
  }

  #optionsNow(): TaskOptions {
    return mergeTaskOptions(currentAnnotations.getStore() ?? noTaskOptions, this.#options);
  }

  #submitNode<T>(node: GraphNode, options: TaskOptions, site: CallSiteInfo | undefined): Future<T> {
    const builder = new GraphBuilder(this.#session, options);
    builder.add(node);
    const [state] = this.#session.submit(builder, [node.id], options.signal, site);
    if (state === undefined) throw missingKey(node.key, node.key);
    return this.#session.futureOf<T>(state);
  }
}

/** The key of an item of `map`. */
function part(prefix: Key, before: readonly string[]): Key {
  return typeof prefix === "string" ? `${prefix}-${before.length}` : [...prefix, before.length];
}

function wantedKeys(keys: unknown): readonly unknown[] {
  if (typeof keys === "string") return [keys];
  if (Array.isArray(keys)) return keys;
  throw new TaskprovError(
    "ERR_KEY",
    `Expected the keys for get to be a string or an array of keys, got ${shown(keys)} (${typeof keys}).`,
  );
}

function notInGraph(key: Key, size: number): TaskprovError {
  return new TaskprovError(
    "ERR_GRAPH_MISSING_KEY",
    `get was asked for the key ${formatKey(key)}, which is not among the ${size} keys of the graph.`,
  );
}
