import type { EpochSeconds } from "../../base/clock.js";
import type { SampleEvent } from "../../events/telemetry-event.js";
import type { WorkerInfo } from "./scheduler-plugin.js";
import { type ThreadShare, ThreadShares } from "./threads/thread-shares.js";

/** When samples are taken, and where they go. */
export interface ProcessSamplerOptions {
  readonly seconds: number;
  readonly now: () => EpochSeconds;
  readonly append: (event: SampleEvent) => void;
  /** The number of a worker in the record; undefined for one of another cluster. */
  readonly numberOf: (worker: WorkerInfo) => number | undefined;
}

/**
 * Samples this process, worker threads included, at once and then at intervals: memory, processor,
 * and how busy and how late the main thread's event loop is; and each worker thread of its own. A synchronous task leaves the timer
 * no turn; the delay of the next sample says for how long.
 *
 * @returns takes a last sample and ends it.
 */
export function sampleProcess(options: ProcessSamplerOptions): () => void {
  const { seconds, now, append, numberOf } = options;
  const threads = new ThreadShares(seconds);
  let cpu = process.cpuUsage();
  let loop = performance.eventLoopUtilization();
  let at = performance.now();
  const take = (isDue: boolean): void => {
    const elapsed = performance.now() - at;
    const time = now();
    const { user, system } = process.cpuUsage(cpu);
    const current = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(current, loop).utilization;
    append({
      type: "sample",
      time,
      worker: null,
      memory: { process: process.memoryUsage.rss() },
      ...(elapsed > 1 && {
        cpu: Math.round((user + system) / elapsed) / 10,
        busy: Math.round(1e4 * busy) / 1e4,
      }),
      ...(isDue && { delay: Math.max(0, elapsed / 1000 - seconds) }),
    });
    for (const share of elapsed > 1 ? threads.take() : []) {
      const worker = numberOf(share.worker);
      if (worker !== undefined) append(threadSample(share, time, worker));
    }
    cpu = process.cpuUsage();
    loop = current;
    at += elapsed;
  };
  take(false);
  const timer = setInterval(() => take(true), seconds * 1000).unref();
  return () => {
    clearInterval(timer);
    take(false);
    threads.close();
  };
}

function threadSample(share: ThreadShare, time: EpochSeconds, worker: number): SampleEvent {
  return {
    type: "sample",
    time,
    worker,
    cpu: Math.round(share.cpu * 10) / 10,
    busy: Math.round(share.loop * 100) / 1e4,
    ...(share.memory !== undefined && { memory: { process: share.memory } }),
  };
}
