import { activate, activeCallbacks, deactivate } from "./active-callbacks.js";
import { BaseCallback } from "./base-callback.js";

/**
 * Something that is told how computations of the embedded engine go, as Dask's `Callback`: give
 * functions, or write a subclass with the methods you need. What is not given costs nothing.
 *
 * A computation begins with the first task that a scheduler is given and ends when no task is
 * waiting for anything. What a callback throws is told once on stderr, and the callback is removed;
 * tasks never notice.
 *
 * @example
 * ```ts
 * const printKeys = new Callback({ pretask: (key) => console.log(key) });
 * await withCallbacks([printKeys], () => client.submit(add, 1, 2).result());
 * ```
 */
export class Callback extends BaseCallback {
  /** The callbacks that are active now, in the order they came. */
  static get active(): ReadonlySet<BaseCallback> {
    return activeCallbacks();
  }

  /** Makes it hear of every computation in this process from now on; twice is harmless. */
  register(): void {
    activate(this);
  }

  /**
   * Ends {@link register}. A computation that is going on is finished for it.
   *
   * @throws {@link TaskprovError} `ERR_USAGE` when it is not registered.
   */
  unregister(): void {
    deactivate(this);
  }
}
