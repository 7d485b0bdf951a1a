import type { WorkerInfo } from "../scheduler-plugin.js";
import { setGaugeInterval, type ThreadUsage } from "./thread-gauge.js";

/** A worker thread of this process that can be measured. */
interface ThreadMeter {
  readonly gauge: Int32Array;
  readonly read: () => ThreadUsage;
}

const meters = new Map<WorkerInfo, ThreadMeter>();
/** In milliseconds, of everybody who wants figures. */
const wanted = new Map<symbol, number>();

/** Called when a thread is made. */
export function addMeter(worker: WorkerInfo, meter: ThreadMeter): void {
  meters.set(worker, meter);
  setGaugeInterval(meter.gauge, shortest());
}

/** Called when a thread ends. */
export function removeMeter(worker: WorkerInfo): void {
  meters.delete(worker);
}

/**
 * Has the worker threads of this process look at their memory from now on, which they can do
 * between and while awaiting functions.
 *
 * @returns a function that ends it.
 */
export function watchThreads(seconds: number): () => void {
  const watcher = Symbol("watcher");
  wanted.set(watcher, seconds * 1000);
  tell();
  return () => {
    if (wanted.delete(watcher)) tell();
  };
}

/** What each worker thread of this process used so far; those that start just now are left out. */
export function threadUsages(): ReadonlyMap<WorkerInfo, ThreadUsage> {
  return new Map(Array.from(meters, ([worker, meter]) => [worker, meter.read()]));
}

function tell(): void {
  for (const { gauge } of meters.values()) setGaugeInterval(gauge, shortest());
}

function shortest(): number {
  return wanted.size === 0 ? 0 : Math.min(...wanted.values());
}
