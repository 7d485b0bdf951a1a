import type { Scheduler } from "./scheduler.js";

/** Weak: a cluster that was dropped without being closed must not live on because of this list. */
const open = new Set<WeakRef<Scheduler>>();
const listeners = new Set<(scheduler: Scheduler) => void>();

/** Called by a scheduler that is ready for plugins. */
export function schedulerOpened(scheduler: Scheduler): void {
  for (const reference of open) {
    const status = reference.deref()?.status;
    if (status === undefined || status === "closed") open.delete(reference);
  }
  open.add(new WeakRef(scheduler));
  for (const listener of listeners) listener(scheduler);
}

/** The schedulers of this process that take plugins. */
export function openSchedulers(): Scheduler[] {
  return Array.from(open, (reference) => reference.deref()).filter(
    (scheduler): scheduler is Scheduler => scheduler?.status === "running",
  );
}

/**
 * Tells of every scheduler that opens from now on.
 *
 * @returns a function that ends it.
 */
export function onSchedulerOpened(listener: (scheduler: Scheduler) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
