import { describe, expect, test } from "vitest";
import { richTypeOf } from "../../src/describe/rich-type.js";
import { sizeOf } from "../../src/describe/size-of.js";
import { typeNameOf } from "../../src/describe/type-name.js";

class Station {
  readonly name: string = "x";
}
class NdArray {
  readonly shape: readonly number[] = [3, 4];
  readonly dtype: string = "float64";
}
class Table {
  readonly columns: readonly string[] = ["city", "temp"];
  readonly shape: readonly number[] = [100, 2];
}

describe("typeNameOf and richTypeOf", () => {
  test.each<[unknown, string, string]>([
    [1, "number", "number"],
    ["a", "string", "string"],
    [true, "boolean", "boolean"],
    [null, "null", "null"],
    [undefined, "undefined", "undefined"],
    [5n, "bigint", "bigint"],
    [Symbol("x"), "symbol", "symbol"],
    [[], "Array", "array[]"],
    [[1, 2], "Array", "array[number]"],
    [[1, "a"], "Array", "tuple[number, string]"],
    [[1, "a", 1], "Array", "tuple[number, string, number]"],
    [[[1], [2]], "Array", "array[array[number]]"],
    [[1, "a", 1, 1, 1, 1, 1, 1, 1], "Array", "array[number | string]"],
    [new Array(101).fill(1), "Array", "array[number, ...]"],
    [new Array(100).fill(1), "Array", "array[number]"],
    [new Map([["a", 1]]), "Map", "Map[string, number]"],
    [new Map(), "Map", "Map[]"],
    [new Set([1, "a"]), "Set", "Set[number | string]"],
    [new Float64Array(3), "Float64Array", "Float64Array(3)"],
    [Buffer.alloc(12), "Buffer", "Buffer(12)"],
    [new ArrayBuffer(8), "ArrayBuffer", "ArrayBuffer(8)"],
    [new DataView(new ArrayBuffer(8), 2), "DataView", "DataView(6)"],
    [{}, "Object", "object{}"],
    [{ a: 1, b: ["x"] }, "Object", "object{a: number, b: array[string]}"],
    [new Station(), "Station", "Station"],
    [[new Station()], "Array", "array[Station]"],
    [new NdArray(), "NdArray", "NdArray[float64](3, 4)"],
    [new Table(), "Table", "Table{city, temp}(100, 2)"],
    [{ shape: "round" }, "Object", "object{shape: string}"],
    [new Date(0), "Date", "Date"],
    [/x/, "RegExp", "RegExp"],
    [new TypeError("x"), "TypeError", "TypeError"],
    [Promise.resolve(), "Promise", "Promise"],
    [function inc() {}, "Function", "function inc"],
    [async function load() {}, "AsyncFunction", "async function load"],
    [Station, "Function", "class Station"],
    [Math.max, "Function", "function max"],
    [new Proxy({}, {}), "Proxy", "Proxy"],
    [Object.create(null), "Object", "object{}"],
  ])("%o is %s, richly %s", (value, short, rich) => {
    expect(typeNameOf(value)).toBe(short);
    expect(richTypeOf(value)).toBe(rich);
  });

  test("names out of user code are cut and made safe", () => {
    const name = `${"n".repeat(300)}\ud800`;
    class Named {}
    Object.defineProperty(Named, "name", { value: name });
    const value = new Named();
    expect(typeNameOf(value)).toBe(`${"n".repeat(200)}…`);
    expect(richTypeOf({ "\ud800": 1 })).toBe("object{\\ud800: number}");
  });

  test("a rich type has at most 500 characters and an end", () => {
    const wide = Array.from({ length: 8 }, (_, i) => ({ [`${"k".repeat(100)}${i}`]: i }));
    expect(richTypeOf(wide).length).toBe(501);
  });
});

describe("sizeOf", () => {
  test.each<[unknown, number]>([
    [1, 8],
    [true, 4],
    [null, 0],
    [undefined, 0],
    ["é", 2],
    ["", 0],
    [5n, 8],
    [2n ** 127n, 16],
    [[1, 2, 3], 24],
    [new Array(1000).fill(1), 8000],
    [{ ab: 1 }, 10],
    [new Map([["a", 1]]), 9],
    [new Set([1, 2]), 16],
    [new Float32Array(10), 40],
    [Buffer.alloc(7), 7],
    [new ArrayBuffer(9), 9],
    [[new Float64Array(100), new Float64Array(100)], 1600],
    [new Date(), 8],
  ])("of %o is %d", (value, bytes) => {
    expect(sizeOf(value)).toBe(bytes);
  });

  test("of a long text is estimated from its beginning", () => {
    expect(sizeOf("é".repeat(3 << 20))).toBe(6 << 20);
  });

  test("of a large array is what its first items say", () => {
    expect(sizeOf(Array.from({ length: 10_000 }, () => ({ ab: "xy" })))).toBe(40_000);
  });
});
