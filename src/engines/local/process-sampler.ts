import type { EpochSeconds } from "../../base/clock.js";
import type { SampleEvent } from "../../events/task-event.js";

/** When samples are taken, and where they go. */
export interface ProcessSamplerOptions {
  readonly seconds: number;
  readonly now: () => EpochSeconds;
  readonly append: (event: SampleEvent) => void;
}

/**
 * Samples this process, worker threads included, at once and then at intervals: memory, processor,
 * and how busy and how late the main thread's event loop is. A synchronous task leaves the timer
 * no turn; the delay of the next sample says for how long.
 *
 * @returns takes a last sample and ends it.
 */
export function sampleProcess({ seconds, now, append }: ProcessSamplerOptions): () => void {
  let cpu = process.cpuUsage();
  let loop = performance.eventLoopUtilization();
  let at = performance.now();
  const take = (isDue: boolean): void => {
    const elapsed = performance.now() - at;
    const { user, system } = process.cpuUsage(cpu);
    const current = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(current, loop).utilization;
    append({
      type: "sample",
      time: now(),
      worker: null,
      memory: { process: process.memoryUsage.rss() },
      ...(elapsed > 1 && {
        cpu: Math.round((user + system) / elapsed) / 10,
        busy: Math.round(1e4 * busy) / 1e4,
      }),
      ...(isDue && { delay: Math.max(0, elapsed / 1000 - seconds) }),
    });
    cpu = process.cpuUsage();
    loop = current;
    at += elapsed;
  };
  take(false);
  const timer = setInterval(() => take(true), seconds * 1000).unref();
  return () => {
    clearInterval(timer);
    take(false);
  };
}
