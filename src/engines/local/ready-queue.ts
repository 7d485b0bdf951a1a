import type { TaskState } from "./task-state.js";

/** Tells whether `a` is to run before `b`: higher priority first, then the static order. */
function runsBefore(a: TaskState, b: TaskState): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority > b.priority;
}

/** The tasks that could run now, the next one first: a binary heap. */
export class ReadyQueue {
  readonly #heap: TaskState[] = [];

  /** How many there are, those that have left the state since included. */
  get size(): number {
    return this.#heap.length;
  }

  push(task: TaskState): void {
    const heap = this.#heap;
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

  pop(): TaskState | undefined {
    const heap = this.#heap;
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
}
