import { currentAnnotations } from "./annotate.js";
import { checkFunction } from "./check-function.js";
import type { FuturableArgs } from "./futurable.js";
import { checkKey } from "./key.js";
import { Reference } from "./reference.js";
import {
  checkTaskOptions,
  mergeTaskOptions,
  noTaskOptions,
  type TaskOptions,
} from "./task-options.js";
import type { TaskFunction } from "./task-state.js";

/** A call that has not been made: what a client computes. */
export class Delayed<T> extends Reference {
  /** The function that will be called. */
  readonly fn: TaskFunction;
  /** Its arguments, references in them. */
  readonly args: readonly unknown[];
  /** What it was made with, options of `annotate` around it included. */
  readonly options: TaskOptions;
  /** Only a type: the result. */
  declare readonly type?: T;

  /** @internal */
  constructor(fn: TaskFunction, args: readonly unknown[], options: TaskOptions) {
    super();
    this.fn = fn;
    this.args = args;
    this.options = options;
  }
}

/**
 * Wraps a function so that calling it notes the call instead of making it. Arguments may be or hold
 * delayed values and futures, at any depth of arrays, plain objects, Map and Set.
 *
 * @param options - for the tasks of this function; a `key` fits one call only.
 * @throws {@link TaskprovError} `ERR_OPTION` when `fn` is not a function or an option does not fit.
 * @example
 * const total = delayed(sum)([delayed(inc)(1), delayed(inc)(2)]);
 * await client.compute(total).result(); // 5
 */
export function delayed<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: TaskOptions = noTaskOptions,
): (...args: FuturableArgs<A>) => Delayed<Awaited<R>> {
  checkFunction(fn, "delayed");
  checkTaskOptions(options, "delayed");
  if (options.key !== undefined) checkKey(options.key);
  return (...args) =>
    new Delayed<Awaited<R>>(
      fn,
      args,
      mergeTaskOptions(currentAnnotations.getStore() ?? noTaskOptions, options),
    );
}
