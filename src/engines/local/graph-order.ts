import { type TaskState, unordered } from "./task-state.js";

/**
 * Gives new tasks their place in the static order: depth first, so that a result is consumed soon
 * after it was made and memory is freed early; otherwise in the order of submission. In the spirit
 * of `dask.order`, in linear time and without recursion.
 *
 * Two rules. The inputs of a task are finished one after the other, first the one whose own inputs
 * take the most room (Sethi and Ullman's numbering). And whatever is ready and the last to need
 * one of its inputs runs at once: it frees at least as many results as it makes.
 *
 * @param batch - tasks without a place, in the order of submission.
 * @param first - the place of the first one.
 * @returns the place after the last one.
 */
export function assignOrder(batch: readonly TaskState[], first: number): number {
  const linked = batch.some((task) => task.dependencies.length > 0);
  const places = linked ? new Ordering(inputsIn(batch)).run() : undefined;
  for (const [index, task] of batch.entries()) task.order = first + (places?.[index] ?? index);
  return first + batch.length;
}

/** For each task of a batch its inputs; those outside the batch do not count. */
function inputsIn(batch: readonly TaskState[]): Links {
  // While nobody has a place yet, it holds the number in the batch.
  for (const [index, task] of batch.entries()) task.order = unordered - index;
  const starts = new Int32Array(batch.length + 1);
  const ends: number[] = [];
  for (const [index, task] of batch.entries()) {
    for (const input of task.dependencies) {
      const number = unordered - input.order;
      if (batch[number] === input) ends.push(number);
    }
    starts[index + 1] = ends.length;
  }
  return new Links(starts, Int32Array.from(ends));
}

/** For each of some numbers a list of numbers: all of them in two arrays, however many there are. */
class Links {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(starts: Int32Array, ends: Int32Array) {
    this.#starts = starts;
    this.#ends = ends;
  }

  /** Of how many numbers. */
  get size(): number {
    return this.#starts.length - 1;
  }

  count(from: number): number {
    return this.#start(from + 1) - this.#start(from);
  }

  at(from: number, index: number): number {
    return this.#ends[this.#start(from) + index] ?? -1;
  }

  sort(from: number, compare: (a: number, b: number) => number): void {
    this.#ends.subarray(this.#start(from), this.#start(from + 1)).sort(compare);
  }

  /** How many each number has. */
  counts(): Int32Array {
    return this.#starts.subarray(1).map((end, from) => end - this.#start(from));
  }

  /** The same links seen from the other end. */
  reversed(): Links {
    const starts = new Int32Array(this.size + 1);
    for (const to of this.#ends) starts[to + 1] = (starts[to + 1] ?? 0) + 1;
    for (let to = 1; to <= this.size; to++) starts[to] = (starts[to] ?? 0) + (starts[to - 1] ?? 0);
    const next = starts.slice();
    const ends = new Int32Array(this.#ends.length);
    for (let from = 0; from < this.size; from++) {
      const count = this.count(from);
      for (let index = 0; index < count; index++) {
        const to = this.at(from, index);
        const place = next[to] ?? 0;
        ends[place] = from;
        next[to] = place + 1;
      }
    }
    return new Links(starts, ends);
  }

  #start(from: number): number {
    return this.#starts[from] ?? 0;
  }
}

/** Works on numbers in the batch: tasks lie all over the memory. */
class Ordering {
  readonly #inputs: Links;
  readonly #consumers: Links;
  readonly #places: Int32Array;
  readonly #unplacedInputs: Int32Array;
  readonly #unplacedConsumers: Int32Array;
  #next = 0;

  constructor(inputs: Links) {
    this.#inputs = inputs;
    this.#consumers = inputs.reversed();
    this.#places = new Int32Array(inputs.size).fill(unordered);
    this.#unplacedInputs = inputs.counts();
    this.#unplacedConsumers = this.#consumers.counts();
  }

  /** @returns for each number its place. */
  run(): Int32Array {
    this.#sortInputs();
    for (let task = 0; task < this.#inputs.size; task++) {
      if (this.#consumers.count(task) === 0) this.#descend(task);
    }
    return this.#places;
  }

  /** From the leaves up: how much room each task takes, and its inputs in that order. */
  #sortInputs(): void {
    const open = this.#inputs.counts();
    /** Results that have to be held at once to compute the task. */
    const room = new Float64Array(open.length);
    const stack: number[] = [];
    for (const [task, count] of open.entries()) if (count === 0) stack.push(task);
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      room[task] = this.#roomOf(task, room);
      for (let index = 0; index < this.#consumers.count(task); index++) {
        const consumer = this.#consumers.at(task, index);
        const left = (open[consumer] ?? 0) - 1;
        open[consumer] = left;
        if (left === 0) stack.push(consumer);
      }
    }
  }

  /** Sorts the inputs of a task whose room is known, and tells how much the task takes. */
  #roomOf(task: number, room: Float64Array): number {
    const count = this.#inputs.count(task);
    let most = 0;
    let equal = true;
    for (let index = 0; index < count; index++) {
      const own = room[this.#inputs.at(task, index)] ?? 0;
      equal &&= own === most || most === 0;
      most = Math.max(most, own);
    }
    if (equal) {
      most += Math.max(0, count - 1);
    } else {
      this.#inputs.sort(task, (a, b) => (room[b] ?? 0) - (room[a] ?? 0));
      for (let held = 0; held < count; held++) {
        most = Math.max(most, (room[this.#inputs.at(task, held)] ?? 0) + held);
      }
    }
    // The inputs are still there when the result is.
    return Math.max(most, count + 1);
  }

  /** Places everything below a task, then the task. */
  #descend(output: number): void {
    const path: number[] = [output];
    const steps: number[] = [0];
    for (let task = path.at(-1); task !== undefined; task = path.at(-1)) {
      const step = steps.at(-1) ?? 0;
      if (!this.#isPlaced(task) && step < this.#inputs.count(task)) {
        steps[steps.length - 1] = step + 1;
        const input = this.#inputs.at(task, step);
        if (!this.#isPlaced(input)) {
          path.push(input);
          steps.push(0);
        }
      } else {
        this.#place(task);
        path.pop();
        steps.pop();
      }
    }
  }

  /** Places a task, then whatever has become worth running at once. */
  #place(task: number): void {
    const stack = [task];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (this.#isPlaced(next)) continue;
      this.#places[next] = this.#next++;
      const consumers = this.#consumers.count(next);
      for (let index = 0; index < consumers; index++) {
        const consumer = this.#consumers.at(next, index);
        this.#unplacedInputs[consumer] = (this.#unplacedInputs[consumer] ?? 0) - 1;
      }
      for (let index = 0; index < this.#inputs.count(next); index++) {
        const input = this.#inputs.at(next, index);
        const left = (this.#unplacedConsumers[input] ?? 0) - 1;
        this.#unplacedConsumers[input] = left;
        const last = left === 1 ? this.#unplacedConsumerOf(input) : undefined;
        if (last !== undefined && this.#isReady(last)) stack.push(last);
      }
      for (let index = 0; index < consumers; index++) {
        const consumer = this.#consumers.at(next, index);
        if (this.#isReady(consumer) && this.#frees(consumer)) stack.push(consumer);
      }
    }
  }

  #unplacedConsumerOf(input: number): number | undefined {
    for (let index = 0; index < this.#consumers.count(input); index++) {
      const consumer = this.#consumers.at(input, index);
      if (!this.#isPlaced(consumer)) return consumer;
    }
    return undefined;
  }

  #isPlaced(task: number): boolean {
    return this.#places[task] !== unordered;
  }

  #isReady(task: number): boolean {
    return this.#unplacedInputs[task] === 0;
  }

  #frees(task: number): boolean {
    for (let index = 0; index < this.#inputs.count(task); index++) {
      if (this.#unplacedConsumers[this.#inputs.at(task, index)] === 1) return true;
    }
    return false;
  }
}
