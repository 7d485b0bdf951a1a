import { availableParallelism } from "node:os";
import { type Clock, systemClock } from "../../base/clock.js";
import { TaskprovError } from "../../base/errors.js";
import { anInteger, checkOptions, type Expectation, shown } from "../../base/options.js";
import type { ExecutorFactory } from "./executor.js";
import { localExecutor } from "./local-executor.js";
import { type PluginErrorHandler, reportPluginError } from "./plugin-host.js";
import type { Scheduler } from "./scheduler.js";
import { SchedulerCore } from "./scheduler-core.js";
import type { ThreadLimits } from "./threads/thread.js";

/** How a cluster is made; all optional. */
export interface LocalClusterOptions {
  /**
   * Slots: how many asynchronous tasks run at once, 1 to 10,000. By default as many as the machine
   * has processors. Synchronous tasks run one after the other whatever it says.
   */
  readonly workers?: number;
  /** Where times come from; tests fix it. Default: the system's clock, never running backwards. */
  readonly clock?: Clock;
  /** Told of exceptions in plugins' hooks, once a hook. Default: one line on stderr. */
  readonly onPluginError?: PluginErrorHandler;
  /** What each worker thread may use, see {@link workerModule}. Default: Node's own limits. */
  readonly threadLimits?: ThreadLimits;
  /**
   * What runs the tasks. Default: this process, and worker threads for the functions of worker
   * modules.
   */
  readonly executor?: ExecutorFactory;
}

const mostWorkers = 10_000;

const aFunction: Expectation = {
  words: "a function",
  accepts: (value) => typeof value === "function",
};

/** What can be said about a cluster, and what it must look like. */
export const clusterExpectations: Readonly<Record<keyof LocalClusterOptions, Expectation>> = {
  workers: anInteger(1, mostWorkers),
  clock: {
    words: "an object with now()",
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      "now" in value &&
      typeof value.now === "function",
  },
  onPluginError: aFunction,
  threadLimits: {
    words: "an object of numbers of MiB",
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((limit) => typeof limit === "number" && limit > 0),
  },
  executor: aFunction,
};

/** A scheduler and its workers in this process. It never keeps Node alive while it is idle. */
export class LocalCluster implements AsyncDisposable {
  readonly #core: SchedulerCore;

  /** @throws {@link TaskprovError} `ERR_OPTION` */
  constructor(options: LocalClusterOptions = {}) {
    checkOptions(options, clusterExpectations, "LocalCluster");
    this.#core = new SchedulerCore(
      options.clock ?? systemClock,
      options.onPluginError ?? reportPluginError,
      options.executor ?? localExecutor(options.threadLimits ?? {}),
    );
    this.#core.scale(options.workers ?? Math.min(availableParallelism(), mostWorkers));
  }

  get scheduler(): Scheduler {
    return this.#core;
  }

  /**
   * Changes the number of workers. Those that are too many leave when their task is over; with 0,
   * tasks wait.
   *
   * @param workers - 0 to 10,000.
   * @throws {@link TaskprovError} `ERR_OPTION`, `ERR_CLOSED`
   */
  scale(workers: number): void {
    const expected = anInteger(0, mostWorkers);
    if (!expected.accepts(workers)) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected the number of workers to be ${expected.words}, got ${shown(workers)} (${typeof workers}).`,
      );
    }
    this.#core.scale(workers);
  }

  /**
   * Ends everything: futures without an outcome are rejected with `ERR_CLOSED`, results are
   * dropped, plugins are told and waited for. A second call waits for the first.
   */
  close(): Promise<void> {
    return this.#core.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
