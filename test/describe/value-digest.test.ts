import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/describe/value-digest.js";

/** Values that have a digest, circles and shared parts left out. */
const anyValue: fc.Arbitrary<unknown> = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withDate: true,
  withNullPrototype: true,
});

/** The same value made anew, members of Maps, Sets and objects in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value instanceof Map) {
    return new Map([...value].reverse().map(([key, item]) => [turned(key), turned(item)]));
  }
  if (value instanceof Set) return new Set([...value].reverse().map(turned));
  if (value instanceof Date) return new Date(value.getTime());
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  if (typeof value !== "object" || value === null) return value;
  const copy: object = Object.create(Object.getPrototypeOf(value));
  for (const [name, item] of Object.entries(value).reverse()) {
    Object.defineProperty(copy, name, {
      value: turned(item),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

describe("the digest of a value", () => {
  test("is the same for the same value made anew, in any order of members", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(digestOf(turned(value))).toBe(digestOf(value));
      }),
    );
  });

  test("is the same after a journey from a worker thread", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(digestOf(structuredClone(value))).toBe(digestOf(value));
      }),
    );
  });

  test("tells apart every two values that differ", () => {
    const values: readonly unknown[] = [
      ...[null, undefined, true, false, 0, -0, 1, 1n, "1", "", Number.NaN, Infinity, 2 ** 53],
      ...[10n, 16n, -1n, "a", "ab", "\ud800", "\udc00", "\ufffd", [], [[]], [undefined], [null]],
      ...[["a", "b"], ["ab"], ["b", "a"], {}, { a: 1 }, { a: "1" }, { b: 1 }, { a: undefined }],
      ...[{ a: { b: 1 } }, { a: 1, b: 1 }, new Map(), new Map([["a", 1]]), new Map([[1, "a"]])],
      ...[new Set(), new Set(["a"]), new Set([["a"]]), new Date(0), new Date(1)],
      ...[new Date(Number.NaN), new Uint8Array(2), new Uint8Array(3), new Int8Array(2)],
      ...[new Uint16Array(1), new Float32Array(1), new Float64Array([1]), new ArrayBuffer(2)],
      ...[new DataView(new ArrayBuffer(2)), new Uint8Array([1, 0]), ["a", ["b"]], [["a"], "b"]],
    ];
    const digests = values.map(digestOf);
    expect(digests).not.toContain(undefined);
    expect(new Set(digests).size).toBe(values.length);
  });

  test("does not depend on where bytes lie, in which kind of array, or in which realm", () => {
    const whole = new Uint8Array([9, 9, 1, 2, 3]);
    expect(digestOf(whole.subarray(2))).toBe(digestOf(new Uint8Array([1, 2, 3])));
    expect(digestOf(Buffer.from([1, 2, 3]))).toBe(digestOf(new Uint8Array([1, 2, 3])));
    const large = new Uint8Array(100_000).fill(7);
    expect(digestOf([1, large])).toBe(digestOf([1, large.slice()]));
    expect(digestOf(runInNewContext("({ a: 1 })"))).toBe(digestOf({ a: 1 }));
  });

  test("stays what it is from version to version", () => {
    expect(digestOf({ city: "Nantes", rain: [0.5, null], at: new Date(0) })).toBe(
      "js1:4662986d4e0b60c259dd7349bb0f1773be848254278aae930a049df1daac7230",
    );
  });

  const circle: unknown[] = [];
  circle.push(circle);
  let deep: unknown = 1;
  for (let i = 0; i < 70; i++) deep = [deep];
  class Point {
    readonly #x = 1;
    get x(): number {
      return this.#x;
    }
  }
  const nothing: Readonly<Record<string, unknown>> = {
    "a function": () => 1,
    "a symbol": Symbol("a"),
    "an instance of a class": new Point(),
    "a promise": Promise.resolve(1),
    "an error": new Error("x"),
    "a regular expression": /x/g,
    "a boxed number": Object(1),
    "a Proxy": new Proxy({}, {}),
    "a circle": circle,
    "70 levels": deep,
    "shared memory": new Uint8Array(new SharedArrayBuffer(4)),
    "a getter": Object.defineProperty({}, "a", { get: () => 1, enumerable: true }),
    "a hidden property": Object.defineProperty({}, "a", { value: 1 }),
    "a property named by a symbol": { [Symbol("a")]: 1 },
    "an array with holes": Object.assign(new Array(3), { 0: 1 }),
    "an array with a property": Object.assign([1], { index: 0 }),
    "a Map with a property": Object.assign(new Map(), { a: 1 }),
    "a subclass of Map": new (class extends Map {})(),
    "an array of a subclass": new (class extends Array {})(),
    "a weak map": new WeakMap(),
    "more than a million items": new Array(1_000_001).fill(0),
    "an error with the prototype of an object": Object.setPrototypeOf(new Error("x"), null),
  };

  test.each(Object.entries(nothing))("there is none for %s", (_, value) => {
    expect(digestOf(value)).toBeUndefined();
    expect(digestOf([value])).toBeUndefined();
    expect(digestOf(new Map([["a", value]]))).toBeUndefined();
  });

  test("runs no code of the value's", () => {
    let calls = 0;
    const touched = (): never => {
      calls++;
      throw new Error("touched");
    };
    const trap = new Proxy({}, { get: touched, ownKeys: touched, getPrototypeOf: touched });
    const array = [1, 2];
    Object.defineProperty(array, Symbol.iterator, { value: touched });
    const named = Object.defineProperty([1], 0, { get: touched });
    const bytes = Object.defineProperty(new Uint8Array(1), "buffer", { get: touched });
    for (const value of [trap, array, named, bytes, { toJSON: touched }]) {
      digestOf(value);
    }
    expect(calls).toBe(0);
  });
});
