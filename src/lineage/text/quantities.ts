/** A duration: `850 µs`, `1.2 ms`, `34.5 s`, `2 min 5 s`, `3 h 12 min`. @param seconds - 0 or more. */
export function durationText(seconds: number): string {
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${digits(seconds * 1000)} ms`;
  if (seconds < 60) return `${digits(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** A size: `12 B`, `1.2 kB`, `34.5 MB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB", "TB"]) {
    if (value < 1000 || unit === "TB") return `${unit === "B" ? value : digits(value)} ${unit}`;
    value /= 1000;
  }
  return `${bytes} B`;
}

/** A number with separators: `1,000,000`. */
export function countText(count: number): string {
  return count.toLocaleString("en");
}

/** `1 task`, `2 tasks`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
