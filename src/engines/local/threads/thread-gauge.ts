import { readFileSync, readlinkSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import type { Worker } from "node:worker_threads";

/** Numbers that a thread and its owner share, so that they can be read while a task is computing. */
const slots = { intervalMilliseconds: 0, memoryKibibytes: 1, systemThread: 2 } as const;

/** What a worker thread used so far. What cannot be measured is absent. */
export interface ThreadUsage {
  /** Processor time since the thread began, in seconds; Linux only. */
  readonly cpuSeconds?: number;
  /** JavaScript heap and buffers of the thread in bytes, when it last had a moment to look. */
  readonly memoryBytes?: number;
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>;
}

/** Makes what a thread is given to write into. */
export function createGauge(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * Object.keys(slots).length));
}

/** Asks the thread to look at its memory at intervals; 0: not at all. */
export function setGaugeInterval(gauge: Int32Array, milliseconds: number): void {
  Atomics.store(gauge, slots.intervalMilliseconds, Math.ceil(milliseconds));
}

/** Reads what a thread used; called by its owner. */
export function readUsage(gauge: Int32Array, worker: Worker): ThreadUsage {
  const cpuSeconds = secondsOf(Atomics.load(gauge, slots.systemThread));
  const kibibytes = Atomics.load(gauge, slots.memoryKibibytes);
  return {
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    ...(kibibytes > 0 && { memoryBytes: kibibytes * 1024 }),
    loop: worker.performance.eventLoopUtilization(),
  };
}

/** Linux keeps the nanoseconds of each thread; elsewhere nobody can ask for those of another one. */
function secondsOf(systemThread: number): number | undefined {
  if (systemThread === 0) return undefined;
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${systemThread}/schedstat`, "utf8").split(
      " ",
    );
    return Number(nanoseconds) / 1e9;
  } catch {
    // The thread has ended, or this kernel keeps no such figures.
    return undefined;
  }
}

/** Called by the thread when it begins. */
export function announceThread(gauge: Int32Array): void {
  noteMemory(gauge);
  try {
    const number = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (Number.isInteger(number)) Atomics.store(gauge, slots.systemThread, number);
  } catch {
    // Not Linux: how busy the event loop is has to do.
  }
}

/** Called by the thread before and after a function: looks at its memory while its owner wants it. */
export function watchMemory(gauge: Int32Array): void {
  const milliseconds = Atomics.load(gauge, slots.intervalMilliseconds);
  if (milliseconds === 0) return;
  noteMemory(gauge);
  if (timers.has(gauge)) return;
  const timer = setInterval(() => {
    if (Atomics.load(gauge, slots.intervalMilliseconds) === milliseconds) {
      noteMemory(gauge);
      return;
    }
    clearInterval(timer);
    timers.delete(gauge);
  }, milliseconds).unref();
  timers.add(gauge);
}

const timers = new WeakSet<Int32Array>();

function noteMemory(gauge: Int32Array): void {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  Atomics.store(gauge, slots.memoryKibibytes, Math.ceil((heap + buffers) / 1024));
}
