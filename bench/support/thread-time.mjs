import { readFileSync } from "node:fs";

/**
 * Microseconds of CPU time that this thread has spent; NaN where neither Node nor the system says.
 * Linux counts those of `/proc` in steps of a few milliseconds: measure much more than that.
 */
export function threadTime() {
  if (typeof process.threadCpuUsage === "function") {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  }
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1000;
  } catch {
    return Number.NaN;
  }
}
