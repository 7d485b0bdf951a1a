import { TaskprovError } from "../../base/errors.js";
import { checkOptions } from "../../base/options.js";
import type { FutureState } from "./future-state.js";
import { formatKey } from "./key.js";
import type { SchedulerCore } from "./scheduler-core.js";
import { secondsOrSignal } from "./task-options.js";

/** How long to wait. The tasks themselves are not touched. */
export interface WaitOptions {
  /** Seconds; afterwards the wait is rejected with `ERR_TIMEOUT`. Default: no limit. */
  readonly timeout?: number;
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** When a wait is over: all outcomes known, the first one, or a failure that makes it pointless. */
export type WaitUntil = "all" | "first" | "failure";

/**
 * Waits for outcomes, each named once. Inside a task the slot of the task is given back meanwhile.
 *
 * @throws {@link TaskprovError} `ERR_TIMEOUT` after `timeout`, the signal's reason when it aborts,
 * `ERR_OPTION`.
 */
export async function whenSettled(
  core: SchedulerCore,
  states: readonly FutureState[],
  until: WaitUntil,
  options: WaitOptions = {},
): Promise<void> {
  checkOptions(options, secondsOrSignal, "a wait");
  const pending = states.filter(isPending);
  // Counted, not kept in a Set: to take a hundred thousand out of one costs as much as to run them.
  let left = pending.length;
  const enough = (): boolean => left === 0 || (until === "first" && left < states.length);
  if (enough()) return;
  if (until === "failure" && states.some(isFailed)) return;
  core.secede();
  await new Promise<void>((resolve, reject) => {
    const { timeout, signal } = options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      if (left === 0) return;
      // Whoever has an outcome has told it, or is about to.
      for (const state of pending) if (isPending(state)) core.holds.unwatch(state, settled);
    };
    const settled = (state: FutureState): void => {
      left--;
      if (stopped || (!enough() && !(until === "failure" && isFailed(state)))) return;
      stop();
      resolve();
    };
    const aborted = (): void => {
      stop();
      reject(signal?.reason);
    };
    for (const state of pending) state.watch(settled);
    signal?.addEventListener("abort", aborted, { once: true });
    if (signal?.aborted === true) aborted();
    else if (timeout !== undefined) {
      timer = setTimeout(() => {
        stop();
        reject(tooLong(timeout, pending.filter(isPending)));
      }, timeout * 1000);
    }
  });
}

function isPending(state: FutureState): boolean {
  return state.status === "pending";
}

function isFailed(state: FutureState): boolean {
  return state.status === "error" || state.status === "cancelled";
}

function tooLong(seconds: number, pending: readonly FutureState[]): TaskprovError {
  const [state] = pending;
  const others = pending.length > 1 ? ` and ${pending.length - 1} more` : "";
  const which = state === undefined ? "" : ` ${formatKey(state.key)} (${state.task?.state})`;
  return new TaskprovError(
    "ERR_TIMEOUT",
    `Waited ${seconds} s for task${which}${others} without an outcome. The tasks go on; wait again, or cancel them.`,
  );
}

/** The outcome as a promise, the same one for everybody who asks. */
export function outcomeOf(core: SchedulerCore, state: FutureState): Promise<unknown> {
  if (state.status === "pending") core.secede();
  if (state.ended !== undefined) return Promise.reject(state.failure);
  state.promise ??= new Promise((resolve, reject) => {
    const settle = (): void => {
      if (state.status === "finished") resolve(state.task?.value);
      else reject(state.failure);
    };
    if (state.status === "pending") state.watch(settle);
    else settle();
  });
  return state.promise;
}
