import type { TaskStateName } from "./scheduler-plugin.js";

/** Somebody who waits until a client may submit more. */
export interface Producer {
  /** Is let in when fewer tasks than this have no outcome. */
  readonly below: number;
  admit(): void;
  /** There is no room yet. */
  hold(): void;
  refuse(): void;
}

/** How much a client has under way: what fair sharing and back pressure go by. */
export class ClientLoad {
  /** Unfinished tasks from which on producers are asked to wait. */
  readonly limit: number;
  /** Slots that its tasks take up now, and what of them was sent ahead. */
  slots = 0;
  /** The turn in which it was last given a slot. */
  lastStart = -1;
  #unfinished = 0;
  /** Attempts that wait for tasks of their own: they need no room, or those could not get any. */
  #seceded = 0;
  readonly #producers = new Set<Producer>();
  /** Producers that have not been told to wait. */
  #arrivals: Producer[] = [];
  #admitting = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Tasks without an outcome; those not counted that wait for tasks of their own. */
  get pending(): number {
    return this.#unfinished - this.#seceded;
  }

  /** A task was made known. */
  submitted(): void {
    this.#unfinished++;
  }

  /** One of its tasks changed its state. */
  moved(start: TaskStateName, finish: TaskStateName): void {
    const before = isUnfinished(start);
    if (before === isUnfinished(finish)) return;
    this.#unfinished += before ? -1 : 1;
    if (before) this.#makeRoom();
  }

  /** One of its tasks was given a slot. */
  started(turn: number): void {
    this.slots++;
    this.lastStart = turn;
  }

  /** An attempt is over. */
  ended(seceded: boolean): void {
    if (seceded) this.#seceded--;
    else this.slots--;
  }

  /** An attempt gave its slot back, to wait for tasks of its own. */
  seceded(): void {
    this.slots--;
    this.#seceded++;
    this.#makeRoom();
  }

  /** Takes a producer that wants to submit. */
  wait(producer: Producer): void {
    this.#producers.add(producer);
    this.#arrivals.push(producer);
    this.#schedule();
  }

  /** A producer waits no more. */
  leave(producer: Producer): void {
    this.#producers.delete(producer);
  }

  /** The client is closed: nobody may submit. */
  close(): void {
    for (const producer of this.#producers) producer.refuse();
    this.#producers.clear();
  }

  #makeRoom(): void {
    if (this.#producers.size > 0) this.#schedule();
  }

  #schedule(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    queueMicrotask(this.#admit);
  }

  /** One after the other: what the first one submits counts before the next is let in. */
  readonly #admit = (): void => {
    this.#admitting = false;
    const [producer] = this.#producers;
    if (producer !== undefined && this.pending < producer.below) {
      this.#producers.delete(producer);
      producer.admit();
      this.#schedule();
      return;
    }
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    for (const arrival of arrivals) if (this.#producers.has(arrival)) arrival.hold();
  };
}

function isUnfinished(state: TaskStateName): boolean {
  return state !== "memory" && state !== "erred" && state !== "forgotten";
}
