import { TaskprovError } from "../base/errors.js";
import { onSchedulerOpened, openSchedulers } from "../engines/local/open-schedulers.js";
import type { Scheduler } from "../engines/local/scheduler.js";
import type { BaseCallback } from "./base-callback.js";
import { ComputationWatch } from "./computation-watch.js";

const active = new Set<BaseCallback>();
const watches = new Map<Scheduler, ComputationWatch>();
let stopListening: (() => void) | undefined;

/** The callbacks that hear of every computation in this process. */
export function activeCallbacks(): ReadonlySet<BaseCallback> {
  return active;
}

/** Has a callback hear of every computation of this process. */
export function activate(callback: BaseCallback): void {
  active.add(callback);
  for (const watch of watches.values()) watch.add(callback);
  for (const scheduler of openSchedulers()) watchScheduler(scheduler);
  stopListening ??= onSchedulerOpened(watchScheduler);
}

/**
 * Ends {@link activate}.
 *
 * @throws {@link TaskprovError} `ERR_USAGE` when the callback is not active.
 */
export function deactivate(callback: BaseCallback): void {
  if (!active.delete(callback)) {
    throw new TaskprovError(
      "ERR_USAGE",
      "This callback is not registered: it was never, was unregistered already, or was removed because it threw.",
    );
  }
  leave(callback);
}

function leave(callback: BaseCallback): void {
  for (const watch of watches.values()) watch.remove(callback);
  if (active.size > 0) return;
  stopListening?.();
  stopListening = undefined;
  for (const [scheduler, watch] of watches) scheduler.unregisterPlugin(watch.name);
  watches.clear();
}

function watchScheduler(scheduler: Scheduler): void {
  if (watches.has(scheduler)) return;
  const watch = new ComputationWatch(active, {
    removed: (callback) => {
      if (active.delete(callback)) leave(callback);
    },
    closed: () => watches.delete(scheduler),
  });
  watches.set(scheduler, watch);
  scheduler.registerPlugin(watch);
}
