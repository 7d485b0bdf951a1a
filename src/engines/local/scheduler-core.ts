import type { Clock, EpochSeconds } from "../../base/clock.js";
import { isTaskprovError, TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";
import { Attempt } from "./attempt.js";
import { captureCallSite } from "./call-site.js";
import type { ClientState } from "./client-state.js";
import { Dispatcher } from "./dispatcher.js";
import type { AttemptListener, Executor, ExecutorFactory } from "./executor.js";
import { fillReferences } from "./fill-references.js";
import { type FutureEnd, FutureState, type Watcher } from "./future-state.js";
import { describeUpdate } from "./graph-update.js";
import { formatKey } from "./key.js";
import { type PluginErrorHandler, PluginHost } from "./plugin-host.js";
import type { Reference } from "./reference.js";
import type { Scheduler, TaskView } from "./scheduler.js";
import type {
  ClientInfo,
  GraphUpdate,
  SchedulerPlugin,
  TaskStateName,
  TransitionInfo,
  WorkerInfo,
} from "./scheduler-plugin.js";
import { membersOf, withMember, withoutMember } from "./small-set.js";
import { currentAttempt } from "./task-context.js";
import { type TaskSpec, TaskState } from "./task-state.js";
import { createTaskView } from "./task-view.js";
import { TransitionFacts } from "./transition-facts.js";
import { WorkerPool } from "./worker-pool.js";

/** `allowed-failures` of Dask: a task that took more workers along than this has failed. */
const allowedDeaths = 3;

/** Facts that every transition of one stimulus shares; undefined when no plugin listens. */
type Stimulus = TransitionFacts | undefined;

/**
 * The state machine: Dask's states and transitions for tasks whose results live in this process.
 *
 * Where it differs from Dask it does so because a result here cannot get lost. A finished task lets
 * go of its arguments and inputs at once, and is forgotten as soon as nobody wants it, although
 * tasks made from it live on. A failed task holds on to the results it was given, so that a retry
 * repeats the failure only.
 */
export class SchedulerCore implements Scheduler, AttemptListener {
  readonly id = "inproc";
  readonly clock: Clock;
  readonly tasks: TaskView;
  readonly #tasks = new Map<string, TaskState>();
  readonly #clients = new Set<ClientState>();
  readonly #plugins: PluginHost;
  readonly #executor: Executor;
  readonly #pool: WorkerPool;
  readonly #collected = new FinalizationRegistry<FutureState>((state) => {
    this.release(state, "collected");
  });
  readonly #dispatcher = new Dispatcher({
    hasFree: () => this.#pool.hasFree,
    start: (task) => this.#start(task),
    queue: (tasks) => this.#queue(tasks),
  });
  #nextRunId = 0;
  #nextClient = 1;
  #received = 0;
  #status: Scheduler["status"] = "running";
  #closing: Promise<void> | undefined;

  constructor(clock: Clock, onPluginError: PluginErrorHandler, createExecutor: ExecutorFactory) {
    this.clock = clock;
    this.tasks = createTaskView(this.#tasks);
    this.#plugins = new PluginHost(this, onPluginError);
    this.#executor = createExecutor(this, clock);
    this.#pool = new WorkerPool({
      added: (worker) => {
        this.#executor.addWorker(worker);
        this.#plugins.addWorker(worker);
      },
      removed: (worker, reason) => {
        this.#executor.removeWorker(worker);
        this.#plugins.removeWorker(worker, reason);
      },
    });
  }

  get workers(): readonly WorkerInfo[] {
    return this.#pool.workers;
  }

  get clients(): readonly ClientInfo[] {
    return Array.from(this.#clients, (client) => client.info);
  }

  get received(): number {
    return this.#received;
  }

  get status(): Scheduler["status"] {
    return this.#status;
  }

  get executor(): Executor {
    return this.#executor;
  }

  // ---- plugins

  registerPlugin(plugin: SchedulerPlugin): boolean {
    this.assertOpen("register a plugin");
    if (typeof plugin !== "object" || plugin === null) {
      throw new TaskprovError(
        "ERR_OPTION",
        `Expected a plugin to be an object with hooks such as transition(), got ${shown(plugin)} (${typeof plugin}).`,
      );
    }
    if (!this.#plugins.add(plugin)) return false;
    const updates = [...this.#unfinishedGraphs()];
    this.#plugins.introduce(plugin, { clients: this.clients, workers: this.workers, updates });
    return true;
  }

  unregisterPlugin(name: string): boolean {
    return this.#plugins.remove(name);
  }

  /** What a late plugin is told of tasks: the unfinished ones, a graph for each client. */
  *#unfinishedGraphs(): Generator<GraphUpdate> {
    const byClient = new Map<ClientState, TaskState[]>();
    for (const task of this.#tasks.values()) {
      if (task.done) continue;
      const tasks = byClient.get(task.client);
      if (tasks === undefined) byClient.set(task.client, [task]);
      else tasks.push(task);
    }
    const stimulusId = `register-plugin-${this.clock.now()}`;
    for (const [client, tasks] of byClient) yield describeUpdate(client, tasks, stimulusId, {});
  }

  hold(): () => void {
    return this.#dispatcher.hold();
  }

  // ---- clients and workers

  assertOpen(wish: string): void {
    if (this.#status === "running") return;
    throw new TaskprovError(
      "ERR_CLOSED",
      `Cannot ${wish}: the cluster is ${this.#status}. Make a new LocalCluster or Client.`,
    );
  }

  addClient(owner: object, scope: ClientState["scope"]): ClientState {
    this.assertOpen("connect a client");
    const number = this.#nextClient++;
    const info = Object.freeze({ id: `Client-${number}` });
    const client: ClientState = { info, number, owner, scope };
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
    const states: FutureState[] = [];
    for (const task of this.#tasks.values()) {
      for (const state of membersOf(task.wants)) if (state.client === client) states.push(state);
    }
    this.#end(states, { kind: "closed" }, this.#stimulus("remove-client"), "closed");
    this.#clients.delete(client);
    this.#plugins.removeClient(client.info);
  }

  scale(count: number): void {
    this.assertOpen("scale");
    this.#pool.scale(count);
    this.#dispatcher.wake();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#status = "closing";
    // Told before anything is dropped: a tracker must know that what follows is noise.
    const told = this.#plugins.beforeClose();
    for (const client of this.#clients) this.removeClient(client);
    const kept = [...this.#tasks.values()].reverse();
    for (const task of kept) task.kept = false;
    this.#reap(kept, this.#stimulus("close"), "closed");
    this.#pool.clear("closed");
    await told;
    await this.#executor.close();
    this.#status = "closed";
    await this.#plugins.close();
  }

  // ---- graphs and data

  /** The task of a key, if the scheduler knows it. */
  find(id: string): TaskState | undefined {
    return this.#tasks.get(id);
  }

  /**
   * Makes tasks known and has the wanted ones computed. A key that is known already is that task,
   * whatever the new description says.
   *
   * @param specs - dependencies before dependents; every reference in them means a known task or
   * one of these.
   * @param wanted - the ids for which futures are asked.
   * @returns a future's state for each wanted id.
   */
  submit(
    client: ClientState,
    specs: readonly TaskSpec[],
    wanted: readonly string[],
  ): readonly FutureState[] {
    this.assertOpen("submit");
    const created: TaskState[] = [];
    for (const spec of specs) {
      if (this.#tasks.has(spec.id)) continue;
      const task = new TaskState(spec, client);
      this.#tasks.set(spec.id, task);
      created.push(task);
    }
    for (const task of created) this.#link(task);
    this.#received += created.length;
    const stimulus = this.#stimulus("update-graph");
    const states = wanted.map((id) => this.#want(client, id));
    if (stimulus !== undefined && created.length > 0) {
      const site = this.#plugins.callSites ? captureCallSite() : undefined;
      const parent = this.#submitter()?.key;
      this.#plugins.updateGraph(
        describeUpdate(client, created, stimulus.stimulusId, {
          ...(parent === undefined ? {} : { parent }),
          ...(site === undefined ? {} : { site }),
        }),
      );
    }
    for (const task of created) this.#dispatcher.add(task);
    for (const task of created) if (task.state === "released") this.#demand(task, stimulus);
    for (const { task } of states) if (task.state === "released") this.#demand(task, stimulus);
    this.#dispatcher.wake();
    return states;
  }

  /** Makes data known under a key that is free. */
  scatter(client: ClientState, spec: TaskSpec, value: unknown): FutureState {
    this.assertOpen("scatter");
    const task = new TaskState(spec, client);
    task.state = "memory";
    task.value = value;
    this.#tasks.set(spec.id, task);
    const state = this.#want(client, spec.id);
    if (!this.#plugins.idle) {
      this.#plugins.scatter({
        client: client.info,
        key: task.key,
        value,
        workers: this.workers.slice(0, 1),
      });
    }
    return state;
  }

  #want(client: ClientState, id: string): FutureState {
    const task = this.#tasks.get(id);
    if (task === undefined) {
      throw new TaskprovError("ERR_GRAPH_MISSING_KEY", `There is no task ${formatKey(id)}.`);
    }
    const state = new FutureState(task, client);
    task.wants = withMember(task.wants, state);
    return state;
  }

  #link(task: TaskState): void {
    const references = task.spec?.scan?.references;
    if (references === undefined) return;
    const { scope } = task.client;
    const dependencies = new Set<TaskState>();
    for (const reference of references) {
      const dependency = scope.taskOf(reference);
      if (dependency !== undefined) dependencies.add(dependency);
    }
    for (const dependency of dependencies) {
      dependency.dependents = withMember(dependency.dependents, task);
    }
    task.dependencies = [...dependencies];
  }

  /** The attempt that the code running now belongs to, if it is one of this scheduler. */
  #submitter(): Attempt | undefined {
    const attempt = currentAttempt.getStore();
    return attempt?.scheduler === this ? attempt : undefined;
  }

  // ---- what futures ask for

  /** Lets a future go when its handle is collected without having been released. */
  guard(handle: object, state: FutureState): void {
    this.#collected.register(handle, state, handle);
  }

  /** Takes back {@link SchedulerCore.guard}. */
  unguard(handle: object): void {
    this.#collected.unregister(handle);
  }

  /** A future is not needed any more. While somebody waits for it, it stays until they are served. */
  release(state: FutureState, reason: string): void {
    if (state.ended !== undefined) return;
    if (state.watched) state.releaseReason = reason;
    else this.#letGo(state, reason);
  }

  /** Somebody stopped waiting. */
  unwatch(state: FutureState, callback: Watcher): void {
    state.unwatch(callback);
    this.#served(state);
  }

  #served(state: FutureState): void {
    if (state.releaseReason !== undefined && !state.watched && state.ended === undefined) {
      this.#letGo(state, state.releaseReason);
    }
  }

  #letGo(state: FutureState, reason: string): void {
    this.#end([state], { kind: "released" }, this.#stimulus("client-releases-keys"), reason);
  }

  #end(states: readonly FutureState[], end: FutureEnd, stimulus: Stimulus, reason: string): void {
    const candidates: TaskState[] = [];
    for (const state of states) {
      if (state.ended !== undefined) continue;
      const { task } = state;
      task.wants = withoutMember(task.wants, state);
      state.ended = end;
      state.promise = undefined;
      candidates.push(task);
    }
    for (const state of states) state.notify();
    // Taken from the end.
    this.#reap(candidates.reverse(), stimulus, reason);
  }

  /**
   * Cancels tasks for a client, and what needs them: its futures of these and of their unfinished
   * dependents end. What another client wants goes on.
   */
  cancel(tasks: Iterable<TaskState>, client: ClientState, cause?: unknown): void {
    const asked = new Set(tasks);
    const reached = new Set(asked);
    for (const task of reached) {
      for (const dependent of membersOf(task.dependents)) {
        if (!dependent.done) reached.add(dependent);
      }
    }
    const states: FutureState[] = [];
    for (const task of reached) {
      task.kept = false;
      for (const state of membersOf(task.wants)) if (state.client === client) states.push(state);
    }
    const end: FutureEnd = { kind: "cancelled", ...(cause === undefined ? {} : { cause }) };
    const stimulus = this.#stimulus("cancel-key");
    this.#end(states, end, stimulus, "cancelled");
    this.#reap([...reached], stimulus, "cancelled");
  }

  /** Runs failed tasks again, and those that failed because of them. */
  retry(tasks: Iterable<TaskState>): void {
    const stimulus = this.#stimulus("stimulus-retry");
    const failed = new Set<TaskState>();
    for (const task of tasks) if (task.state === "erred") failed.add(task);
    const culprits = new Set(failed);
    for (const task of culprits) {
      for (const dependency of task.dependencies) {
        if (dependency.state === "erred") culprits.add(dependency);
      }
    }
    const revived = new Set([...culprits].reverse());
    for (const task of revived) {
      for (const dependent of membersOf(task.dependents)) {
        if (dependent.state === "erred") revived.add(dependent);
      }
    }
    for (const task of revived) {
      task.error = undefined;
      task.blamed = undefined;
      for (const state of membersOf(task.wants)) state.promise = undefined;
      this.#move(task, "released", stimulus?.with({ reason: "retry" }));
    }
    for (const task of revived) this.#demand(task, stimulus);
    this.#dispatcher.wake();
  }

  /** Keeps a task wanted until it has run, whatever becomes of its futures. */
  keep(task: TaskState): void {
    if (!task.done && task.state !== "forgotten") task.kept = true;
  }

  /**
   * The task that runs this code is going to wait for other tasks: its slot is free from now on,
   * or tasks that wait for tasks could take all slots and wait for ever.
   */
  secede(): void {
    const attempt = this.#submitter();
    if (attempt === undefined || attempt.over || attempt.seceded) return;
    attempt.seceded = true;
    this.#pool.give(attempt.worker);
    this.#dispatcher.wake();
  }

  // ---- what executors tell

  finished(attempt: Attempt, value: unknown): void {
    if (attempt.over) return;
    const { task } = attempt;
    this.#endAttempt(attempt);
    const stimulus = this.#stimulus("task-finished");
    const { dependencies } = task;
    task.value = value;
    task.spec = undefined;
    task.dependencies = [];
    task.kept = false;
    this.#move(
      task,
      "memory",
      stimulus === undefined ? undefined : succeeded(attempt, stimulus, value),
    );
    // Taken from the end.
    const candidates = dependencies.toReversed();
    for (const dependency of dependencies) {
      dependency.waiters--;
      dependency.dependents = withoutMember(dependency.dependents, task);
    }
    for (const dependent of membersOf(task.dependents)) {
      if (dependent.state === "waiting" && --dependent.waitingOn === 0)
        this.#dispatcher.ready(dependent);
    }
    this.#notify(task);
    candidates.push(task);
    this.#reap(candidates, stimulus, "released");
    this.#dispatcher.wake();
  }

  failed(attempt: Attempt, thrown: unknown): void {
    this.#fail(attempt, thrown);
  }

  lost(attempt: Attempt, reason: string): void {
    if (attempt.over) return;
    const { task } = attempt;
    task.deaths++;
    if (task.deaths > allowedDeaths) {
      const message = `Task ${formatKey(task.key)} (${attempt.name}) was given up after ${task.deaths} workers ended while running it, the last one ${attempt.worker.name} (${reason}). Look for what ends the process or thread: exit, memory, native code.`;
      this.#fail(attempt, new TaskprovError("ERR_WORKER_LOST", message), reason);
      return;
    }
    this.#endAttempt(attempt);
    const stimulus = this.#stimulus("handle-worker-cleanup");
    this.#tryAgain(task, stimulus, { ...outcome(attempt, stimulus), reason });
  }

  #fail(attempt: Attempt, thrown: unknown, reason?: string): void {
    if (attempt.over) return;
    const { task } = attempt;
    this.#endAttempt(attempt);
    const stimulus = this.#stimulus("task-erred");
    const facts = { ...outcome(attempt, stimulus), error: { thrown }, retriesLeft: task.retries };
    const given = reason !== undefined && isTaskprovError(thrown, "ERR_WORKER_LOST");
    if (task.retries > 0 && !given) {
      task.retries--;
      this.#tryAgain(task, stimulus, { ...facts, reason: reason ?? "retry" });
      return;
    }
    task.error = { thrown };
    task.blamed = task.key;
    task.kept = false;
    for (const dependency of task.dependencies) dependency.waiters--;
    this.#move(task, "erred", stimulus?.with(reason === undefined ? facts : { ...facts, reason }));
    this.#blame(task, stimulus);
    this.#dispatcher.wake();
  }

  #tryAgain(task: TaskState, stimulus: Stimulus, facts: Partial<TransitionInfo>): void {
    for (const dependency of task.dependencies) dependency.waiters--;
    this.#move(task, "released", stimulus?.with(facts));
    this.#demand(task, stimulus);
    this.#dispatcher.wake();
  }

  #endAttempt(attempt: Attempt): void {
    attempt.over = true;
    attempt.args = [];
    attempt.task.attempt = undefined;
    clearTimeout(attempt.timer);
    if (!attempt.seceded) this.#pool.give(attempt.worker);
  }

  // ---- transitions

  #stimulus(name: string): Stimulus {
    if (this.#plugins.idle) return undefined;
    return new TransitionFacts(name, this.clock.now());
  }

  #move(task: TaskState, finish: TaskStateName, info: Stimulus): void {
    const start = task.state;
    task.state = finish;
    if (info !== undefined) this.#plugins.transition(task.key, start, finish, info);
  }

  /** released → waiting, inputs included; or → erred when an input has failed. */
  #demand(first: TaskState, stimulus: Stimulus): void {
    const stack = [first];
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (task.state !== "released") continue;
      const culprit = task.dependencies.find((dependency) => dependency.state === "erred");
      if (culprit !== undefined) {
        this.#failBecauseOf(task, culprit, stimulus);
        this.#blame(task, stimulus);
        continue;
      }
      task.waitingOn = 0;
      for (const dependency of task.dependencies) {
        dependency.waiters++;
        if (dependency.state !== "memory") task.waitingOn++;
        if (dependency.state === "released") stack.push(dependency);
      }
      this.#move(task, "waiting", stimulus);
      if (task.waitingOn === 0) this.#dispatcher.ready(task);
    }
  }

  #failBecauseOf(task: TaskState, culprit: TaskState, stimulus: Stimulus): void {
    task.error = culprit.error;
    task.blamed = culprit.blamed ?? culprit.key;
    task.kept = false;
    this.#move(task, "erred", stimulus?.with({ blamed: task.blamed }));
  }

  /** waiting → released → erred for all that cannot run because a task failed. */
  #blame(root: TaskState, stimulus: Stimulus): void {
    const failed = [root];
    const inputs: TaskState[] = [];
    for (const task of failed) {
      for (const dependent of membersOf(task.dependents)) {
        if (dependent.state !== "waiting") continue;
        for (const dependency of dependent.dependencies) {
          dependency.waiters--;
          inputs.push(dependency);
        }
        this.#move(dependent, "released", stimulus);
        this.#failBecauseOf(dependent, task, stimulus);
        failed.push(dependent);
      }
    }
    for (const task of failed) this.#notify(task);
    this.#reap(inputs.concat(failed), stimulus, "input-failed");
  }

  #notify(task: TaskState): void {
    if (task.wants === undefined) return;
    // A copy: whoever was released while others waited leaves the set.
    for (const state of task.wants instanceof Set ? [...task.wants] : [task.wants]) {
      state.notify();
      this.#served(state);
    }
  }

  /** Stops, drops and forgets what nobody needs, and what was needed only for that. */
  #reap(candidates: TaskState[], stimulus: Stimulus, reason: string): void {
    let dropped: Stimulus;
    for (let task = candidates.pop(); task !== undefined; task = candidates.pop()) {
      if (task.wanted || task.waiters > 0 || task.state === "forgotten") continue;
      const linked = task.dependents !== undefined;
      // A failed dependent may be retried and keeps what there is; it has nothing new computed.
      if (linked && (task.done || task.state === "released")) continue;
      if (task.state !== "released") {
        dropped ??= stimulus?.with({ reason });
        this.#drop(task, dropped, reason, candidates);
      }
      if (!linked) this.#forget(task, stimulus, candidates);
    }
  }

  #drop(task: TaskState, stimulus: Stimulus, reason: string, candidates: TaskState[]): void {
    let info = stimulus;
    if (!task.done) {
      for (const dependency of task.dependencies) {
        dependency.waiters--;
        candidates.push(dependency);
      }
    }
    const { attempt } = task;
    if (attempt !== undefined) {
      info = stimulus?.with({ ...outcome(attempt, stimulus), reason });
      this.#endAttempt(attempt);
      this.#executor.abandon(attempt, reason);
      attempt.abort(new DOMException(`The task was given up: ${reason}.`, "AbortError"));
      this.#dispatcher.wake();
    }
    task.value = undefined;
    task.error = undefined;
    this.#move(task, "released", info);
  }

  #forget(task: TaskState, stimulus: Stimulus, candidates: TaskState[]): void {
    this.#tasks.delete(task.id);
    for (const dependency of task.dependencies) {
      dependency.dependents = withoutMember(dependency.dependents, task);
      candidates.push(dependency);
    }
    task.dependencies = [];
    task.spec = undefined;
    this.#move(task, "forgotten", stimulus);
  }

  // ---- running

  #start(task: TaskState): void {
    const worker = this.#pool.take();
    if (worker === undefined) return;
    const stimulus = this.#stimulus("dispatch");
    const runId = this.#nextRunId++;
    task.attempts++;
    task.runId = runId;
    const timeout = task.spec?.timeout;
    const attempt = new Attempt(this, task, worker, runId, inputsOf(task), stimulus !== undefined);
    task.attempt = attempt;
    if (stimulus !== undefined) {
      stimulus.runId = runId;
      stimulus.worker = worker;
    }
    this.#move(task, "processing", stimulus);
    // A plugin may have cancelled it just now.
    if (attempt.over) return;
    this.#executor.start(attempt);
    if (timeout !== undefined && !attempt.over) this.#limit(attempt, timeout);
  }

  #limit(attempt: Attempt, seconds: number): void {
    attempt.timer = setTimeout(() => {
      if (attempt.over) return;
      const message = `Task ${formatKey(attempt.key)} (${attempt.name}) took longer than its timeout of ${seconds} s in attempt ${attempt.number}. Raise \`timeout\`, or have the function watch the signal of its task context.`;
      const error = new TaskprovError("ERR_TIMEOUT", message);
      this.#executor.abandon(attempt, "timeout");
      attempt.abort(error);
      this.#fail(attempt, error, "timeout");
    }, seconds * 1000);
  }

  #queue(tasks: Iterable<TaskState>): void {
    const stimulus = this.#stimulus("queue");
    for (const task of tasks) if (task.state === "waiting") this.#move(task, "queued", stimulus);
  }
}

function inputsOf(task: TaskState): readonly unknown[] {
  if (task.spec === undefined) return [];
  const { args, scan } = task.spec;
  if (scan === undefined) return args;
  const { scope } = task.client;
  return fillReferences(args, scan.containers, (reference: Reference) => {
    const dependency = scope.taskOf(reference);
    // Put in after the submission: not ours to replace.
    return dependency?.state === "memory" ? dependency.value : reference;
  });
}

/** The facts of an attempt with a result. */
function succeeded(attempt: Attempt, stimulus: TransitionFacts, value: unknown): TransitionFacts {
  const facts = stimulus.copy();
  facts.runId = attempt.runId;
  facts.worker = attempt.worker;
  const span = spanOf(attempt, stimulus.time);
  if (span !== undefined) facts.startStop = span;
  facts.result = { value };
  return facts;
}

/** The facts of an attempt that is over. */
function outcome(attempt: Attempt, stimulus: Stimulus): Partial<TransitionInfo> {
  const { runId, worker } = attempt;
  const startStop = stimulus === undefined ? undefined : spanOf(attempt, stimulus.time);
  return startStop === undefined ? { runId, worker } : { runId, worker, startStop };
}

/** When an attempt ran; one that was cut short from outside ends now. */
function spanOf(attempt: Attempt, now: EpochSeconds): TransitionInfo["startStop"] | undefined {
  const { started, stopped } = attempt;
  if (Number.isNaN(started)) return undefined;
  return { start: started, stop: Number.isNaN(stopped) ? now : stopped };
}
