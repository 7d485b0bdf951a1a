import { AsyncResource } from "node:async_hooks";
import { systemClock } from "../../base/clock.js";
import { assignOrder } from "./graph-order.js";
import { ReadyQueue } from "./ready-queue.js";
import { type TaskState, unordered } from "./task-state.js";

/**
 * Seconds of tasks run back to back before timers, I/O and promises get a turn. Long against the
 * microsecond or two that a turn of the event loop costs, short against the flush of a journal.
 */
const sliceSeconds = 0.005;

/** What the dispatcher asks of the scheduler. */
export interface DispatchTarget {
  /** Tells whether a slot is free. */
  hasFree(): boolean;
  /** Starts a task on a free slot; it may be over when this returns. */
  start(task: TaskState): void;
  /** Tells whether a worker would take a task ahead of its turn. */
  hasRoom(): boolean;
  /** Sends a task ahead; false when it is not one for that. */
  sendAhead(task: TaskState): boolean;
  /** All slots are taken, and these could run. */
  queue(tasks: Iterable<TaskState>): void;
}

/** Decides which ready task runs next, and when the event loop gets a turn. */
export class Dispatcher {
  readonly #target: DispatchTarget;
  /** Tasks run in the context of who made the cluster, not of who happened to submit last. */
  readonly #resource = new AsyncResource("taskprov.Scheduler");
  readonly #ready = new ReadyQueue();
  /** New tasks: what is submitted in one go is ordered as one graph. */
  #fresh: TaskState[] = [];
  /** Tasks that became ready since all slots were last seen taken. */
  #unqueued: TaskState[] = [];
  #nextOrder = 0;
  #holds = 0;
  #scheduled = false;

  constructor(target: DispatchTarget) {
    this.#target = target;
  }

  /** Takes in a task that has no place in the static order yet. */
  add(task: TaskState): void {
    this.#fresh.push(task);
  }

  /** A waiting task has all its inputs. New tasks come into the queue when they are ordered. */
  ready(task: TaskState): void {
    if (task.order === unordered || task.inQueue) return;
    task.inQueue = true;
    this.#ready.push(task);
    this.#unqueued.push(task);
  }

  /** What was sent ahead has not begun and goes back into the queue. */
  again(task: TaskState): void {
    task.inQueue = false;
    if (task.waitingOn === 0 && isStartable(task)) this.ready(task);
  }

  /** Has the loop run soon: not at once, so that what is submitted in one go is ordered as one. */
  wake(): void {
    if (this.#scheduled || this.#holds > 0) return;
    if (this.#ready.size === 0 && this.#fresh.length === 0) return;
    if (!this.#target.hasFree() && !this.#target.hasRoom()) return;
    this.#scheduled = true;
    setImmediate(this.#tick);
  }

  /** Starts no task until the returned function is called. */
  hold(): () => void {
    let held = true;
    this.#holds++;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      this.wake();
    };
  }

  readonly #tick = (): void => {
    this.#resource.runInAsyncScope(this.#runSlice, this);
  };

  #runSlice(): void {
    this.#orderFresh();
    const end = systemClock.now() + sliceSeconds;
    while (this.#holds === 0 && this.#target.hasFree()) {
      const task = this.#take();
      if (task === undefined) break;
      task.inQueue = false;
      this.#target.start(task);
      if (systemClock.now() >= end) break;
    }
    this.#sendAhead();
    this.#scheduled = false;
    this.#markQueued();
    if (this.#target.hasFree()) this.wake();
  }

  /** What is sent ahead counts as in the queue: it has not begun, and may come back. */
  #sendAhead(): void {
    while (this.#holds === 0 && !this.#target.hasFree() && this.#target.hasRoom()) {
      const task = this.#take();
      if (task === undefined) return;
      if (this.#target.sendAhead(task)) continue;
      this.#ready.push(task);
      return;
    }
  }

  /** The next task that can run. */
  #take(): TaskState | undefined {
    for (;;) {
      const task = this.#ready.pop();
      // It may have been cancelled, or wait again, since it was put in.
      if (task === undefined || (task.waitingOn === 0 && isStartable(task))) return task;
      task.inQueue = false;
    }
  }

  #orderFresh(): void {
    const batch = this.#fresh.filter((task) => task.state !== "forgotten");
    this.#fresh = [];
    this.#nextOrder = assignOrder(batch, this.#nextOrder);
    for (const task of batch)
      if (task.state === "waiting" && task.waitingOn === 0) this.ready(task);
  }

  #markQueued(): void {
    if (this.#ready.size > 0 && !this.#target.hasFree()) {
      this.#target.queue(this.#unqueued.filter((task) => task.inQueue && task.waitingOn === 0));
      this.#unqueued = [];
    } else if (this.#ready.size === 0 || this.#unqueued.length > 1024 + 2 * this.#ready.size) {
      this.#unqueued = this.#unqueued.filter((task) => task.inQueue);
    }
  }
}

function isStartable(task: TaskState): boolean {
  return task.state === "waiting" || task.state === "queued";
}
