import { functionName } from "../engines/local/function-name.js";
import { keyId } from "../engines/local/key.js";
import type { GraphUpdateTask, Key } from "../engines/local/scheduler-plugin.js";
import type { ObservedState, ObservedTask } from "./observed-task.js";

/** Its state is changed by its computation only. */
export class TableTask implements ObservedTask {
  readonly key: Key;
  readonly group: string;
  declare readonly name?: string;
  readonly dependencies: readonly Key[];
  state: ObservedState = "waiting";

  constructor({ key, group, dependencies }: GraphUpdateTask, name: string | undefined) {
    this.key = key;
    this.group = group;
    this.dependencies = dependencies;
    if (name !== undefined) this.name = name;
  }
}

/** A task of a graph that callbacks are told of. */
export function taskOf(
  graph: ReadonlyMap<string, ObservedTask>,
  key: Key,
): ObservedTask | undefined {
  return graph instanceof TaskTable ? graph.find(key) : graph.get(keyId(key));
}

/**
 * The tasks of a computation by number, and for who asks by the text of their key: a table of keys
 * costs more than all else that observing a small task takes, and few ask for another task than the
 * one they are told of.
 */
export class TaskTable implements ReadonlyMap<string, ObservedTask> {
  /** In the order they came. */
  readonly #tasks: TableTask[] = [];
  /** In it, and yet of the computation no more. */
  readonly #left = new Set<ObservedTask>();
  /** From this number on; sparse when tasks came that belong to no computation. */
  readonly #numbered: (TableTask | undefined)[] = [];
  readonly #first: number;
  #index: Map<string, TableTask> | undefined;
  #mayReturn = false;
  #current: TableTask | undefined;
  #function: GraphUpdateTask["fn"];
  #name = "";

  /** @param first - no task has a smaller number. */
  constructor(first: number) {
    this.#first = first;
  }

  /** The task of a number; who asks for its key next gets it at once. */
  at(number: number): TableTask | undefined {
    const place = number - this.#first;
    if (place < 0 || place >= this.#numbered.length) return undefined;
    const task = this.#numbered[place];
    this.#current = task;
    return task;
  }

  /** @returns the task of that key that was there, and is not any more. */
  add(update: GraphUpdateTask): TableTask | undefined {
    const task = new TableTask(update, this.#nameOf(update.fn));
    const replaced = this.#replace(task);
    this.#tasks.push(task);
    this.#numbered[update.number - this.#first] = task;
    return replaced;
  }

  #replace(task: TableTask): TableTask | undefined {
    // The scheduler knows no key twice, unless it had forgotten it.
    if (this.#index === undefined && !this.#mayReturn) return undefined;
    const index = this.#indexed();
    const id = keyId(task.key);
    const known = index.get(id);
    index.set(id, task);
    if (known === undefined) return undefined;
    this.#left.add(known);
    this.#current = undefined;
    return known;
  }

  #nameOf(fn: GraphUpdateTask["fn"]): string | undefined {
    if (fn === undefined) return undefined;
    // Most often it is the one of the task before.
    if (fn !== this.#function) {
      this.#function = fn;
      this.#name = functionName(fn);
    }
    return this.#name;
  }

  /** The scheduler forgets the key of a task, so that it may come again. */
  forget(): void {
    this.#mayReturn = true;
  }

  /** A task belongs to the computation no more. */
  drop(number: number): void {
    const task = this.at(number);
    if (task === undefined) return;
    this.#numbered[number - this.#first] = undefined;
    this.#left.add(task);
    this.#index?.delete(keyId(task.key));
    this.#current = undefined;
  }

  /** Without the text of the key, where it is that of the task that was asked for last. */
  find(key: Key): ObservedTask | undefined {
    return this.#current?.key === key ? this.#current : this.get(keyId(key));
  }

  get(id: string): ObservedTask | undefined {
    const current = this.#current;
    if (current !== undefined && keyId(current.key) === id) return current;
    return this.#indexed().get(id);
  }

  #indexed(): Map<string, TableTask> {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (const task of this.values()) this.#index.set(keyId(task.key), task);
    }
    return this.#index;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  get size(): number {
    return this.#tasks.length - this.#left.size;
  }

  *values(): MapIterator<TableTask> {
    for (const task of this.#tasks) if (!this.#left.has(task)) yield task;
  }

  *keys(): MapIterator<string> {
    for (const task of this.values()) yield keyId(task.key);
  }

  *entries(): MapIterator<[string, TableTask]> {
    for (const task of this.values()) yield [keyId(task.key), task];
  }

  [Symbol.iterator](): MapIterator<[string, TableTask]> {
    return this.entries();
  }

  forEach(
    call: (task: ObservedTask, id: string, graph: ReadonlyMap<string, ObservedTask>) => void,
    self?: unknown,
  ): void {
    for (const [id, task] of this) Reflect.apply(call, self, [task, id, this]);
  }
}
