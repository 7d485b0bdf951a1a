import { TaskprovError } from "../base/errors.js";
import { DaskScheduler } from "../engines/dask/dask-client.js";
import { LocalCapture } from "../engines/local/capture.js";
import { sampleProcess } from "../engines/local/process-sampler.js";
import type { Scheduler } from "../engines/local/scheduler.js";
import type {
  ClientInfo,
  GraphUpdate,
  Key,
  ScatterInfo,
  SchedulerPlugin,
  TaskStateName,
  TransitionInfo,
  WorkerInfo,
} from "../engines/local/scheduler-plugin.js";
import { hearScriptCells } from "../notebook/script/script-cells.js";
import { callbackPlugin } from "../observe/callback-plugin.js";
import { AttachSession } from "./attach-session.js";
import { BackPressure } from "./back-pressure.js";
import type { RunSummary } from "./build-document.js";
import { type ProvTrackerOptions, type SettledOptions, settleOptions } from "./options.js";
import { RunSession } from "./run-session.js";
import { shownSummary } from "./run-summary-display.js";

let trackers = 0;

/**
 * Records what a cluster does and writes one PROV document when it is closed.
 *
 * Register it with a client (`client.registerPlugin(tracker)`), or call `start`; both is harmless.
 * One tracker records one scheduler. Nothing it does can break or change a task.
 *
 * @example
 * ```ts
 * const client = new Client();
 * const tracker = new ProvTracker({ destination: "./output" });
 * client.registerPlugin(tracker);
 * await client.submit(() => 6 * 7).result();
 * await client.close();
 * console.log((await tracker.done).document);
 * ```
 */
export class ProvTracker implements SchedulerPlugin, AsyncDisposable {
  /** Unique, so that several trackers can be registered with one scheduler. */
  readonly name: string;
  /** Asks the engine for the place in the code that submits work. */
  readonly callSites = true;
  /** The outcome; never rejects, and never settles when the run is not closed. */
  readonly done: Promise<RunSummary>;
  readonly #settled: SettledOptions;
  #settle: (summary: RunSummary) => void = () => {};
  #scheduler: Scheduler | undefined;
  #session: RunSession | undefined;
  #dask: DaskScheduler | undefined;
  #attaching: Promise<void> | undefined;
  #attached: AttachSession | undefined;
  #capture: LocalCapture | undefined;
  #pressure: BackPressure | undefined;
  #watch: SchedulerPlugin | undefined;
  #unhear: (() => void) | undefined;
  #endSampling: (() => void) | undefined;
  #closed = false;

  /**
   * @param options - see {@link ProvTrackerOptions}.
   * @throws {@link TaskprovError} `ERR_OPTION` for an unknown option or a value that does not fit.
   */
  constructor(options: ProvTrackerOptions = {}) {
    this.#settled = settleOptions(options);
    this.name = `taskprov-${++trackers}`;
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** UUID of the run; undefined before it started. */
  get runId(): string | undefined {
    return this.#session?.runId ?? this.#attached?.runId;
  }

  /**
   * Starts recording a scheduler. Registering calls it; calling it again does nothing.
   *
   * @throws {@link TaskprovError} `ERR_USAGE` when it records another scheduler or is closed,
   *   `ERR_DESTINATION` or `ERR_OPTION` when the destination cannot be used.
   */
  start(scheduler: Scheduler): void;
  /**
   * Starts recording a Dask scheduler elsewhere; calling it again waits for the same.
   *
   * @throws {@link TaskprovError} as above, and `ERR_CONNECT` when the scheduler cannot be reached
   *   any more or does not take the recording.
   */
  start(scheduler: DaskScheduler): Promise<void>;
  start(scheduler: Scheduler | DaskScheduler): void | Promise<void> {
    if (this.#closed) {
      throw new TaskprovError(
        "ERR_USAGE",
        "This tracker is closed: its document is written. Make a new ProvTracker for another run.",
      );
    }
    if (this.#dask === scheduler) return this.#attaching;
    if (this.#scheduler === scheduler) return;
    if (this.#scheduler !== undefined || this.#dask !== undefined) {
      throw new TaskprovError(
        "ERR_USAGE",
        `This tracker records another scheduler (run ${this.runId}). Make another ProvTracker for this one.`,
      );
    }
    if (scheduler instanceof DaskScheduler) return this.#startDask(scheduler);
    this.#startLocal(scheduler);
  }

  #startDask(scheduler: DaskScheduler): Promise<void> {
    this.#dask = scheduler;
    this.#attaching = this.#attach(scheduler);
    // Called before it was registered: the client has to close it.
    scheduler.adopt(this);
    return this.#attaching;
  }

  async #attach(scheduler: DaskScheduler): Promise<void> {
    try {
      const session = await AttachSession.open(attachable(this.#settled), scheduler);
      this.#attached = session;
      // A cluster that ends closes its trackers, as an embedded one does.
      void session.ended.then(() => this.close());
    } catch (error) {
      this.#dask = undefined;
      throw error;
    }
  }

  #startLocal(scheduler: Scheduler): void {
    const { resolved } = this.#settled;
    const session = new RunSession(this.#settled, { engine: "local", address: scheduler.id });
    this.#session = session;
    this.#scheduler = scheduler;
    const pressure = new BackPressure({
      hold: () => scheduler.hold(),
      isCongested: () => session.isCongested,
    });
    this.#capture = new LocalCapture({
      policy: {
        values: resolved.values,
        maxValueBytes: resolved.maxValueBytes,
        richTypes: resolved.richTypes,
        digest: resolved.digest,
        redactor: session.redactor,
      },
      keepTraceback: resolved.keepTraceback,
      ...(resolved.fileTracking && { files: { digest: resolved.digest } }),
      append: (event) => {
        session.append(event);
        pressure.check();
      },
    });
    this.#pressure = pressure;
    this.#unhear = hearScriptCells((event) => session.append(event));
    this.#capture.start(scheduler);
    if (resolved.sampleSeconds) {
      this.#endSampling = sampleProcess({
        seconds: resolved.sampleSeconds,
        now: () => scheduler.clock.now(),
        append: (event) => session.append(event),
        numberOf: (worker) => this.#capture?.numberOfWorker(scheduler, worker),
      });
    }
    // Called before it was registered: it has to hear what happens.
    scheduler.registerPlugin(this);
    const { observers } = this.#settled;
    if (observers.length === 0) return;
    this.#watch = callbackPlugin(...observers);
    scheduler.registerPlugin(this.#watch);
  }

  /** Hook of the scheduler. */
  addClient(scheduler: Scheduler, client: ClientInfo): void {
    this.#capture?.addClient(scheduler, client);
  }

  /** Hook of the scheduler. */
  removeClient(scheduler: Scheduler, client: ClientInfo): void {
    this.#capture?.removeClient(scheduler, client);
  }

  /** Hook of the scheduler. */
  addWorker(scheduler: Scheduler, worker: WorkerInfo): void {
    this.#capture?.addWorker(scheduler, worker);
  }

  /** Hook of the scheduler. */
  removeWorker(scheduler: Scheduler, worker: WorkerInfo, reason: string): void {
    this.#capture?.removeWorker(scheduler, worker, reason);
  }

  /** Hook of the scheduler. */
  updateGraph(scheduler: Scheduler, update: GraphUpdate): void {
    this.#capture?.updateGraph(scheduler, update);
  }

  /** Hook of the scheduler. */
  transition(key: Key, start: TaskStateName, finish: TaskStateName, info: TransitionInfo): void {
    this.#capture?.transition(key, start, finish, info);
  }

  /** Hook of the scheduler. */
  scatter(scheduler: Scheduler, info: ScatterInfo): void {
    this.#capture?.scatter(scheduler, info);
  }

  /** Hook of the scheduler: what is released from now on is released by closing. */
  beforeClose(): void {
    if (this.#scheduler === undefined) return;
    this.#session?.append({ type: "closing", time: this.#scheduler.clock.now() });
  }

  /**
   * Ends the record and writes the document. The cluster's close calls it; called before, the
   * document says what is still running, and the cluster lives on unrecorded.
   *
   * Never rejects: `done` says what went wrong. May be called again.
   */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#endSampling?.();
      this.#capture = undefined;
      this.#pressure?.stop();
      this.#unhear?.();
      this.#scheduler?.unregisterPlugin(this.name);
      if (this.#watch?.name !== undefined) this.#scheduler?.unregisterPlugin(this.#watch.name);
      this.#settle(shownSummary(await this.#finish()));
    }
    await this.done;
  }

  async #finish(): Promise<RunSummary> {
    if (this.#session !== undefined) return await this.#session.finish();
    // Who waits for `start` hears why it failed; here it only has to be over.
    await this.#attaching?.catch(() => undefined);
    if (this.#attached !== undefined) return await this.#attached.finish();
    return {
      runId: this.#settled.runId ?? "",
      counts: { tasks: 0 },
      dropped: 0,
      problems: [
        "The tracker was closed before it was registered with a client; nothing was recorded.",
      ],
      incomplete: true,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** What runs elsewhere is recorded, but nobody here is told while it goes on. */
function attachable(settled: SettledOptions): SettledOptions {
  if (settled.observers.length === 0) return settled;
  const notice =
    "option `observers` has no effect on Dask: read the journal afterwards with `taskprov profile`.";
  return { ...settled, notices: [...settled.notices, notice] };
}
