import type { Clock } from "../../base/clock.js";
import type { Attempt } from "./attempt.js";
import type { AheadExecutor, Executor, ExecutorFactory, ExecutorListener } from "./executor.js";
import { InProcessExecutor } from "./in-process-executor.js";
import type { WorkerInfo } from "./scheduler-plugin.js";
import type { TaskFunction } from "./task-state.js";
import type { ThreadLimits } from "./threads/thread.js";
import { ThreadExecutor } from "./threads/thread-executor.js";
import { type ThreadFunction, threadFunctionOf } from "./threads/worker-module.js";

/** Runs functions of this process on the event loop, those of worker modules on threads. */
export function localExecutor(limits: ThreadLimits): ExecutorFactory {
  return (listener, clock) => new LocalExecutor(listener, clock, limits);
}

class LocalExecutor implements Executor {
  readonly #inProcess: InProcessExecutor;
  readonly #threads: ThreadExecutor;

  constructor(listener: ExecutorListener, clock: Clock, limits: ThreadLimits) {
    this.#inProcess = new InProcessExecutor(listener, clock);
    this.#threads = new ThreadExecutor(listener, clock, limits);
  }

  get ahead(): AheadExecutor {
    return this.#threads;
  }

  get workers(): readonly WorkerInfo[] {
    return this.#threads.workers;
  }

  place(fn: TaskFunction | undefined, slot: WorkerInfo): WorkerInfo {
    return threadFunction(fn) === undefined ? slot : this.#threads.workerOf(slot);
  }

  start(attempt: Attempt): void {
    const fn = threadFunction(attempt.fn);
    if (fn === undefined) this.#inProcess.start(attempt);
    else this.#threads.start(attempt, fn);
  }

  abandon(attempt: Attempt, reason: string): void {
    if (threadFunction(attempt.fn) !== undefined) this.#threads.abandon(attempt, reason);
  }

  async run(slot: WorkerInfo, fn: TaskFunction, args: readonly unknown[]): Promise<unknown> {
    const onThread = threadFunctionOf(fn);
    if (onThread === undefined) return await this.#inProcess.run(slot, fn, args);
    return await this.#threads.run(slot, onThread, args);
  }

  removeSlot(slot: WorkerInfo): void {
    this.#threads.removeSlot(slot);
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }
}

function threadFunction(fn: TaskFunction | undefined): ThreadFunction | undefined {
  return fn === undefined ? undefined : threadFunctionOf(fn);
}
