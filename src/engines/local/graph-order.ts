import { membersOf } from "./small-set.js";
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
  let linked = false;
  for (const [index, task] of batch.entries()) {
    task.mark = index;
    linked ||= task.dependencies.length > 0;
  }
  if (!linked) {
    for (const [index, task] of batch.entries()) task.order = first + index;
    return first + batch.length;
  }
  return new Ordering(batch, first).run();
}

class Ordering {
  readonly #batch: readonly TaskState[];
  #next: number;
  /** By place in the batch; neighbours outside the batch do not count. */
  readonly #inputs: TaskState[][];
  readonly #consumers: TaskState[][];
  readonly #unplacedInputs: Int32Array;
  readonly #unplacedConsumers: Int32Array;
  /** Results that have to be held at once to compute the task. */
  readonly #room: Float64Array;

  constructor(batch: readonly TaskState[], first: number) {
    const size = batch.length;
    this.#batch = batch;
    this.#next = first;
    this.#unplacedInputs = new Int32Array(size);
    this.#unplacedConsumers = new Int32Array(size);
    this.#room = new Float64Array(size);
    const inBatch = (task: TaskState): boolean => batch[task.mark] === task;
    this.#inputs = batch.map((task) => task.dependencies.filter(inBatch));
    this.#consumers = batch.map((task) => [...membersOf(task.dependents)].filter(inBatch));
    for (let index = 0; index < size; index++) {
      this.#unplacedInputs[index] = this.#inputs[index]?.length ?? 0;
      this.#unplacedConsumers[index] = this.#consumers[index]?.length ?? 0;
    }
  }

  run(): number {
    this.#sortInputs();
    for (const task of this.#batch) {
      if (this.#consumersOf(task).length === 0) this.#descend(task);
    }
    return this.#next;
  }

  #inputsOf(task: TaskState): readonly TaskState[] {
    return this.#inputs[task.mark] ?? [];
  }

  #consumersOf(task: TaskState): readonly TaskState[] {
    return this.#consumers[task.mark] ?? [];
  }

  /** From the leaves up: how much room each task takes, and its inputs in that order. */
  #sortInputs(): void {
    const room = this.#room;
    const open = Int32Array.from(this.#unplacedInputs);
    const stack = this.#batch.filter((task) => open[task.mark] === 0);
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      const inputs = this.#inputs[task.mark] ?? [];
      const roomOf = (input: TaskState): number => room[input.mark] ?? 0;
      let most = 0;
      let equal = true;
      for (const input of inputs) {
        equal &&= roomOf(input) === most || most === 0;
        most = Math.max(most, roomOf(input));
      }
      if (equal) {
        most += Math.max(0, inputs.length - 1);
      } else {
        inputs.sort((a, b) => roomOf(b) - roomOf(a));
        for (const [held, input] of inputs.entries()) most = Math.max(most, roomOf(input) + held);
      }
      // The inputs are still there when the result is.
      room[task.mark] = Math.max(most, inputs.length + 1);
      for (const consumer of this.#consumersOf(task)) {
        const left = (open[consumer.mark] ?? 0) - 1;
        open[consumer.mark] = left;
        if (left === 0) stack.push(consumer);
      }
    }
  }

  /** Places everything below a task, then the task. */
  #descend(output: TaskState): void {
    const path: TaskState[] = [output];
    const steps: number[] = [0];
    while (path.length > 0) {
      const task = path.at(-1);
      const step = steps.at(-1) ?? 0;
      if (task === undefined) return;
      const input = task.order === unordered ? this.#inputsOf(task)[step] : undefined;
      if (input !== undefined) {
        steps[steps.length - 1] = step + 1;
        if (input.order === unordered) {
          path.push(input);
          steps.push(0);
        }
      } else {
        if (task.order === unordered) this.#place(task);
        path.pop();
        steps.pop();
      }
    }
  }

  /** Places a task, then whatever has become worth running at once. */
  #place(task: TaskState): void {
    const stack = [task];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next.order !== unordered) continue;
      next.order = this.#next++;
      for (const consumer of this.#consumersOf(next)) {
        this.#unplacedInputs[consumer.mark] = (this.#unplacedInputs[consumer.mark] ?? 0) - 1;
      }
      for (const input of this.#inputsOf(next)) {
        const left = (this.#unplacedConsumers[input.mark] ?? 0) - 1;
        this.#unplacedConsumers[input.mark] = left;
        if (left !== 1) continue;
        const last = this.#consumersOf(input).find((consumer) => consumer.order === unordered);
        if (last !== undefined && this.#ready(last)) stack.push(last);
      }
      for (const consumer of this.#consumersOf(next)) {
        if (this.#ready(consumer) && this.#frees(consumer)) stack.push(consumer);
      }
    }
  }

  #ready(task: TaskState): boolean {
    return this.#unplacedInputs[task.mark] === 0;
  }

  #frees(task: TaskState): boolean {
    return this.#inputsOf(task).some((input) => this.#unplacedConsumers[input.mark] === 1);
  }
}
