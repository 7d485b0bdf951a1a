import { AsyncResource } from "node:async_hooks";
import { handOver, takeBack, takeLog } from "../../../actions/hand-over.js";
import { type Clock, type EpochSeconds, systemClock } from "../../../base/clock.js";
import { cutText } from "../../../base/cut-text.js";
import { TaskprovError } from "../../../base/errors.js";
import type { Attempt } from "../attempt.js";
import type { AheadExecutor, ExecutorListener } from "../executor.js";
import { formatKey } from "../key.js";
import { messagesOf } from "../noted-messages.js";
import type { WorkerInfo } from "../scheduler-plugin.js";
import type { TaskState } from "../task-state.js";
import { type Sent, Thread, type ThreadLimits, type ThreadListener } from "./thread.js";
import {
  type LastWords,
  type ThreadFacts,
  type ThreadMessage,
  type ThreadReply,
  type ThreadRequest,
  unpackThrown,
} from "./thread-message.js";
import { fits, Paces } from "./thread-pace.js";
import { type ThreadFunction, threadFunctionOf } from "./worker-module.js";

/** A thread that has not answered for as long as this gets back what it has not begun. */
const lateMilliseconds = 5;

/**
 * Runs the functions of worker modules, on at most one thread a slot. A thread starts with the
 * first such task on its slot; one that ended, or had to be ended, is another worker afterwards.
 *
 * A thread is sent tasks of short functions ahead, as the way to it and back takes longer than they
 * do. To the scheduler such a task is not begun before the one in front of it is over. What its
 * thread has not begun can be taken back at any time.
 */
export class ThreadExecutor implements AheadExecutor, ThreadListener {
  readonly #listener: ExecutorListener;
  readonly #clock: Clock;
  readonly #limits: ThreadLimits;
  /** Threads belong to who made the cluster, not to whoever needs them first. */
  readonly #resource = new AsyncResource("taskprov.Threads");
  /** By slot. */
  readonly #threads = new Map<WorkerInfo, Thread>();
  readonly #ending = new Set<Promise<void>>();
  readonly #ahead = new Map<TaskState, { readonly thread: Thread; readonly sent: Sent }>();
  readonly #paces = new Paces();
  #watch: NodeJS.Timeout | undefined;
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
    const { number, args } = attempt;
    const transfer = attempt.task.spec?.transfer;
    if (transfer !== undefined && number > 1) {
      this.#listener.failed(attempt, handedOver(attempt));
      return;
    }
    const thread = this.#threadOf(attempt.slot);
    const action = attempt.task.action?.running;
    thread.action = action;
    const traceparent = this.#listener.traceparentOf(attempt);
    const request: ThreadRequest = {
      ...fn,
      args,
      ...(attempt.timed && { isObserved: true as const }),
      ...(action !== undefined && { action: handOver(action) }),
      ...(traceparent !== undefined && { traceparent }),
    };
    const sent: Sent = { fn, at: this.#clock.now(), seconds: this.#paces.of(fn), attempt };
    if (attempt.timed) attempt.started = sent.at;
    try {
      thread.send(sent, request, transfer);
    } catch (error) {
      this.#listener.failed(attempt, cannotBeSent(attempt, args, wordsOf(error).message));
    }
  }

  /** A thread cannot be asked to stop: it is ended, and the slot gets another one. */
  abandon(attempt: Attempt, reason: string): void {
    const thread = this.#threads.get(attempt.slot);
    if (thread === undefined) return;
    this.#takeAllBack(thread);
    // It is past the attempt, and the answer on its way, when it has begun the next.
    if (!thread.hasAhead) this.#end(attempt.slot, reason);
  }

  async run(slot: WorkerInfo, fn: ThreadFunction, args: readonly unknown[]): Promise<unknown> {
    const thread = this.#threadOf(slot);
    const reply = await new Promise<ThreadReply>((resolve, reject) => {
      const sent = { fn, at: this.#clock.now(), seconds: Number.POSITIVE_INFINITY };
      thread.send({ ...sent, call: { resolve, reject } }, { ...fn, args });
    });
    if (reply.is === "value") return reply.value;
    if (reply.is === "thrown") throw unpackThrown(reply.thrown);
    const why = reply.is === "unsent" ? ` ${firstLine(reply.why)}` : "";
    throw new TaskprovError(
      "ERR_CLONE",
      `${fn.name} returned what cannot be sent from its thread:${why} Return plain data.`,
    );
  }

  removeSlot(slot: WorkerInfo): void {
    this.#end(slot, "scaled-down");
  }

  async close(): Promise<void> {
    clearTimeout(this.#watch);
    for (const slot of [...this.#threads.keys()]) this.#end(slot, "closed");
    await Promise.all(this.#ending);
  }

  // ---- what is sent ahead

  get hasRoom(): boolean {
    for (const thread of this.#threads.values()) if (this.#hasRoom(thread, 0)) return true;
    return false;
  }

  send(
    task: TaskState,
    inputsOf: (task: TaskState) => readonly unknown[],
    isObserved: boolean,
  ): boolean {
    const fn = task.spec?.fn === undefined ? undefined : threadFunctionOf(task.spec.fn);
    if (fn === undefined) return false;
    const seconds = this.#paces.of(fn);
    const thread = this.#roomiest(seconds);
    if (thread === undefined) return false;
    const sent: Sent = { fn, at: this.#clock.now(), seconds };
    const args = inputsOf(task);
    try {
      thread.sendAhead(task, sent, { ...fn, args, ...(isObserved && { isObserved }) });
    } catch {
      // It will be told when it is its turn.
      return false;
    }
    this.#ahead.set(task, { thread, sent });
    this.#watchSoon();
    return true;
  }

  keeps(slot: WorkerInfo): boolean {
    if (this.#ahead.size === 0) return false;
    const thread = this.#threads.get(slot);
    if (thread?.hasAhead !== true) return false;
    thread.isKept = true;
    return true;
  }

  drop(task: TaskState): boolean {
    const found = this.#ahead.get(task);
    if (found?.sent.ahead === undefined) return false;
    this.#ahead.delete(task);
    if (!found.thread.takeBack(found.sent)) found.sent.ahead.isUnwanted = true;
    return true;
  }

  retire(slot: WorkerInfo): void {
    const thread = this.#threads.get(slot);
    if (thread !== undefined) this.#takeAllBack(thread);
  }

  #hasRoom(thread: Thread, seconds: number): boolean {
    // It is at a task, and not at one that is of no interest any more.
    const isAtTask = thread.next?.attempt?.over === false;
    return (
      isAtTask && !thread.isLate && fits(thread.line, seconds) && this.#listener.stays(thread.slot)
    );
  }

  /** The one with the shortest line of those that have room. */
  #roomiest(seconds: number): Thread | undefined {
    let best: Thread | undefined;
    for (const thread of this.#threads.values()) {
      const isShorter = best === undefined || thread.line.length < best.line.length;
      if (isShorter && this.#hasRoom(thread, seconds)) best = thread;
    }
    return best;
  }

  #takeAllBack(thread: Thread): void {
    for (const task of thread.takeAllBack()) {
      // One that is not there was dropped.
      if (this.#ahead.delete(task)) this.#listener.takenBack(task);
    }
  }

  #watchSoon(): void {
    this.#watch ??= setTimeout(() => {
      this.#watch = undefined;
      for (const thread of this.#threads.values()) this.#lookAt(thread);
      if (this.#ahead.size > 0) this.#watchSoon();
    }, lateMilliseconds).unref();
  }

  #lookAt(thread: Thread): void {
    if (thread.hasAhead && thread.answers === thread.answersSeen) {
      thread.isLate = true;
      this.#takeAllBack(thread);
    }
    thread.answersSeen = thread.answers;
  }

  /** It is the turn of what was sent ahead, or the slot is free. */
  #advance(thread: Thread): void {
    if (thread.isOver) return;
    const { next } = thread;
    if (next?.ahead !== undefined) this.#begin(thread, next, next.ahead);
    else if (thread.isKept && !thread.hasAhead) this.#giveBack(thread);
  }

  #begin(thread: Thread, sent: Sent, { task, isUnwanted }: NonNullable<Sent["ahead"]>): void {
    if (isUnwanted) {
      this.#end(thread.slot, "cancelled");
      return;
    }
    // A thread that has ended will not begin it.
    if (thread.isDead && thread.takeBack(sent)) {
      if (this.#ahead.delete(task)) this.#listener.takenBack(task);
      return;
    }
    sent.ahead = undefined;
    this.#ahead.delete(task);
    thread.isKept = false;
    thread.action = undefined;
    const attempt = this.#listener.begun(task, thread.slot, sent.at);
    sent.attempt = attempt;
    if (attempt.timed) attempt.started = this.#clockTime(thread.stopped, sent.at);
  }

  #giveBack(thread: Thread): void {
    if (!thread.isKept) return;
    thread.isKept = false;
    this.#listener.idle(thread.slot);
  }

  // ---- what threads tell

  heard(thread: Thread, message: ThreadMessage): void {
    if ("is" in message) {
      const sent = thread.answered();
      if (sent !== undefined) this.#answered(thread, sent, message);
      this.#advance(thread);
    } else if ("messages" in message) {
      const attempt = thread.line[0]?.attempt;
      if (attempt?.over === false) messagesOf(attempt).join(message.messages);
    } else if ("log" in message) {
      if (thread.action !== undefined) takeLog(thread.action, message.log);
    } else thread.lastWords = message;
  }

  #answered(thread: Thread, { fn, at, attempt, call }: Sent, reply: ThreadReply): void {
    call?.resolve(reply);
    if (reply.is === "skipped") return;
    const { started, stopped } = reply.span;
    this.#paces.note(fn, (stopped - started) / 1000);
    thread.stopped = stopped;
    if (attempt === undefined || attempt.over) return;
    this.#take(attempt, at, reply);
    if (reply.is === "value") this.#listener.finished(attempt, reply.value);
    else if (reply.is === "thrown") this.#listener.failed(attempt, unpackThrown(reply.thrown));
    else this.#listener.failed(attempt, cannotBeReturned(attempt, reply.why));
  }

  #take(attempt: Attempt, sentAt: EpochSeconds, { span, action, messages }: ThreadFacts): void {
    const { running } = attempt.task.action ?? {};
    if (running !== undefined && action !== undefined) takeBack(running, action);
    if (messages !== undefined) messagesOf(attempt).join(messages);
    if (!attempt.timed) return;
    attempt.started = this.#clockTime(span.started, sentAt);
    attempt.stopped = this.#clockTime(span.stopped, attempt.started);
  }

  died(thread: Thread, cause: unknown): void {
    if (thread.isOver || thread.isDead) return;
    thread.hearLast();
    if (thread.isOver) return;
    const words = wordsOf(thread.lastWords ?? cause);
    // What it has not begun was taken back: this is what it was at.
    const { attempt } = thread.next ?? {};
    this.#end(thread.slot, attempt === undefined ? words.message : "worker-died");
    if (attempt?.over === false) {
      this.#listener.lost(attempt, `${words.name}: ${words.message}`);
    }
  }

  /** A time of the thread on the scheduler's clock, and within what that clock saw. */
  #clockTime(milliseconds: number, from: EpochSeconds): EpochSeconds {
    const now = this.#clock.now();
    // Much may happen between two readings; threads read the system's clock, which needs no second.
    const offset = this.#clock === systemClock ? 0 : now - systemClock.now();
    const time = milliseconds / 1000 + offset;
    return Math.min(now, Math.max(from, time));
  }

  #threadOf(slot: WorkerInfo): Thread {
    const known = this.#threads.get(slot);
    if (known !== undefined) return known;
    const name = `thread-${this.#named++}`;
    const worker = Object.freeze({ address: name, name, threads: 1 });
    const thread = this.#resource.runInAsyncScope(
      () => new Thread(slot, worker, this.#limits, this),
    );
    this.#threads.set(slot, thread);
    this.#listener.joined(worker);
    return thread;
  }

  #end(slot: WorkerInfo, reason: string): void {
    const thread = this.#threads.get(slot);
    if (thread === undefined) return;
    this.#threads.delete(slot);
    const ended = thread.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    this.#takeAllBack(thread);
    for (const { call } of thread.line) call?.reject(wordsOf(new Error(reason)));
    this.#giveBack(thread);
    this.#listener.left(thread.worker, reason);
  }
}

function cannotBeSent(attempt: Attempt, args: readonly unknown[], text: string): Error {
  const place = args.findIndex((value) => !canBeCloned(value));
  const what = place < 0 ? "What `transfer` names" : `Argument ${place}`;
  return new TaskprovError(
    "ERR_CLONE",
    `${what} of task ${described(attempt)} cannot be sent to a worker thread: ${firstLine(text)} Pass plain data, or submit a function of this process.`,
  );
}

function cannotBeReturned(attempt: Attempt, text: string): Error {
  return new TaskprovError(
    "ERR_CLONE",
    `Task ${described(attempt)} returned what cannot be sent from its thread: ${firstLine(text)} Return plain data.`,
  );
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
