import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatEpochSeconds, steppingClock, systemClock } from "../../src/base/clock.js";

describe("formatEpochSeconds", () => {
  test.each([
    [0, "1970-01-01T00:00:00.000000Z"],
    [1_795_169_700.000001, "2026-11-20T10:15:00.000001Z"],
    [1_795_169_701 - 2 ** -22, "2026-11-20T10:15:01.000000Z"],
    [-0.5, "1969-12-31T23:59:59.500000Z"],
    [253_402_300_799, "9999-12-31T23:59:59.000000Z"],
  ])("writes %d as %s", (time, text) => {
    expect(formatEpochSeconds(time)).toBe(text);
  });

  test("names the instant to the microsecond, whatever was written before", () => {
    const micros = fc.integer({ min: 0, max: 4e15 });
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        for (const time of [a, b, a]) {
          const text = formatEpochSeconds(time / 1e6);
          expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
          const read = Date.parse(`${text.slice(0, -4)}Z`) * 1000 + Number(text.slice(-4, -1));
          expect(Math.abs(read - time)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("the clocks", () => {
  test("never run backwards", () => {
    const readings = Array.from({ length: 1000 }, () => systemClock.now());
    expect(readings.every((time, i) => i === 0 || time >= (readings[i - 1] ?? 0))).toBe(true);
    expect(Math.abs(systemClock.now() - Date.now() / 1000)).toBeLessThan(60);
  });

  test("step by the same amount in tests", () => {
    const clock = steppingClock(10, 0.5);
    expect([clock.now(), clock.now(), clock.now()]).toEqual([10, 10.5, 11]);
  });
});
