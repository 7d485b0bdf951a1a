import type { ClientState } from "./client-state.js";
import type { TaskState } from "./task-state.js";

/**
 * Tasks of one client, the next one first. Most come in the order in which they are to run: those
 * are a plain list, as a heap of many tasks has to look at a dozen of them for each that it gives.
 */
class Lane {
  /** In order from `#from` on; before it are those that were given. */
  #list: (TaskState | undefined)[] = [];
  #from = 0;
  /** A binary heap of those that came later than their place. */
  readonly #heap: TaskState[] = [];

  get isEmpty(): boolean {
    return this.#heap.length === 0 && this.#from === this.#list.length;
  }

  get first(): TaskState | undefined {
    return this.#isListNext() ? this.#list[this.#from] : this.#heap[0];
  }

  push(task: TaskState): void {
    // None when the last one was given, too.
    const last = this.#list.at(-1);
    if (last === undefined || runsBefore(last, task)) this.#list.push(task);
    else pushInto(this.#heap, task);
  }

  pop(): TaskState | undefined {
    return this.#isListNext() ? this.#shift() : popFrom(this.#heap);
  }

  #isListNext(): boolean {
    const listed = this.#list[this.#from];
    const other = this.#heap[0];
    return listed !== undefined && (other === undefined || runsBefore(listed, other));
  }

  #shift(): TaskState | undefined {
    const task = this.#list[this.#from];
    // Nothing is held longer than it is needed.
    this.#list[this.#from++] = undefined;
    if (this.#from >= 1024 && this.#from * 2 >= this.#list.length) {
      this.#list = this.#list.slice(this.#from);
      this.#from = 0;
    }
    return task;
  }
}

/**
 * The tasks that could run now, the next one first: higher priority, then the client that has the
 * fewest slots, of these the one that has waited longest for a turn, then the static order.
 */
export class ReadyQueue {
  readonly #lanes = new Map<ClientState, Lane>();
  #size = 0;

  /** How many there are, those that have left the state since included. */
  get size(): number {
    return this.#size;
  }

  push(task: TaskState): void {
    let lane = this.#lanes.get(task.client);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(task.client, lane);
    }
    lane.push(task);
    this.#size++;
  }

  pop(): TaskState | undefined {
    const lane = this.#nextLane();
    const task = lane?.pop();
    if (task === undefined) return undefined;
    this.#size--;
    // The last one stays: a chain would make a lane for each of its tasks.
    if (lane?.isEmpty === true && this.#lanes.size > 1) this.#lanes.delete(task.client);
    return task;
  }

  #nextLane(): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (best === undefined || isServedBefore(lane.first, best.first)) best = lane;
    }
    return best;
  }
}

/** Tells whether the client of `a` is served before that of `b`. */
function isServedBefore(a: TaskState | undefined, b: TaskState | undefined): boolean {
  if (a === undefined || b === undefined) return b === undefined;
  if (a.priority !== b.priority) return a.priority > b.priority;
  const [mine, theirs] = [a.client.load, b.client.load];
  return mine.slots === theirs.slots
    ? mine.lastStart < theirs.lastStart
    : mine.slots < theirs.slots;
}

/** Tells whether `a` is to run before `b`: higher priority first, then the static order. */
function runsBefore(a: TaskState, b: TaskState): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority > b.priority;
}

function pushInto(heap: TaskState[], task: TaskState): void {
  let place = heap.length;
  heap.push(task);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const other = heap[above];
    if (other === undefined || !runsBefore(task, other)) break;
    heap[place] = other;
    place = above;
  }
  heap[place] = task;
}

function popFrom(heap: TaskState[]): TaskState | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    let smaller = heap[below];
    if (smaller === undefined) break;
    const other = heap[below + 1];
    if (other !== undefined && runsBefore(other, smaller)) {
      smaller = other;
      below++;
    }
    if (!runsBefore(smaller, last)) break;
    heap[place] = smaller;
    place = below;
  }
  heap[place] = last;
  return first;
}
