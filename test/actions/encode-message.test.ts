import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeMessage } from "../../src/index.js";
import { runs } from "../support/tier.js";

class Point {
  readonly x: number = 1;
  readonly y: number = 2;
}
class Named {
  toJSON(): string {
    return "by itself";
  }
}
const cycle: Record<string, unknown> = { a: 1 };
cycle["self"] = cycle;

test.each<[string, unknown, string]>([
  ["text", "a\n\u{1F600}\uD800", '"a\\n\u{1F600}\\ud800"'],
  ["numbers that are none", [Number.NaN, Number.POSITIVE_INFINITY, -0, 1.5], "[null,null,0,1.5]"],
  ["big integers", 9007199254740993n, "9007199254740993"],
  ["nothing", [undefined, null], "[null,null]"],
  ["dates", [new Date(0), new Date(Number.NaN)], '["1970-01-01T00:00:00.000Z",null]'],
  ["a Map with names", new Map([["a", 1]]), '{"a":1}'],
  ["a Map with other keys", new Map([[1, "x"]]), '[[1,"x"]]'],
  ["a Set", new Set([1, 2]), "[1,2]"],
  ["typed arrays", new Float64Array([1, 2.5]), "[1,2.5]"],
  ["big typed arrays", new BigInt64Array([1n, -2n]), "[1,-2]"],
  ["bytes", Buffer.from([1, 2]), "[1,2]"],
  ["a buffer", new ArrayBuffer(8), '{"byteLength":8}'],
  ["an error", new TypeError("no"), '{"exception":"builtins.TypeError","reason":"no"}'],
  ["an address", new URL("http://a/b"), '"http://a/b"'],
  ["a pattern", /a+/g, '"/a+/g"'],
  ["an instance", new Point(), '{"x":1,"y":2}'],
  ["an instance that says how", new Named(), '"by itself"'],
  ["a function", () => 1, '"[Function]"'],
  ["a symbol", Symbol("s"), '"Symbol(s)"'],
  ["a cycle", cycle, '{"a":1,"self":"[circular]"}'],
  ["no prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  [
    "a getter that throws",
    {
      get bad(): never {
        throw new Error("no");
      },
    },
    '"[Object]"',
  ],
])("%s have a form", (_, value, expected) => {
  expect(encodeMessage({ value })).toBe(`{"value":${expected}}`);
});

test("a long array of numbers is told by its start and its shape", () => {
  const text = encodeMessage({ value: new Float32Array(10_001) });
  const { value } = JSON.parse(text);
  expect(value.array_start).toHaveLength(10_000);
  expect(value.original_shape).toEqual([10_001]);
});

test("what is very deep or very long is cut and says so", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(encodeMessage({ deep })).toContain('"…"');
  const long = encodeMessage({ list: Array.from({ length: 1_000_000 }, () => 0), after: 1 });
  expect(long.length).toBeLessThan(3_000_000);
  expect(long).toMatch(/… \d+ more/);
  expect(encodeMessage({ text: "x".repeat(5_000_000) })).toMatch(/… \(5000000 characters\)/);
});

test("a default of one's own is asked first; one that throws is not asked", () => {
  const asHex = (value: unknown): unknown => {
    if (value instanceof Point) return `${value.x}/${value.y}`;
    throw new Error("unknown");
  };
  expect(encodeMessage({ a: new Point(), b: new Set([1]), c: () => 1 }, asHex)).toBe(
    '{"a":"1/2","b":[1],"c":"[Function]"}',
  );
});

test("anything gives one line of JSON, plain data the same as JSON.stringify", () => {
  fc.assert(
    fc.property(
      fc.anything({
        withMap: true,
        withSet: true,
        withBigInt: true,
        withDate: true,
        withTypedArray: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      (value) => {
        const text = encodeMessage({ value });
        expect(text).not.toContain("\n");
        JSON.parse(text);
      },
    ),
    { numRuns: runs(500) },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect(JSON.parse(encodeMessage(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
