import { TaskprovError } from "../base/errors.js";
import { activate, activeCallbacks, deactivate } from "./active-callbacks.js";
import { Callback } from "./callback.js";

/**
 * Runs a function with callbacks active for every computation of this process, and waits for it.
 * Profilers start anew; a callback that is active already stays so afterwards.
 *
 * @param callbacks - active from the call of `fn` until what it returns is settled.
 * @param fn - what to run; await the results inside.
 * @returns what `fn` returns.
 * @throws {@link TaskprovError} `ERR_OPTION` when something is no callback; and what `fn` throws.
 *
 * @example
 * ```ts
 * const profiler = new Profiler();
 * await withCallbacks([new ProgressBar(), profiler], () => client.gather(futures));
 * ```
 */
export async function withCallbacks<T>(
  callbacks: readonly Callback[],
  fn: () => T,
): Promise<Awaited<T>> {
  for (const callback of callbacks) {
    if (callback instanceof Callback) continue;
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected an array of callbacks such as new ProgressBar(), got ${typeof callback} in it.`,
    );
  }
  const added = callbacks.filter((callback) => !activeCallbacks().has(callback));
  for (const callback of callbacks) callback.enter();
  for (const callback of added) activate(callback);
  try {
    return await fn();
  } finally {
    for (const callback of added) if (activeCallbacks().has(callback)) deactivate(callback);
    for (const callback of callbacks) callback.exit();
  }
}
