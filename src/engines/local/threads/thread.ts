import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Worker,
} from "node:worker_threads";
import type { Piscina } from "piscina";
import type { Action } from "../../../actions/action.js";
import type { EpochSeconds } from "../../../base/clock.js";
import type { Attempt } from "../attempt.js";
import type { WorkerInfo } from "../scheduler-plugin.js";
import type { TaskState } from "../task-state.js";
import type { Movable } from "./move-result.js";
import { createClaims, nextPlace, offer, take } from "./thread-claims.js";
import { createGauge, readUsage } from "./thread-gauge.js";
import type { LastWords, ThreadMessage, ThreadReply, ThreadRequest } from "./thread-message.js";
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

/** Something that a thread was sent and has not answered. What was taken back is none of these. */
export interface Sent {
  readonly fn: ThreadFunction;
  readonly at: EpochSeconds;
  /** How long it is thought to take. */
  readonly seconds: number;
  /** As soon as the scheduler knows it. */
  attempt?: Attempt | undefined;
  /** Sent before its turn. */
  ahead?: { readonly task: TaskState; readonly place: number; isUnwanted: boolean } | undefined;
  /** A call outside any task. */
  call?: { resolve(reply: ThreadReply): void; reject(cause: unknown): void } | undefined;
}

/** What a thread tells of. */
export interface ThreadListener {
  heard(thread: Thread, message: ThreadMessage): void;
  /** It has ended, or never began. */
  died(thread: Thread, cause: unknown): void;
}

/** A worker thread: what it was sent and has not answered, in order. */
export class Thread {
  readonly slot: WorkerInfo;
  readonly worker: WorkerInfo;
  readonly line: Sent[] = [];
  /** The place of the slot is kept for what was sent ahead. */
  isKept = false;
  /** Does what it does for longer than was thought: nothing is sent ahead. */
  isLate = false;
  /** Nothing that was not begun will be. */
  isDead = false;
  isOver = false;
  /** Answers so far, and how many there were when somebody looked. */
  answers = 0;
  answersSeen = -1;
  /** When the function before returned, as the thread says. */
  stopped: number = Number.NaN;
  lastWords: LastWords | undefined;
  /** What the function that it runs logs into. */
  action: Action | undefined;
  readonly #listener: ThreadListener;
  readonly #port: MessagePort;
  readonly #pool: Promise<Piscina>;
  readonly #claims: Int32Array = createClaims();
  #worker: Worker | undefined;
  #place = 0;

  constructor(slot: WorkerInfo, worker: WorkerInfo, limits: ThreadLimits, to: ThreadListener) {
    this.slot = slot;
    this.worker = worker;
    this.#listener = to;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on("message", (message: ThreadMessage) => to.heard(this, message));
    // The program waits to hear why the other end is gone.
    port1.on("close", () => this.#worker?.ref());
    port1.unref();
    const died = (cause: unknown): void => to.died(this, cause);
    const gauge = createGauge();
    this.#pool = createPool(limits, gauge, died);
    this.#pool
      .then((pool) => {
        const [ours] = pool.threads;
        if (this.isOver || ours === undefined) return undefined;
        this.#worker = ours;
        addMeter(worker, { gauge, read: () => readUsage(gauge, ours) });
        const connection = { port: port2, claims: this.#claims };
        return pool.run(connection, { transferList: [port2] });
      })
      .catch(died);
  }

  /** Sends something; throws what structured clone throws, and then nothing is sent. */
  send(sent: Sent, request: ThreadRequest, transfer: readonly Movable[] = []): void {
    this.#port.postMessage(request, transfer);
    if (this.line.length === 0) this.#port.ref();
    this.line.push(sent);
  }

  /** Sends a task before its turn. */
  sendAhead(task: TaskState, sent: Sent, request: ThreadRequest): void {
    this.#place = nextPlace(this.#place);
    offer(this.#claims, this.#place);
    this.send(sent, { ...request, place: this.#place });
    sent.ahead = { task, place: this.#place, isUnwanted: false };
  }

  /** What the thread has answered. */
  answered(): Sent | undefined {
    const sent = this.line.shift();
    this.answers++;
    this.isLate = false;
    if (this.line.length === 0) this.#port.unref();
    return sent;
  }

  get hasAhead(): boolean {
    return this.line.some((sent) => sent.ahead !== undefined);
  }

  /** What comes next, without what was taken back. */
  get next(): Sent | undefined {
    return this.line.find((sent) => (sent.attempt ?? sent.ahead ?? sent.call) !== undefined);
  }

  /** @returns whether the thread will not begin it any more. */
  takeBack(sent: Sent): boolean {
    if (sent.ahead === undefined || !take(this.#claims, sent.ahead.place)) return false;
    sent.ahead = undefined;
    return true;
  }

  /** Takes back what is not begun; the last first, so that none is begun behind one that is not. */
  takeAllBack(): TaskState[] {
    const tasks: TaskState[] = [];
    for (const sent of this.line.toReversed()) {
      const task = sent.ahead?.task;
      if (task !== undefined && this.takeBack(sent)) tasks.push(task);
    }
    return tasks.reverse();
  }

  /** Hears what a thread that has ended had said before. */
  hearLast(): void {
    this.isDead = true;
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.#listener.heard(this, received.message);
    }
  }

  async end(): Promise<void> {
    this.isOver = true;
    this.#port.close();
    removeMeter(this.worker);
    try {
      await (await this.#pool).destroy();
    } catch {
      // It could not be made.
    }
  }
}

async function createPool(
  limits: ThreadLimits,
  gauge: Int32Array,
  died: (cause: unknown) => void,
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
  pool.on("error", died);
  const [worker] = pool.threads;
  worker?.on("error", died);
  worker?.on("exit", (code) => died(new Error(`worker exited with code: ${code}`)));
  return pool;
}
