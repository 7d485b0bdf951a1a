/** Seconds since 1970-01-01T00:00:00Z, with sub-microsecond fractions where the clock has them. */
export type EpochSeconds = number;

/** A source of time, passed in wherever time matters so that tests can fix it. */
export interface Clock {
  /** The time now. Never smaller than what the same clock returned before. */
  now(): EpochSeconds;
}

/**
 * Wall time that never runs backwards: one reading of the system clock plus the advance of the
 * monotonic clock, so that an end can never precede its start when the system clock is set.
 */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) / 1000,
};

/**
 * A clock for tests and golden files: every reading advances by a fixed step.
 *
 * @param start - the first reading.
 * @param stepSeconds - what each reading adds. Default 0.001.
 */
export function steppingClock(start: EpochSeconds, stepSeconds = 0.001): Clock {
  let ticks = 0;
  return { now: () => start + stepSeconds * ticks++ };
}

let knownSecond = Number.NaN;
let knownText = "";

/**
 * An instant as xsd:dateTime in UTC with six fraction digits, the form of every time we write.
 *
 * @param time - between the years 0 and 9999.
 */
export function formatEpochSeconds(time: EpochSeconds): string {
  const micros = Math.round(time * 1e6);
  const second = Math.floor(micros / 1e6);
  if (second !== knownSecond) {
    // Times of one run share their seconds, and a Date costs ten times the rest.
    knownText = new Date(second * 1000).toISOString().slice(0, -"000Z".length);
    knownSecond = second;
  }
  return `${knownText}${String(micros - second * 1e6).padStart(6, "0")}Z`;
}
