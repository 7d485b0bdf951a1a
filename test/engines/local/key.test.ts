import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkKey, formatKey, keyId } from "../../../src/engines/local/key.js";
import type { Key } from "../../../src/engines/local/scheduler-plugin.js";

const part: fc.Arbitrary<string | number> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom("__proto__", "", "\0t[1]", "\ud800"),
);
const tuple: fc.Arbitrary<readonly (string | number | Key)[]> = fc.letrec<{
  tuple: readonly (string | number | Key)[];
}>((tie) => ({
  tuple: fc.array(fc.oneof({ maxDepth: 3 }, part, tie("tuple")), { minLength: 1, maxLength: 4 }),
})).tuple;
const key: fc.Arbitrary<Key> = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.constantFrom('\0t["x",0]', "\0s", '["x",0]', "__proto__"),
  tuple,
);

describe("keys", () => {
  test.each([
    ["empty string", ""],
    ["empty tuple", []],
    ["tuple of nothing but an empty tuple", [[]]],
    ["number", 5],
    ["undefined", undefined],
    ["null", null],
    ["object", { key: "x" }],
    ["tuple with NaN", ["x", Number.NaN]],
    ["tuple with an object", ["x", {}]],
    ["string of more than 65,536 characters", "x".repeat(65_537)],
    ["tuple of more than 65,536 characters", ["x".repeat(65_536)]],
  ])("a key that is %s is rejected with its value", (_, bad) => {
    expect(() => checkKey(bad)).toThrow(
      expect.objectContaining({ code: "ERR_KEY", message: expect.stringContaining("got ") }),
    );
  });

  test("a tuple nested beyond 64 levels is rejected, not a stack overflow", () => {
    let deep: unknown[] = ["x"];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(() => checkKey(deep)).toThrow(expect.objectContaining({ code: "ERR_KEY" }));
  });

  test("a key of 10 kB, of any Unicode, or named __proto__ is a key", () => {
    for (const good of ["k".repeat(10_240), "日本 ﷽\u0000", "\ud800", "__proto__"]) {
      expect(checkKey(good)).toBe(good);
    }
  });

  test("a tuple is copied, so that changing the array later changes no key", () => {
    const mine = ["x", 0];
    const checked = checkKey(mine);
    mine[1] = 1;
    expect(checked).toEqual(["x", 0]);
    expect(Object.isFrozen(checked)).toBe(true);
  });

  test("two keys have the same id exactly when they are equal", () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const equal = typeof a === typeof b && JSON.stringify(a) === JSON.stringify(b);
        expect(keyId(a) === keyId(b)).toBe(equal);
      }),
      { numRuns: 2000 },
    );
  });

  test("a key in a message is cut", () => {
    expect(formatKey("x".repeat(500)).length).toBeLessThan(90);
    expect(formatKey(["x", 0])).toBe('["x",0]');
  });
});
