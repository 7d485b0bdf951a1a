import type { WorkerInfo } from "../scheduler-plugin.js";
import type { ThreadUsage } from "./thread-gauge.js";
import { threadUsages, watchThreads } from "./thread-meters.js";

/** What a worker thread used since the last look. */
export interface ThreadShare {
  readonly worker: WorkerInfo;
  /** Percent of one processor. Elsewhere than on Linux: the same as `loop`. */
  readonly cpu: number;
  /** How busy its event loop was, in percent: 100 for a function that computes without a pause. */
  readonly loop: number;
  /** JavaScript heap and buffers in bytes; absent before the thread could look. */
  readonly memory?: number;
}

/** Measures all worker threads of this process from one look to the next. */
export class ThreadShares {
  readonly #stop: () => void;
  #last = threadUsages();
  #time = performance.now();

  /** @param seconds - between two looks. */
  constructor(seconds: number) {
    this.#stop = watchThreads(seconds);
  }

  /** What the threads used since the last look; a new one since it began. */
  take(): ThreadShare[] {
    const now = performance.now();
    const usages = threadUsages();
    const shares = Array.from(usages, ([worker, usage]) =>
      shareOf(worker, usage, this.#last.get(worker), now - this.#time),
    );
    this.#last = usages;
    this.#time = now;
    return shares;
  }

  /** Threads need not look any more. */
  close(): void {
    this.#stop();
  }
}

function shareOf(
  worker: WorkerInfo,
  usage: ThreadUsage,
  last: ThreadUsage | undefined,
  milliseconds: number,
): ThreadShare {
  const { active, idle } = usage.loop;
  const busy = active - (last?.loop.active ?? 0);
  const span = busy + idle - (last?.loop.idle ?? 0);
  const loop = span <= 0 ? 0 : percent(busy / span);
  const seconds =
    usage.cpuSeconds === undefined ? undefined : usage.cpuSeconds - (last?.cpuSeconds ?? 0);
  // A thread younger than the last look, which took its processor time in less than that.
  const over = last === undefined ? Math.min(milliseconds, Math.max(span, 1)) : milliseconds;
  const cpu = seconds === undefined ? loop : percent((1000 * seconds) / Math.max(over, 1));
  return {
    worker,
    cpu,
    loop,
    ...(usage.memoryBytes !== undefined && { memory: usage.memoryBytes }),
  };
}

/** The figures of a thread come one after the other, so that a share may seem to pass the whole. */
function percent(share: number): number {
  return Math.min(100, Math.max(0, 100 * share));
}
