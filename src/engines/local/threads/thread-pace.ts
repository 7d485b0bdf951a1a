import type { ThreadFunction } from "./worker-module.js";

/**
 * Seconds of work that a thread is given at most, what it does now included, while further tasks
 * are sent ahead. Long against the way to a thread and back, which this hides; short enough that
 * nobody is missed by another thread for long.
 */
const mostSeconds = 0.001;
/** Tasks of a thread, the one it does now included; beyond this the way there and back is hidden. */
const mostTasks = 32;

/** How long functions take, going by their calls so far. */
export class Paces {
  readonly #seconds = new WeakMap<ThreadFunction, number>();

  /** Infinite while the function has never returned. */
  of(fn: ThreadFunction): number {
    return this.#seconds.get(fn) ?? Number.POSITIVE_INFINITY;
  }

  /** Rises at once and falls slowly: what was short every time may be sent ahead. */
  note(fn: ThreadFunction, seconds: number): void {
    const before = this.#seconds.get(fn) ?? seconds;
    this.#seconds.set(fn, seconds > before ? seconds : before + (seconds - before) / 4);
  }
}

/** Tells whether so many more seconds may be put on top of what a thread has. */
export function fits(line: readonly { readonly seconds: number }[], seconds: number): boolean {
  if (line.length === 0 || line.length >= mostTasks) return false;
  let sum = seconds;
  for (const sent of line) sum += sent.seconds;
  return sum <= mostSeconds;
}
