import { TaskprovError } from "../../base/errors.js";
import { keptMessages } from "../../base/log.js";
import { anInteger, checkOptions, type Expectation } from "../../base/options.js";
import type {
  ClusterLogRecord,
  SchedulerLogOptions,
  WorkerLogOptions,
} from "../../events/cluster-log.js";
import { asCompleted } from "./as-completed.js";
import { checkFunction } from "./check-function.js";
import { ClientSession } from "./client-session.js";
import { Delayed } from "./delayed.js";
import { fillReferences } from "./fill-references.js";
import type {
  FuturableArgs,
  FuturableIterables,
  Gathered,
  Persisted,
  Surplus,
} from "./futurable.js";
import { Future, insideFuture } from "./future.js";
import type { FutureState } from "./future-state.js";
import type { Graph } from "./graph-nodes.js";
import { checkKey, formatKey, keyId } from "./key.js";
import { clusterExpectations, LocalCluster, type LocalClusterOptions } from "./local-cluster.js";
import type { Reference } from "./reference.js";
import { scanReferences } from "./scan-references.js";
import type { Scheduler } from "./scheduler.js";
import { SchedulerCore } from "./scheduler-core.js";
import type { Key, SchedulerPlugin } from "./scheduler-plugin.js";
import { Submitter } from "./submitter.js";
import { currentAttempt } from "./task-context.js";
import { noTaskOptions, secondsOrSignal, type TaskOptions } from "./task-options.js";
import type { TaskState } from "./task-state.js";
import { trusted } from "./trusted.js";
import { type WaitOptions, whenSettled } from "./waiting.js";
import { type ReadyOptions, whenReady } from "./when-ready.js";

/** Either an existing cluster, or how to make one, which the client then closes. */
export interface ClientOptions extends LocalClusterOptions {
  /** Not together with the others. Default: a cluster of its own. */
  readonly cluster?: LocalCluster;
  /**
   * Unfinished tasks of this client from which on {@link Client.ready} waits, from 1. Nothing else
   * is limited by it. Default 10,000.
   */
  readonly maxPending?: number;
}

/** When {@link Client.wait} is over; Dask's words. */
export type ReturnWhen = "ALL_COMPLETED" | "FIRST_COMPLETED";

/** Options of {@link Client.wait}. */
export interface ClientWaitOptions extends WaitOptions {
  /** Default "ALL_COMPLETED". */
  readonly returnWhen?: ReturnWhen;
}

/** What {@link Client.wait} hands out. */
export interface Waited<F> {
  readonly done: readonly F[];
  readonly notDone: readonly F[];
}

const expectations: Readonly<Record<string, Expectation>> = {
  cluster: {
    words: "a LocalCluster",
    accepts: (value) => value instanceof LocalCluster,
  },
  maxPending: anInteger(1, Number.MAX_SAFE_INTEGER),
  ...clusterExpectations,
};

const defaultMaxPending = 10_000;

const waitExpectations: Readonly<Record<string, Expectation>> = {
  ...secondsOrSignal,
  returnWhen: {
    words: '"ALL_COMPLETED" or "FIRST_COMPLETED"',
    accepts: (value) => value === "ALL_COMPLETED" || value === "FIRST_COMPLETED",
  },
};

/**
 * Submits work to a scheduler and hands out the results.
 *
 * @example
 * await using client = new Client({ workers: 4 });
 * const parts = client.map(load, paths);
 * console.log(await client.submit(sum, parts).result());
 */
export class Client implements AsyncDisposable {
  readonly #cluster: LocalCluster;
  readonly #ownsCluster: boolean;
  readonly #session: ClientSession;
  readonly #plain: Submitter;
  #closing: Promise<void> | undefined;

  /**
   * @throws {@link TaskprovError} `ERR_OPTION`; `ERR_CLOSED` when the cluster is closed.
   */
  constructor(options: ClientOptions = {}) {
    checkOptions(options, expectations, "Client");
    const { cluster, maxPending = defaultMaxPending, ...own } = options;
    const [other] = Object.keys(own);
    if (cluster !== undefined && other !== undefined) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Client was given a \`cluster\` and \`${other}\`, which is an option of a new cluster. Give it to LocalCluster.`,
      );
    }
    this.#cluster = cluster ?? new LocalCluster(own);
    this.#ownsCluster = cluster === undefined;
    this.#session = new ClientSession(coreOf(this.#cluster), this, maxPending);
    this.#plain = new Submitter(this.#session, noTaskOptions, Client.prototype);
  }

  /** Unique in the scheduler. */
  get id(): string {
    return this.#session.state.info.id;
  }

  get cluster(): LocalCluster {
    return this.#cluster;
  }

  get scheduler(): Scheduler {
    return this.#cluster.scheduler;
  }

  /**
   * How many tasks of this client have no outcome yet. Those that wait for tasks of their own are
   * not counted.
   */
  get pending(): number {
    return this.#session.state.load.pending;
  }

  /** Registers a plugin with the scheduler; see {@link Scheduler.registerPlugin}. */
  registerPlugin(plugin: SchedulerPlugin): boolean {
    return this.scheduler.registerPlugin(plugin);
  }

  /** @returns false when there is no plugin of that name. */
  unregisterPlugin(name: string): boolean {
    return this.scheduler.unregisterPlugin(name);
  }

  /**
   * The same way to submit, with options.
   *
   * @throws {@link TaskprovError} `ERR_OPTION` for an unknown one or one that does not fit, `ERR_KEY`.
   * @example
   * client.with({ retries: 2, key: "raw" }).submit(download, url);
   */
  with(options: TaskOptions): Submitter {
    return new Submitter(this.#session, options);
  }

  /** Has a function called; see {@link Submitter.submit}. */
  submit<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...args: FuturableArgs<A>
  ): Future<Awaited<R>> {
    return this.#plain.submit(fn, ...args);
  }

  /** Has a function called for each item; see {@link Submitter.map}. */
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
    return this.#plain.map(fn, ...iterables);
  }

  /** Computes delayed values; see {@link Submitter.compute}. */
  compute<T>(value: T): Future<Gathered<T>> {
    return this.#plain.compute(value);
  }

  /** Starts delayed values and keeps their results; see {@link Submitter.persist}. */
  persist<T>(value: T): Persisted<T> {
    return this.#plain.persist(value);
  }

  /** Computes keys of a graph; see {@link Submitter.get}. */
  get(graph: Graph, keys: string): Promise<unknown>;
  get(graph: Graph, keys: readonly Key[]): Promise<unknown[]>;
  get(graph: Graph, keys: string | readonly Key[]): Promise<unknown> {
    return typeof keys === "string" ? this.#plain.get(graph, keys) : this.#plain.get(graph, keys);
  }

  /**
   * The results of all futures in a structure.
   *
   * @returns a promise of the structure with results in place of futures; containers without
   * futures are the same objects. Rejected as soon as one future has failed, with what its task
   * threw.
   */
  async gather<T>(value: T, options: WaitOptions = {}): Promise<Gathered<T>> {
    const scan = scanReferences([value]);
    const states = this.#statesOf(scan?.references ?? [], "gather");
    await whenSettled(this.#session.core, states, "failure", options);
    for (const state of states) if (state.status !== "finished") throw state.failure;
    const results = fillReferences([value], scan?.containers, (reference) =>
      reference instanceof Future ? insideFuture(reference).state.task?.value : undefined,
    );
    return trusted<Gathered<T>>(results[0]);
  }

  /**
   * Makes a value known to the scheduler, as it is: futures in it stay what they are.
   *
   * @param options - `key`: by default `data-C-N`.
   * @throws {@link TaskprovError} `ERR_KEY` when the key is taken: data would be swapped in silence.
   */
  scatter<T>(value: T, options: Pick<TaskOptions, "key"> = {}): Future<T> {
    this.#session.assertOpen("scatter");
    checkOptions(options, { key: { words: "a key", accepts: () => true } }, "scatter");
    const key = options.key === undefined ? this.#session.newKey("data") : checkKey(options.key);
    const id = keyId(key);
    const { core, state } = this.#session;
    if (core.find(id) !== undefined) {
      throw new TaskprovError(
        "ERR_KEY",
        `Cannot scatter under the key ${formatKey(key)}: the scheduler has a task of that key. Release it first, or take another key.`,
      );
    }
    const spec = { key, id, fn: undefined, args: [], scan: undefined, retries: 0, priority: 0 };
    const rest = { timeout: undefined, annotations: undefined };
    return this.#session.futureOf<T>(core.submissions.scatter(state, { ...spec, ...rest }, value));
  }

  /**
   * Cancels the tasks of all futures in a structure, and what needs them; see {@link Future.cancel}.
   */
  cancel(futures: unknown): void {
    const { core, state } = this.#session;
    core.holds.cancel(this.#tasksOf(futures, "cancel"), state);
  }

  /** Runs the failed tasks of all futures in a structure again; see {@link Future.retry}. */
  retry(futures: unknown): void {
    this.#session.core.retry(this.#tasksOf(futures, "retry"));
  }

  /** Keeps the tasks of all futures in a structure wanted until they have run. */
  fireAndForget(futures: unknown): void {
    const { core } = this.#session;
    for (const task of this.#tasksOf(futures, "fireAndForget")) core.holds.keep(task);
  }

  /**
   * Calls a function once on every worker, outside the graph and unseen by plugins.
   *
   * @returns what it returned, by the workers' addresses.
   */
  async run<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<Record<string, Awaited<R>>> {
    this.#session.assertOpen("run");
    checkFunction(fn, "run");
    const { executor, slots } = this.#session.core;
    const results = await Promise.all(slots.map((slot) => executor.run(slot, fn, args)));
    const entries = slots.map((slot, index) => [slot.address, results[index]]);
    return trusted<Record<string, Awaited<R>>>(Object.fromEntries(entries));
  }

  /**
   * Waits until all futures, or the first one, have an outcome, good or bad.
   *
   * @throws {@link TaskprovError} `ERR_TIMEOUT` after `timeout` seconds, `ERR_OPTION`.
   */
  async wait<F extends Future<unknown>>(
    futures: Iterable<F>,
    options: ClientWaitOptions = {},
  ): Promise<Waited<F>> {
    checkOptions(options, waitExpectations, "wait");
    const { returnWhen, ...limits } = options;
    const all = futuresOf(futures, "wait");
    const states = this.#statesOf([...new Set(all)], "wait");
    const until = returnWhen === "FIRST_COMPLETED" ? "first" : "all";
    await whenSettled(this.#session.core, states, until, limits);
    return {
      done: all.filter((future) => future.done),
      notDone: all.filter((future) => !future.done),
    };
  }

  /**
   * Waits while `maxPending` tasks of this client or more have no outcome: for programs that make
   * work faster than it is done. Who waits is let in one after the other, in the order of asking.
   * Inside a task the slot of the task is given back meanwhile.
   *
   * @throws {@link TaskprovError} `ERR_TIMEOUT` after `timeout` seconds, the signal's reason,
   * `ERR_CLOSED` when the client is or gets closed, `ERR_OPTION`.
   * @example
   * for await (const line of lines) {
   *   await client.ready();
   *   client.fireAndForget(client.submit(store, line));
   * }
   */
  ready(options: ReadyOptions = {}): Promise<void> {
    // Not async: who waits goes on before the next one is let in.
    return whenReady(this.#session, options);
  }

  /** The futures in the order in which their outcomes become known. */
  asCompleted<F extends Future<unknown>>(futures: Iterable<F>): AsyncGenerator<F, void> {
    return asCompleted(this.#session.core, futuresOf(futures, "asCompleted"));
  }

  /**
   * What taskprov told the user of this process, warnings and worse, the oldest first: plugins and
   * callbacks that failed, records that could not be written. The last 1,000 are kept, also those
   * that the log level hides. The engine itself logs nothing.
   */
  getSchedulerLogs({
    count = Number.POSITIVE_INFINITY,
  }: SchedulerLogOptions = {}): Promise<ClusterLogRecord[]> {
    const told = keptMessages().slice(-count);
    return Promise.resolve(told.map((message) => ({ ...message, logger: "taskprov" })));
  }

  /**
   * Always empty: workers are this process or its threads, and what they print goes to its own
   * standard output and error. What tasks print is recorded with `captureOutput`. It is there so
   * that a program for either engine can ask.
   */
  getWorkerLogs(_options: WorkerLogOptions = {}): Promise<ClusterLogRecord[]> {
    return Promise.resolve([]);
  }

  /**
   * Ends this client: its futures without an outcome are rejected with `ERR_CLOSED`, its results
   * are dropped, and a cluster it made is closed. A second call waits for the first.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#session.refuse();
    // A cluster of its own removes the client, after telling plugins that closing begins.
    if (this.#ownsCluster) await this.#cluster.close();
    else this.#session.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #tasksOf(value: unknown, wish: string): TaskState[] {
    const references = scanReferences([value])?.references ?? [];
    return this.#statesOf(references, wish).flatMap(({ task }) => task ?? []);
  }

  #statesOf(references: readonly Reference[], wish: string): readonly FutureState[] {
    const use = (): string => `an argument of ${wish}`;
    return references.map((reference) => {
      if (!(reference instanceof Future)) {
        const what = reference instanceof Delayed ? "a delayed value" : "a ref";
        throw new TaskprovError(
          "ERR_OPTION",
          `${wish} takes futures, got ${what}. Pass what client.compute or client.get makes of it.`,
        );
      }
      return this.#session.stateOf(reference, use);
    });
  }
}

/**
 * The client of the task that runs this code, to submit further tasks from inside it. When that one
 * has been closed and another client wants the task, that other one.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` outside a task, `ERR_CLOSED` when all clients are gone.
 */
export function getClient(): Client {
  const attempt = currentAttempt.getStore();
  if (attempt === undefined) {
    throw new TaskprovError(
      "ERR_USAGE",
      "getClient() was called outside a task, where there is no client to find. Use the client you made.",
    );
  }
  const { scheduler, task } = attempt;
  const owner = scheduler instanceof SchedulerCore ? scheduler.ownerOf(task.client) : undefined;
  if (owner instanceof Client) return owner;
  throw new TaskprovError(
    "ERR_CLOSED",
    `getClient() was called in task ${formatKey(task.key)} after its client was closed.`,
  );
}

function coreOf(cluster: LocalCluster): SchedulerCore {
  const { scheduler } = cluster;
  if (scheduler instanceof SchedulerCore) return scheduler;
  throw new TaskprovError("ERR_OPTION", "Expected a LocalCluster with a scheduler of its own.");
}

function futuresOf<F extends Future<unknown>>(futures: Iterable<F>, wish: string): readonly F[] {
  const all = [...futures];
  for (const future of all) {
    if (!(future instanceof Future)) {
      throw new TaskprovError("ERR_OPTION", `${wish} takes an iterable of futures.`);
    }
  }
  return all;
}
