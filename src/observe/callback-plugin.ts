import type { SchedulerPlugin } from "../engines/local/scheduler-plugin.js";
import type { BaseCallback } from "./base-callback.js";
import { ComputationWatch } from "./computation-watch.js";

/**
 * Callbacks as a plugin, so that they hear of the computations of one client's scheduler only.
 *
 * @example
 * ```ts
 * client.registerPlugin(callbackPlugin(new ProgressBar()));
 * ```
 */
export function callbackPlugin(...callbacks: readonly BaseCallback[]): SchedulerPlugin {
  return new ComputationWatch(callbacks);
}
