import type { Piscina } from "piscina";
import type { Action } from "../../../actions/action.js";
import { handOver, takeBack, takeLog } from "../../../actions/hand-over.js";
import { type Clock, systemClock } from "../../../base/clock.js";
import { cutText } from "../../../base/cut-text.js";
import { TaskprovError } from "../../../base/errors.js";
import type { Attempt } from "../attempt.js";
import type { ExecutorListener } from "../executor.js";
import { formatKey } from "../key.js";
import { messagesOf } from "../noted-messages.js";
import type { WorkerInfo } from "../scheduler-plugin.js";
import type { Movable } from "./move-result.js";
import { createGauge, readUsage } from "./thread-gauge.js";
import {
  type LastWords,
  type ThreadLog,
  type ThreadMessages,
  type ThreadReply,
  type ThreadRequest,
  type ThreadSpan,
  unpackThrown,
} from "./thread-message.js";
import { addMeter, removeMeter } from "./thread-meters.js";
import type { ThreadFunction } from "./worker-module.js";

/** Limits of a worker thread in MiB, as Node's `resourceLimits`. */
export interface ThreadLimits {
  /** Heap for what lives long. */
  readonly maxOldGenerationSizeMb?: number;
  /** Heap for what was made just now. */
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  /** Default 4. */
  readonly stackSizeMb?: number;
}

/** A thread and the worker that the scheduler knows it as. */
interface Thread {
  readonly worker: WorkerInfo;
  readonly pool: Promise<Piscina>;
  lastWords: LastWords | undefined;
  /** What the function that it runs logs into. */
  action: Action | undefined;
  attempt: Attempt | undefined;
}

/**
 * Runs the functions of worker modules, on at most one thread a slot. A thread starts with the
 * first such task on its slot; one that ended, or had to be ended, is another worker afterwards.
 */
export class ThreadExecutor {
  readonly #listener: ExecutorListener;
  readonly #clock: Clock;
  readonly #limits: ThreadLimits;
  /** By slot. */
  readonly #threads = new Map<WorkerInfo, Thread>();
  readonly #ending = new Set<Promise<void>>();
  #named = 0;

  constructor(listener: ExecutorListener, clock: Clock, limits: ThreadLimits) {
    this.#listener = listener;
    this.#clock = clock;
    this.#limits = limits;
  }

  get workers(): readonly WorkerInfo[] {
    return Array.from(this.#threads.values(), (thread) => thread.worker);
  }

  /** The thread of a slot as a worker; started when there is none. */
  workerOf(slot: WorkerInfo): WorkerInfo {
    return this.#threadOf(slot).worker;
  }

  start(attempt: Attempt, fn: ThreadFunction): void {
    const sent = this.#clock.now();
    const { key, number, args } = attempt;
    const transfer = attempt.task.spec?.transfer;
    if (transfer !== undefined && number > 1) {
      this.#listener.failed(attempt, handedOver(attempt));
      return;
    }
    const thread = this.#threadOf(attempt.slot);
    const action = attempt.task.action?.running;
    thread.action = action;
    thread.attempt = attempt;
    const traceparent = this.#listener.traceparentOf(attempt);
    const request: ThreadRequest = {
      ...fn,
      args,
      key,
      attempt: number,
      runId: attempt.runId,
      ...(attempt.timed && { isObserved: true as const }),
      ...(action !== undefined && { action: handOver(action) }),
      ...(traceparent !== undefined && { traceparent }),
    };
    this.#send(thread, request, transfer).then(
      (reply) => {
        if (attempt.over) return;
        if (action !== undefined && reply.action !== undefined) takeBack(action, reply.action);
        if (reply.messages !== undefined) messagesOf(attempt).join(reply.messages);
        if (attempt.timed) this.#time(attempt, sent, reply.span);
        if (reply.ok) this.#listener.finished(attempt, reply.value);
        else this.#listener.failed(attempt, unpackThrown(reply.thrown));
      },
      (cause: unknown) => this.#ended(attempt, args, thread.lastWords ?? cause),
    );
    if (attempt.timed) attempt.started = sent;
  }

  /** A thread cannot be asked to stop: it is ended, and the slot gets another one. */
  abandon(attempt: Attempt, reason: string): void {
    this.#end(attempt.slot, reason);
  }

  async run(slot: WorkerInfo, fn: ThreadFunction, args: readonly unknown[]): Promise<unknown> {
    const request = { ...fn, args, key: "run", attempt: 1, runId: -1 };
    const reply = await this.#send(this.#threadOf(slot), request, undefined);
    if (reply.ok) return reply.value;
    throw unpackThrown(reply.thrown);
  }

  removeSlot(slot: WorkerInfo): void {
    this.#end(slot, "scaled-down");
  }

  async close(): Promise<void> {
    for (const slot of [...this.#threads.keys()]) this.#end(slot, "closed");
    await Promise.all(this.#ending);
  }

  async #send(
    thread: Thread,
    request: ThreadRequest,
    transfer: readonly Movable[] | undefined,
  ): Promise<ThreadReply> {
    const pool = await thread.pool;
    return await pool.run(request, transfer === undefined ? {} : { transferList: [...transfer] });
  }

  /** No answer came: nothing could be sent, or back, or the thread has ended. */
  #ended(attempt: Attempt, args: readonly unknown[], cause: unknown): void {
    if (attempt.over) return;
    const { slot } = attempt;
    const { name, message } = wordsOf(cause);
    if (name === "DataCloneError") {
      // Node has ended the thread when it was the result.
      this.#end(slot, "result cannot be cloned");
      this.#listener.failed(attempt, cannotTravel(attempt, args, message));
      return;
    }
    this.#end(slot, "worker-died");
    this.#listener.lost(attempt, `${name}: ${message}`);
  }

  /** Times as the thread took them, on the scheduler's clock and within what that clock saw. */
  #time(attempt: Attempt, sent: number, span: ThreadSpan): void {
    const now = this.#clock.now();
    const offset = now - systemClock.now();
    const within = (milliseconds: number, from: number): number =>
      Math.min(now, Math.max(from, milliseconds / 1000 + offset));
    attempt.started = within(span.started, sent);
    attempt.stopped = within(span.stopped, attempt.started);
  }

  #threadOf(slot: WorkerInfo): Thread {
    const known = this.#threads.get(slot);
    if (known !== undefined) return known;
    const name = `thread-${this.#named++}`;
    const worker = Object.freeze({ address: name, name, threads: 1 });
    const gauge = createGauge();
    const thread: Thread = {
      worker,
      pool: createPool(this.#limits, gauge, {
        message: (message) => {
          if ("messages" in message) takeMessages(thread.attempt, message);
          else if (!("log" in message)) thread.lastWords = message;
          else if (thread.action !== undefined) takeLog(thread.action, message.log);
        },
        // An exception outside any task, while the thread was idle.
        died: (error) => this.#end(slot, wordsOf(thread.lastWords ?? error).message),
      }),
      lastWords: undefined,
      action: undefined,
      attempt: undefined,
    };
    // A thread that cannot be made is told by the tasks that need it.
    thread.pool.then(
      ({ threads: [ours] }) => {
        if (this.#threads.get(slot) !== thread || ours === undefined) return;
        addMeter(worker, { gauge, read: () => readUsage(gauge, ours) });
      },
      () => undefined,
    );
    this.#threads.set(slot, thread);
    this.#listener.joined(worker);
    return thread;
  }

  #end(slot: WorkerInfo, reason: string): void {
    const thread = this.#threads.get(slot);
    if (thread === undefined) return;
    this.#threads.delete(slot);
    removeMeter(thread.worker);
    const ended = thread.pool
      .then((pool) => pool.destroy())
      .catch(() => undefined)
      .finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    this.#listener.left(thread.worker, reason);
  }
}

async function createPool(
  limits: ThreadLimits,
  gauge: Int32Array,
  told: {
    message(message: LastWords | ThreadLog | ThreadMessages): void;
    died(error: unknown): void;
  },
): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  const pool = new Piscina({
    filename: new URL("./thread-entry.js", import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    // The faster ways stop timers and sockets of the user's modules between tasks.
    atomics: "disabled",
    recordTiming: false,
    resourceLimits: limits,
    workerData: gauge,
  });
  pool.on("error", told.died);
  pool.on("message", told.message);
  return pool;
}

function takeMessages(attempt: Attempt | undefined, { runId, messages }: ThreadMessages): void {
  if (attempt?.runId === runId && !attempt.over) messagesOf(attempt).join(messages);
}

function cannotTravel(attempt: Attempt, args: readonly unknown[], text: string): Error {
  const place = args.findIndex((value) => !canBeCloned(value));
  const message =
    place < 0
      ? `Task ${described(attempt)} returned what cannot be sent from its thread: ${firstLine(text)} Return plain data.`
      : `Argument ${place} of task ${described(attempt)} cannot be sent to a worker thread: ${firstLine(text)} Pass plain data, or submit a function of this process.`;
  return new TaskprovError("ERR_CLONE", message);
}

/** Node's text quotes the whole source of a function that cannot be cloned. */
function firstLine(text: string): string {
  return cutText(text.replace(/\s+/g, " "), 200);
}

function wordsOf(cause: unknown): LastWords {
  if (cause instanceof Error) return { name: cause.name, message: cause.message };
  if (isLastWords(cause)) return cause;
  return { name: "Error", message: "it ended without a word" };
}

function isLastWords(value: unknown): value is LastWords {
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

function handedOver(attempt: Attempt): Error {
  return new TaskprovError(
    "ERR_CLONE",
    `Task ${described(attempt)} cannot be tried again: what \`transfer\` names was handed over in attempt 1. Leave \`transfer\` out.`,
  );
}

function described(attempt: Attempt): string {
  return `${formatKey(attempt.key)} (${attempt.name})`;
}

function canBeCloned(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
