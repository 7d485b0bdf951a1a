import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateTimeKey, isDateTime, parseDateTime } from "../../src/prov/index.js";
import { dateTimes } from "../arbitraries-prov.js";

describe("parseDateTime", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0n],
    ["1969-12-31T23:59:59.999999999Z", -1n],
    ["2026-11-20T10:00:00.5+05:30", 1_795_149_000_500_000_000n],
    ["2026-11-20T24:00:00Z", 1_795_219_200_000_000_000n],
    ["2000-02-29T00:00:00Z", 951_782_400_000_000_000n],
    ["0000-03-01T00:00:00Z", -62_162_035_200_000_000_000n],
    ["-0001-01-01T00:00:00Z", -62_198_755_200_000_000_000n],
    ["275761-01-01T00:00:00Z", 8_640_009_504_000_000_000_000n],
  ])("%s is %s ns", (text, epochNs) => {
    expect(parseDateTime(text)).toEqual({ epochNs, beyondNs: "", zoned: true });
  });

  test("digits beyond nanoseconds are kept apart", () => {
    expect(parseDateTime("1970-01-01T00:00:00.1234567891200")).toEqual({
      epochNs: 123_456_789n,
      beyondNs: "12",
      zoned: false,
    });
  });

  test("it agrees with Date where Date can tell", () => {
    fc.assert(
      fc.property(
        fc.date({
          noInvalidDate: true,
          min: new Date("0001-01-01T00:00:00Z"),
          max: new Date("9999-12-31T23:59:59.999Z"),
        }),
        (date) => {
          expect(parseDateTime(date.toISOString())?.epochNs).toBe(
            BigInt(date.getTime()) * 1_000_000n,
          );
        },
      ),
    );
  });

  test.each([
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-11-00T00:00:00Z",
    "2026-11-20T24:00:01Z",
    "2026-11-20T24:00:00.1Z",
    "2026-11-20T25:00:00Z",
    "2026-11-20T10:60:00Z",
    "2026-11-20T10:00:60Z",
    "2026-11-20T10:00:00.Z",
    "2026-11-20T10:00:00+14:01",
    "2026-11-20T10:00:00+01:60",
    "2026-11-20T10:00:00z",
    "2026-11-20 10:00:00Z",
    "2026-11-20T10:00Z",
    "2026-11-20",
    "02026-11-20T10:00:00Z",
    "26-11-20T10:00:00Z",
    " 2026-11-20T10:00:00Z",
    "",
    "None",
  ])("%j is no xsd:dateTime", (text) => {
    expect(isDateTime(text)).toBe(false);
    expect(parseDateTime(text)).toBeUndefined();
  });
});

describe("dateTimeKey", () => {
  test("every generated xsd:dateTime is one", () => {
    fc.assert(
      fc.property(dateTimes, (text) => {
        expect(isDateTime(text)).toBe(true);
      }),
    );
  });

  test("what is no time stands for itself", () => {
    expect(dateTimeKey("soon")).toBe(dateTimeKey("soon"));
    expect(dateTimeKey("soon")).not.toBe(dateTimeKey("later"));
  });
});
