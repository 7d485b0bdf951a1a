import type { WorkerInfo } from "./scheduler-plugin.js";

/** Told when workers come and go. */
export interface WorkerPoolListener {
  added(worker: WorkerInfo): void;
  removed(worker: WorkerInfo, reason: string): void;
  /** It will be removed as soon as it is given back. */
  retiring(worker: WorkerInfo): void;
}

/** The workers and which of them are free. A worker is one slot. */
export class WorkerPool {
  readonly #listener: WorkerPoolListener;
  readonly #workers = new Set<WorkerInfo>();
  /** The next one to be used last. */
  #free: WorkerInfo[] = [];
  readonly #retiring = new Set<WorkerInfo>();
  #named = 0;

  constructor(listener: WorkerPoolListener) {
    this.#listener = listener;
  }

  get workers(): readonly WorkerInfo[] {
    return [...this.#workers];
  }

  get hasFree(): boolean {
    return this.#free.length > 0;
  }

  take(): WorkerInfo | undefined {
    return this.#free.pop();
  }

  /** Tells whether a worker will be there after its attempt. */
  stays(worker: WorkerInfo): boolean {
    return this.#workers.has(worker) && !this.#retiring.has(worker);
  }

  /** Gives a worker back after its attempt. */
  give(worker: WorkerInfo): void {
    if (this.#retiring.has(worker)) this.#remove(worker, "scaled-down");
    else if (this.#workers.has(worker)) this.#free.push(worker);
  }

  /** Adds workers, or takes away: free ones at once, busy ones when their attempt is over. */
  scale(count: number): void {
    const staying = this.workers.filter((worker) => !this.#retiring.has(worker));
    for (const worker of this.#retiring) {
      if (staying.length >= count) break;
      this.#retiring.delete(worker);
      staying.push(worker);
    }
    this.#add(count - staying.length);
    for (const worker of staying.reverse()) {
      if (this.#workers.size - this.#retiring.size <= count) break;
      const place = this.#free.indexOf(worker);
      if (place < 0) {
        this.#retiring.add(worker);
        this.#listener.retiring(worker);
      } else {
        this.#free.splice(place, 1);
        this.#remove(worker, "scaled-down");
      }
    }
  }

  /** Takes all workers away, busy ones too. */
  clear(reason: string): void {
    this.#free.length = 0;
    for (const worker of this.workers) this.#remove(worker, reason);
  }

  #add(count: number): void {
    const added: WorkerInfo[] = [];
    for (let missing = count; missing > 0; missing--) {
      const name = `inproc-${this.#named++}`;
      added.push(Object.freeze({ address: name, name, threads: 1 }));
    }
    this.#free = [...added.toReversed(), ...this.#free];
    for (const worker of added) {
      this.#workers.add(worker);
      this.#listener.added(worker);
    }
  }

  #remove(worker: WorkerInfo, reason: string): void {
    this.#retiring.delete(worker);
    if (this.#workers.delete(worker)) this.#listener.removed(worker, reason);
  }
}
