import type { EpochSeconds } from "../base/clock.js";

/** Seconds over which a rate of the moment is taken. */
const windowSeconds = 10;

/** Counts what happens, and how often it did in the last ten seconds. */
export class RecentRate {
  readonly #counts = new Uint32Array(windowSeconds);
  #first: EpochSeconds | undefined;
  #last: EpochSeconds = 0;
  #seen: EpochSeconds = 0;
  #total = 0;

  /** One more. */
  add(time: EpochSeconds): void {
    this.#forget(time);
    this.#first ??= time;
    const slot = slotOf(time);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#total++;
    this.#last = Math.max(this.#last, time);
  }

  /** Work began: without it the first one counts from when it ended. */
  begin(time: EpochSeconds): void {
    this.#first ??= time;
  }

  /** How many a second there are at a moment. */
  recent(time: EpochSeconds): number {
    this.#forget(time);
    const seconds = Math.min(windowSeconds, Math.max(1, time - (this.#first ?? time)));
    return this.#counts.reduce((sum, count) => sum + count, 0) / seconds;
  }

  /** How many a second there were from the first to the last. */
  overall(): number {
    const seconds = this.#last - (this.#first ?? this.#last);
    return seconds > 0 ? this.#total / seconds : 0;
  }

  /** Empties what a moment has left behind. A clock that goes back changes nothing. */
  #forget(time: EpochSeconds): void {
    const gone = Math.min(windowSeconds, Math.floor(time) - Math.floor(this.#seen));
    for (let i = 1; i <= gone; i++) this.#counts[slotOf(this.#seen + i)] = 0;
    if (gone >= windowSeconds) this.#counts.fill(0);
    this.#seen = Math.max(this.#seen, time);
  }
}

function slotOf(time: EpochSeconds): number {
  return Math.floor(time) % windowSeconds;
}
