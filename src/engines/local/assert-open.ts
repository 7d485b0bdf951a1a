import { TaskprovError } from "../../base/errors.js";
import type { Scheduler } from "./scheduler.js";

/**
 * Checks that a scheduler still takes wishes.
 *
 * @param wish - completes "Cannot …".
 * @throws {@link TaskprovError} `ERR_CLOSED`
 */
export function assertOpen(scheduler: Scheduler, wish: string): void {
  const { status } = scheduler;
  if (status === "running") return;
  throw new TaskprovError(
    "ERR_CLOSED",
    `Cannot ${wish}: the cluster is ${status}. Make a new LocalCluster or Client.`,
  );
}
