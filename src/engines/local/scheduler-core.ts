import type { Clock } from "../../base/clock.js";
import { TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";
import { assertOpen } from "./assert-open.js";
import type { Attempt } from "./attempt.js";
import { Attempts } from "./attempts.js";
import { ClientLoad } from "./client-load.js";
import type { ClientState } from "./client-state.js";
import { Demands } from "./demands.js";
import { Dispatcher } from "./dispatcher.js";
import type { Executor, ExecutorFactory } from "./executor.js";
import { describeUnfinished } from "./graph-update.js";
import { Holds } from "./holds.js";
import { schedulerOpened } from "./open-schedulers.js";
import { type PluginErrorHandler, PluginHost } from "./plugin-host.js";
import { Reaper } from "./reaper.js";
import type { Scheduler, TaskView } from "./scheduler.js";
import type { ClientInfo, SchedulerPlugin, WorkerInfo } from "./scheduler-plugin.js";
import { Slots } from "./slots.js";
import { Submissions } from "./submissions.js";
import { attemptIn } from "./task-context.js";
import type { TaskState } from "./task-state.js";
import { createTaskView } from "./task-view.js";
import { Transitions } from "./transitions.js";
import { WorkerPool } from "./worker-pool.js";

/**
 * Dask's states and transitions for tasks whose results live in this process: the parts put
 * together, and their life from the first worker to closing.
 *
 * Work comes in through {@link Submissions}; {@link Demands} has it wait for its inputs, the
 * {@link Dispatcher} decides what runs next, {@link Attempts} runs it, {@link Holds} tells who holds
 * the outcome, and the {@link Reaper} drops what nobody holds.
 *
 * Where it differs from Dask it does so because a result here cannot get lost. A finished task lets
 * go of its arguments and inputs at once, and is forgotten as soon as nobody wants it, although
 * tasks made from it live on. A failed task holds on to the results it was given, so that a retry
 * repeats the failure only.
 */
export class SchedulerCore implements Scheduler {
  readonly id = "inproc";
  readonly clock: Clock;
  readonly tasks: TaskView;
  readonly executor: Executor;
  readonly holds: Holds;
  readonly submissions: Submissions;
  readonly #tasks = new Map<string, TaskState>();
  readonly #clients = new Set<ClientState>();
  readonly #plugins: PluginHost;
  readonly #pool: WorkerPool;
  readonly #dispatcher: Dispatcher;
  readonly #slots: Slots;
  readonly #demands: Demands;
  readonly #attempts: Attempts;
  #nextClient = 1;
  #status: Scheduler["status"] = "running";
  #closing: Promise<void> | undefined;

  /** Each part is given those it needs; only outcomes and free slots are reported upwards. */
  constructor(clock: Clock, onPluginError: PluginErrorHandler, createExecutor: ExecutorFactory) {
    const tasks = this.#tasks;
    const plugins = new PluginHost(this, onPluginError);
    const executor = createExecutor(
      {
        finished: (attempt, value) => this.#attempts.finished(attempt, value),
        failed: (attempt, thrown) => this.#attempts.failed(attempt, thrown),
        lost: (attempt, reason) => this.#attempts.lost(attempt, reason),
        begun: (task, slot, sentAt) => this.#attempts.begun(task, slot, sentAt),
        takenBack: (task) => this.#attempts.takenBack(task),
        idle: (slot) => this.#attempts.idle(slot),
        stays: (slot) => pool.stays(slot),
        joined: (worker) => plugins.addWorker(worker),
        left: (worker, reason) => plugins.removeWorker(worker, reason),
        within: (attempt, call) =>
          plugins.surrounds ? plugins.within(attempt.key, () => call(attempt)) : call(attempt),
        traceparentOf: (attempt) => plugins.traceparentOf(attempt.key),
      },
      clock,
    );
    const pool = new WorkerPool({
      added: (slot) => plugins.addWorker(slot),
      removed: (slot, reason) => {
        executor.removeSlot(slot);
        plugins.removeWorker(slot, reason);
      },
      retiring: (slot) => executor.ahead?.retire(slot),
    });
    const dispatcher = new Dispatcher({
      hasFree: () => pool.hasFree,
      hasRoom: () => executor.ahead?.hasRoom === true,
      start: (task) => this.#attempts.start(task),
      sendAhead: (task) => this.#attempts.sendAhead(task),
      queue: (ready) => this.#attempts.queue(ready),
    });
    const transitions = new Transitions(plugins, clock);
    const slots = new Slots(executor, pool, dispatcher);
    const reaper = new Reaper(tasks, transitions, slots);
    const holds = new Holds(tasks, transitions, reaper);
    const demands = new Demands(transitions, dispatcher, reaper, holds);
    const shared = { scheduler: this, plugins, dispatcher, transitions, holds, demands };
    this.clock = clock;
    this.tasks = createTaskView(tasks);
    this.executor = executor;
    this.holds = holds;
    this.submissions = new Submissions({ ...shared, tasks });
    this.#plugins = plugins;
    this.#pool = pool;
    this.#dispatcher = dispatcher;
    this.#slots = slots;
    this.#demands = demands;
    this.#attempts = new Attempts({ ...shared, executor, pool, slots, reaper });
    schedulerOpened(this);
  }

  /** The slots, and the threads that some of them have. */
  get workers(): readonly WorkerInfo[] {
    return [...this.#pool.workers, ...this.executor.workers];
  }

  get slots(): readonly WorkerInfo[] {
    return this.#pool.workers;
  }

  get clients(): readonly ClientInfo[] {
    return Array.from(this.#clients, (client) => client.info);
  }

  get received(): number {
    return this.submissions.received;
  }

  get status(): Scheduler["status"] {
    return this.#status;
  }

  // ---- plugins

  registerPlugin(plugin: SchedulerPlugin): boolean {
    assertOpen(this, "register a plugin");
    if (typeof plugin !== "object" || plugin === null) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected a plugin to be an object with hooks such as transition(), got ${shown(plugin)} (${typeof plugin}).`,
      );
    }
    if (!this.#plugins.add(plugin)) return false;
    const stimulusId = `register-plugin-${this.clock.now()}`;
    const updates = [...describeUnfinished(this.#tasks.values(), stimulusId)];
    this.#plugins.introduce(plugin, { clients: this.clients, workers: this.workers, updates });
    return true;
  }

  unregisterPlugin(name: string): boolean {
    return this.#plugins.remove(name);
  }

  /** Tells whether a plugin wants to know which code submits. */
  get wantsCallSites(): boolean {
    return this.#plugins.callSites;
  }

  hold(): () => void {
    return this.#dispatcher.hold();
  }

  // ---- tasks

  /** The task of a key, if the scheduler knows it. */
  find(id: string): TaskState | undefined {
    return this.#tasks.get(id);
  }

  /** Runs failed tasks again, and those that failed because of them. */
  retry(tasks: Iterable<TaskState>): void {
    this.#demands.retry(tasks);
  }

  /**
   * The task that runs this code is going to wait for other tasks: its slot is free from now on,
   * or tasks that wait for tasks could take all slots and wait for ever.
   */
  secede(attempt: Attempt | undefined = attemptIn(this)): void {
    if (attempt !== undefined) this.#slots.secede(attempt);
  }

  // ---- clients and workers

  /** @param maxPending - unfinished tasks from which on the client's producers wait. */
  addClient(owner: object, scope: ClientState["scope"], maxPending: number): ClientState {
    assertOpen(this, "connect a client");
    const number = this.#nextClient++;
    const info = Object.freeze({ id: `Client-${number}` });
    const client = { info, number, owner, scope, load: new ClientLoad(maxPending) };
    this.#clients.add(client);
    this.#plugins.addClient(client.info);
    return client;
  }

  /** The object of a client, or of another one when it has left and its tasks live on. */
  ownerOf(client: ClientState): object | undefined {
    if (this.#clients.has(client)) return client.owner;
    const [other] = this.#clients;
    return other?.owner;
  }

  /** Ends all futures of a client and drops what only they held. */
  removeClient(client: ClientState): void {
    if (!this.#clients.has(client)) return;
    client.load.close();
    this.holds.disconnect(client);
    this.#clients.delete(client);
    this.#plugins.removeClient(client.info);
  }

  scale(count: number): void {
    assertOpen(this, "scale");
    this.#pool.scale(count);
    this.#dispatcher.wake();
  }

  // ---- closing

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#status = "closing";
    // Told before anything is dropped: a tracker must know that what follows is noise.
    const told = this.#plugins.beforeClose();
    for (const client of this.#clients) this.removeClient(client);
    this.holds.close();
    this.#pool.clear("closed");
    await told;
    await this.executor.close();
    this.#status = "closed";
    await this.#plugins.close();
  }
}
