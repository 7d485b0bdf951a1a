import { checkFunction } from "./check-function.js";
import type { FuturableArgs } from "./futurable.js";
import type { TaskFunction } from "./task-state.js";

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
