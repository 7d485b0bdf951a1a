/**
 * A duration as Dask's progress bar writes it: `414.14 us`, `1.23 ms`, `17.10 s`, `20m 34s`,
 * `3hr 25m`, `14d 6hr`.
 *
 * @param seconds - 0 or more.
 */
export function formatDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (seconds > 2 * 86_400) {
    return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}hr`;
  }
  if (seconds > 2 * 3600) {
    return `${Math.floor(whole / 3600)}hr ${Math.floor((whole % 3600) / 60)}m`;
  }
  if (seconds > 600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(2)} ms`;
  return `${(seconds * 1e6).toFixed(2)} us`;
}
