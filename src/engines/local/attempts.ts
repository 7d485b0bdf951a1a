import type { EpochSeconds } from "../../base/clock.js";
import { isTaskprovError, TaskprovError } from "../../base/errors.js";
import { Attempt } from "./attempt.js";
import { outcome, succeeded } from "./attempt-facts.js";
import type { Demands } from "./demands.js";
import type { Dispatcher } from "./dispatcher.js";
import type { Executor, ExecutorListener } from "./executor.js";
import { fillReferences } from "./fill-references.js";
import type { Holds } from "./holds.js";
import { formatKey } from "./key.js";
import type { PluginHost } from "./plugin-host.js";
import type { Reaper } from "./reaper.js";
import type { Reference } from "./reference.js";
import type { Scheduler } from "./scheduler.js";
import type { TransitionInfo, WorkerInfo } from "./scheduler-plugin.js";
import type { Slots } from "./slots.js";
import { membersOf, withoutMember } from "./small-set.js";
import { noTasks, type TaskState } from "./task-state.js";
import type { Stimulus, Transitions } from "./transitions.js";
import type { WorkerPool } from "./worker-pool.js";

/** `allowed-failures` of Dask: a task that took more workers along than this has failed. */
const allowedDeaths = 3;

/** What attempts are made with, and whom their outcomes concern. */
export interface AttemptContext {
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly plugins: PluginHost;
  readonly pool: WorkerPool;
  readonly dispatcher: Dispatcher;
  readonly transitions: Transitions;
  readonly slots: Slots;
  readonly reaper: Reaper;
  readonly holds: Holds;
  readonly demands: Demands;
}

/** The part of the listener that is about attempts. */
type Outcomes = Pick<
  ExecutorListener,
  "finished" | "failed" | "lost" | "begun" | "takenBack" | "idle"
>;

/** Starts attempts and acts on how they went. */
export class Attempts implements Outcomes {
  readonly #scheduler: Scheduler;
  readonly #executor: Executor;
  readonly #plugins: PluginHost;
  readonly #pool: WorkerPool;
  readonly #dispatcher: Dispatcher;
  readonly #transitions: Transitions;
  readonly #slots: Slots;
  readonly #reaper: Reaper;
  readonly #holds: Holds;
  readonly #demands: Demands;
  #nextRunId = 0;
  #nextTurn = 0;

  constructor(context: AttemptContext) {
    this.#scheduler = context.scheduler;
    this.#executor = context.executor;
    this.#plugins = context.plugins;
    this.#pool = context.pool;
    this.#dispatcher = context.dispatcher;
    this.#transitions = context.transitions;
    this.#slots = context.slots;
    this.#reaper = context.reaper;
    this.#holds = context.holds;
    this.#demands = context.demands;
  }

  /** waiting or queued → processing, if a slot is free; the attempt may be over on return. */
  start(task: TaskState): void {
    const slot = this.#pool.take();
    if (slot === undefined) return;
    task.client.load.started(this.#nextTurn++);
    const attempt = this.#begin(task, slot, inputsOf(task));
    // A plugin may have cancelled it just now.
    if (attempt.over) return;
    this.#executor.start(attempt);
    this.#limit(attempt);
  }

  /** Has a worker that is at another task take this one; false when it is not one for that. */
  sendAhead(task: TaskState): boolean {
    // What is handed over cannot be taken back, and what an attempt runs in is not there yet.
    const isBound = task.spec?.transfer !== undefined || task.action !== undefined;
    if (isBound || this.#plugins.traces) return false;
    if (this.#executor.ahead?.send(task, inputsOf, !this.#plugins.idle) !== true) return false;
    task.client.load.started(this.#nextTurn++);
    return true;
  }

  begun(task: TaskState, slot: WorkerInfo, sentAt: EpochSeconds): Attempt {
    task.inQueue = false;
    const attempt = this.#begin(task, slot, [], sentAt);
    this.#limit(attempt);
    return attempt;
  }

  takenBack(task: TaskState): void {
    task.client.load.ended(false);
    this.#dispatcher.again(task);
    this.#dispatcher.wake();
  }

  idle(slot: WorkerInfo): void {
    this.#pool.give(slot);
    this.#dispatcher.wake();
  }

  #begin(
    task: TaskState,
    slot: WorkerInfo,
    inputs: readonly unknown[],
    sentAt?: EpochSeconds,
  ): Attempt {
    const worker = this.#executor.place(task.spec?.fn, slot);
    const stimulus = this.#transitions.stimulus("dispatch", sentAt);
    const runId = this.#nextRunId++;
    task.attempts++;
    task.runId = runId;
    const timed = stimulus !== undefined;
    const attempt = new Attempt(this.#scheduler, task, { slot, worker }, runId, inputs, timed);
    task.attempt = attempt;
    if (stimulus !== undefined) {
      stimulus.runId = runId;
      stimulus.worker = worker;
    }
    this.#transitions.move(task, "processing", stimulus);
    return attempt;
  }

  #limit(attempt: Attempt): void {
    const seconds = attempt.task.spec?.timeout;
    if (seconds === undefined || attempt.over) return;
    attempt.timer = setTimeout(() => {
      if (attempt.over) return;
      const message = `Task ${formatKey(attempt.key)} (${attempt.name}) took longer than its timeout of ${seconds} s in attempt ${attempt.number}. Raise \`timeout\`, or have the function watch the signal of its task context.`;
      const error = new TaskprovError("ERR_TIMEOUT", message);
      this.#executor.abandon(attempt, "timeout");
      attempt.abort(error);
      this.#fail(attempt, error, "timeout");
    }, seconds * 1000);
  }

  /** waiting → queued: these could run, but all slots are taken. */
  queue(tasks: Iterable<TaskState>): void {
    const stimulus = this.#transitions.stimulus("queue");
    for (const task of tasks) {
      if (task.state === "waiting") this.#transitions.move(task, "queued", stimulus);
    }
  }

  finished(attempt: Attempt, value: unknown): void {
    if (attempt.over) return;
    const { task } = attempt;
    this.#slots.end(attempt);
    const stimulus = this.#transitions.stimulus("task-finished");
    const { dependencies } = task;
    task.value = value;
    task.spec = undefined;
    task.dependencies = noTasks;
    task.kept = false;
    const facts = stimulus === undefined ? undefined : succeeded(attempt, stimulus, value);
    this.#transitions.move(task, "memory", facts);
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
    this.#holds.settle(task);
    candidates.push(task);
    this.#reaper.reap(candidates, stimulus, "released");
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
    this.#slots.end(attempt);
    const stimulus = this.#transitions.stimulus("handle-worker-cleanup");
    this.#tryAgain(task, stimulus, { ...outcome(attempt, stimulus), reason: "worker-died" });
  }

  #fail(attempt: Attempt, thrown: unknown, reason?: string): void {
    if (attempt.over) return;
    const { task } = attempt;
    this.#slots.end(attempt);
    const stimulus = this.#transitions.stimulus("task-erred");
    const facts = { ...outcome(attempt, stimulus), error: { thrown }, retriesLeft: task.retries };
    const given = reason !== undefined && isTaskprovError(thrown, "ERR_WORKER_LOST");
    if (task.retries > 0 && !given) {
      task.retries--;
      task.action?.attemptFailed(thrown);
      this.#tryAgain(task, stimulus, { ...facts, reason: reason ?? "retry" });
      return;
    }
    task.error = { thrown };
    task.blamed = task.key;
    task.kept = false;
    for (const dependency of task.dependencies) dependency.waiters--;
    const told = reason === undefined ? facts : { ...facts, reason };
    this.#transitions.move(task, "erred", stimulus?.with(told));
    this.#demands.blame(task, stimulus);
    this.#dispatcher.wake();
  }

  #tryAgain(task: TaskState, stimulus: Stimulus, facts: Partial<TransitionInfo>): void {
    for (const dependency of task.dependencies) dependency.waiters--;
    this.#transitions.move(task, "released", stimulus?.with(facts));
    this.#demands.demand(task, stimulus);
    this.#dispatcher.wake();
  }
}

/** The arguments of a task with results in place of references. */
function inputsOf(task: TaskState): readonly unknown[] {
  if (task.spec === undefined) return [];
  const { args, scan } = task.spec;
  if (scan === undefined) return args;
  const { scope } = task.client;
  const { references } = scan;
  const { dependencies } = task;
  // Where each reference means a task of its own, the two lists are in step, and most often the
  // arguments, too: then no key has to be looked up.
  const inStep = references.length === dependencies.length;
  let next = 0;
  return fillReferences(args, scan.containers, (reference: Reference) => {
    const known = inStep && references[next] === reference ? dependencies[next++] : undefined;
    const dependency = known ?? scope.taskOf(reference);
    // Put in after the submission: not ours to replace.
    return dependency?.state === "memory" ? dependency.value : reference;
  });
}
