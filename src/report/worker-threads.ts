import { Column } from "../lineage/index/column.js";

/**
 * Which thread of one worker computed at a time. Columns of numbers: a journal of a million tasks
 * is read beside a document, and entries of a `Map` would cost 150 bytes each.
 */
export class WorkerThreads {
  readonly #numbers = new Map<number, number>();
  readonly #start = new Column(Float64Array);
  readonly #end = new Column(Float64Array);
  readonly #thread = new Column(Uint32Array);
  #order: Uint32Array | undefined;

  /** Adds a computation; times in seconds since the epoch. */
  add(thread: number, start: number, end: number): void {
    const number = this.#numbers.get(thread) ?? this.#numbers.size;
    this.#numbers.set(thread, number);
    this.#start.push(micros(start));
    this.#end.push(micros(end));
    this.#thread.push(number);
    this.#order = undefined;
  }

  /**
   * The thread of what was computed from one time to another, numbered from 0 as they came. No two
   * tasks of a worker begin and end in the same microseconds, which is what documents have.
   */
  threadOf(start: number, end: number): number | undefined {
    const starts = this.#start.values;
    const order = this.#ordered();
    const [from, to] = [micros(start), micros(end)];
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[order[middle] ?? 0] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < order.length; at++) {
      const i = order[at] ?? 0;
      if (starts[i] !== from) return undefined;
      if (this.#end.values[i] === to) return this.#thread.values[i];
    }
    return undefined;
  }

  #ordered(): Uint32Array {
    if (this.#order !== undefined) return this.#order;
    const starts = this.#start.values;
    const order = Uint32Array.from({ length: this.#start.length }, (_, i) => i);
    this.#order = order.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
    return order;
  }
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e6);
}
