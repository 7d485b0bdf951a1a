import { checkFunction } from "./delayed.js";
import type { FuturableArgs } from "./futurable.js";
import { checkKey } from "./key.js";
import { Reference } from "./reference.js";
import type { Key } from "./scheduler-plugin.js";
import type { TaskFunction } from "./task-state.js";

/** The result of another key, in a graph for `get` or in the arguments of a submission. */
export class Ref extends Reference {
  /** Private so that a future, which has a key as well, is no `Ref` to the compiler. */
  readonly #key: Key;

  /** @internal */
  constructor(key: Key) {
    super();
    this.#key = key;
  }

  get key(): Key {
    return this.#key;
  }
}

/**
 * Stands for the result of a key.
 *
 * @throws {@link TaskprovError} `ERR_KEY` when it is not a key.
 */
export function ref(key: Key): Ref {
  return new Ref(checkKey(key));
}

/** A call as a value of a graph. */
export class TaskNode {
  readonly fn: TaskFunction;
  readonly args: readonly unknown[];

  /** @internal */
  constructor(fn: TaskFunction, args: readonly unknown[]) {
    this.fn = fn;
    this.args = args;
  }
}

/**
 * A call as a value of a graph for `get`.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` when `fn` is not a function.
 * @example
 * await client.get(new Map([["x", 1], ["y", task(inc, ref("x"))]]), "y"); // 2
 */
export function task<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  ...args: FuturableArgs<A>
): TaskNode {
  checkFunction(fn, "task");
  return new TaskNode(fn, args);
}
