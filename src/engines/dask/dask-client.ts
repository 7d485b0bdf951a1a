import { TaskprovError } from "../../base/errors.js";
import type {
  ClusterLogRecord,
  SchedulerLogOptions,
  WorkerLogOptions,
} from "../../events/cluster-log.js";
import { type AttachTarget, reachScheduler } from "./attach-target.js";
import { schedulerLogs, workerLogs } from "./cluster-logs.js";
import { parseDaskAddress } from "./comm/dask-address.js";
import { addressInEnvironment, tlsFromEnvironment } from "./comm/dask-environment.js";
import { readSchedulerFile } from "./comm/scheduler-file.js";
import type { DaskTls } from "./comm/tls-files.js";

/** How {@link DaskClient.connect} finds and reaches a scheduler. */
export interface DaskConnectOptions {
  /** PEM files for `tls://`. @defaultValue those in the variables of Dask's configuration */
  readonly tls?: Partial<DaskTls>;
  /** A file that `dask scheduler --scheduler-file` wrote, instead of an address. */
  readonly schedulerFile?: string;
  /** Where `DASK_SCHEDULER_ADDRESS` and Dask's TLS variables are looked up. @defaultValue `process.env` */
  readonly environment?: NodeJS.ProcessEnv;
}

/** What can be registered with a {@link DaskClient}: a tracker. */
export interface DaskPlugin {
  /** Called whenever it is registered, and awaited; what it does it does once. */
  start(scheduler: DaskScheduler): void | Promise<void>;
  /** Called when the client closes, and awaited. */
  close(): Promise<void>;
}

/** A scheduler of Dask's in another process, as a tracker sees it. */
export class DaskScheduler {
  /** Its own name, `Scheduler-UUID`. */
  readonly id: string;
  /** Where it was reached. */
  readonly address: string;
  /** Versions there by package: `python`, `dask`, `distributed`, … */
  readonly versions: Readonly<Record<string, string>>;
  /** @internal */
  readonly target: AttachTarget;
  readonly #plugins = new Set<DaskPlugin>();

  /** @internal */
  constructor(target: AttachTarget) {
    this.target = target;
    this.id = target.identity.id;
    this.address = target.name;
    this.versions = target.identity.versions;
  }

  /** Starts a plugin, and closes it with the client. Throws what its `start` throws. */
  async registerPlugin(plugin: DaskPlugin): Promise<void> {
    this.adopt(plugin);
    try {
      await plugin.start(this);
    } catch (error) {
      this.#plugins.delete(plugin);
      throw error;
    }
  }

  /**
   * Closes a plugin, which started by itself, with the client.
   *
   * @internal
   */
  adopt(plugin: DaskPlugin): void {
    this.#plugins.add(plugin);
  }

  /** Closes the plugins. */
  async close(): Promise<void> {
    await Promise.all([...this.#plugins].map((plugin) => plugin.close()));
  }
}

/**
 * A Dask cluster that runs elsewhere, to be recorded from here.
 *
 * It sees the cluster, it does not use it: tasks are submitted by Python programs as before.
 *
 * @example
 * ```ts
 * const client = await DaskClient.connect("tcp://127.0.0.1:8786");
 * const tracker = new ProvTracker();
 * await client.registerPlugin(tracker);
 * // … the cluster works …
 * await client.close();
 * console.log((await tracker.done).document);
 * ```
 */
export class DaskClient implements AsyncDisposable {
  /** The scheduler. */
  readonly scheduler: DaskScheduler;
  #closed = false;

  private constructor(scheduler: DaskScheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Reaches a scheduler; nothing is changed there.
   *
   * @param address - `tcp://host:8786`, `tls://host:8786` or `host:8786`; without it
   *   `schedulerFile`, else `DASK_SCHEDULER_ADDRESS`.
   * @throws {@link TaskprovError} `ERR_USAGE` when no address or two are given, or it is none;
   *   `ERR_FILE` when the scheduler file or a TLS file cannot be read; `ERR_CONNECT` when there is
   *   no scheduler that can be recorded.
   */
  static async connect(address?: string, options: DaskConnectOptions = {}): Promise<DaskClient> {
    const environment = options.environment ?? process.env;
    const parsed = parseDaskAddress(addressOf(address, options.schedulerFile, environment));
    const tls = tlsFromEnvironment(options.tls ?? {}, environment);
    const target = await reachScheduler(parsed, tls === undefined ? {} : { tls });
    return new DaskClient(new DaskScheduler(target));
  }

  /**
   * Records the cluster from now on, with a snapshot of what is there; a plugin that is
   * registered already is left as it is.
   *
   * @throws {@link TaskprovError} `ERR_CLOSED` after `close`, and what the plugin's `start` throws.
   */
  async registerPlugin(plugin: DaskPlugin): Promise<void> {
    if (this.#closed) {
      throw new TaskprovError("ERR_CLOSED", "This DaskClient is closed. Connect a new one.");
    }
    await this.scheduler.registerPlugin(plugin);
  }

  /**
   * The log records that the scheduler has in its memory, the oldest first; Dask keeps the last
   * 10,000 (`distributed.admin.log-length`).
   *
   * @throws {@link TaskprovError} `ERR_OPTION`, and `ERR_CONNECT` when the scheduler is not there.
   */
  async getSchedulerLogs(options: SchedulerLogOptions = {}): Promise<ClusterLogRecord[]> {
    return await schedulerLogs(this.scheduler.target, options);
  }

  /**
   * The log records that workers, or their nannies, have in their memory, by time. The scheduler
   * asks them; those that do not answer are left out. What a worker said that is gone stands in
   * the journal of a tracker ({@link journalLogs}).
   *
   * @throws {@link TaskprovError} `ERR_OPTION`, and `ERR_CONNECT` when the scheduler is not there.
   */
  async getWorkerLogs(options: WorkerLogOptions = {}): Promise<ClusterLogRecord[]> {
    return await workerLogs(this.scheduler.target, options);
  }

  /** Closes the plugins: they leave the scheduler as it was. The cluster lives on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.scheduler.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function addressOf(
  address: string | undefined,
  schedulerFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): string {
  if (address !== undefined && schedulerFile !== undefined) {
    throw new TaskprovError(
      "ERR_USAGE",
      `Both an address (${address}) and a scheduler file (${schedulerFile}) are given. Give one of them.`,
    );
  }
  if (address !== undefined) return address;
  if (schedulerFile !== undefined) return readSchedulerFile(schedulerFile);
  const found = addressInEnvironment(environment);
  if (found !== undefined) return found;
  throw new TaskprovError(
    "ERR_USAGE",
    "Which scheduler? Give its address (tcp://host:8786) or a scheduler file, or set DASK_SCHEDULER_ADDRESS.",
  );
}
