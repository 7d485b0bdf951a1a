import { describe, expect, test } from "vitest";
import { encodeArgument } from "../../src/describe/encode-argument.js";
import type { Encoded } from "../../src/describe/encoded.js";
import { createRedactor } from "../../src/describe/redact.js";
import type { ValuePolicy } from "../../src/describe/value-policy.js";

const summary: ValuePolicy = {
  values: "summary",
  maxValueBytes: 1024,
  richTypes: false,
  redactor: createRedactor(["*password*", "hunter2"]),
};
const none: ValuePolicy = { ...summary, values: "none" };
const full: ValuePolicy = { ...summary, values: "full" };

/** Stands for a future: the number of the task it belongs to. */
class Ref {
  readonly task: number;
  constructor(task: number) {
    this.task = task;
  }
}
const referenceOf = (value: unknown): number | undefined =>
  value instanceof Ref ? value.task : undefined;

describe("encodeArgument under summary", () => {
  test.each<[string, unknown, Encoded]>([
    ["a number", 1.5, 1.5],
    ["NaN", Number.NaN, ["o", "number", { head: "NaN" }]],
    ["-Infinity", Number.NEGATIVE_INFINITY, ["o", "number", { head: "-Infinity" }]],
    ["-0", -0, ["o", "number", { head: "-0" }]],
    ["a boolean", true, true],
    ["null", null, null],
    ["undefined", undefined, ["o", "undefined", {}]],
    ["a text", "é", "é"],
    ["a lone surrogate", "\udc00", ["s", "\\udc00"]],
    ["a bigint", 5n, ["i", "5"]],
    ["a large bigint", -(2n ** 70n), ["i", String(-(2n ** 70n))]],
    ["a symbol", Symbol("x"), ["o", "symbol", { head: "x" }]],
    ["a list", [1, ["a", null]], ["l", [1, ["l", ["a", null]]]]],
    ["a Set", new Set([1, 2]), ["l", [1, 2]]],
    [
      "a plain object",
      { a: 1, b: [2] },
      [
        "d",
        [
          ["a", 1],
          ["b", ["l", [2]]],
        ],
      ],
    ],
    ["__proto__ as a name", JSON.parse('{"__proto__":1}'), ["d", [["__proto__", 1]]]],
    ["a Map", new Map([[1, "x"]]), ["d", [[1, "x"]]]],
    ["a Date", new Date(0), ["o", "Date", { head: "1970-01-01T00:00:00.000Z" }]],
    ["a RegExp", /a+/g, ["o", "RegExp", { head: "a+" }]],
    ["an Error", new RangeError("far"), ["o", "RangeError", { head: "far" }]],
    ["a function", Math.max, ["o", "Function", { head: "max" }]],
    ["bytes", Buffer.from("abc"), ["o", "Buffer", { len: 3, dtype: "uint8", nbytes: 3 }]],
    [
      "a typed array",
      new Float64Array(3),
      ["o", "Float64Array", { len: 3, dtype: "float64", nbytes: 24 }],
    ],
    ["an ArrayBuffer", new ArrayBuffer(5), ["o", "ArrayBuffer", { nbytes: 5 }]],
    ["an instance", new Ref(1), ["o", "Ref", { nbytes: 12 }]],
    [
      "a getter",
      {
        get a(): number {
          return 1;
        },
      },
      ["d", [["a", ["o", "getter", {}]]]],
    ],
  ])("%s has its documented form", (_, value, encoded) => {
    expect(encodeArgument(value, summary)).toEqual(encoded);
  });

  test("an n-d array and a table are described by shape, dtype and columns", () => {
    class NdArray {
      readonly shape: readonly number[] = [3, 4];
      readonly dtype: string = "float64";
      readonly data: Float64Array = new Float64Array(12);
    }
    expect(encodeArgument(new NdArray(), summary)).toEqual([
      ...["o", "NdArray"],
      { shape: [3, 4], dtype: "float64", nbytes: expect.any(Number) },
    ]);
    class Table {
      readonly shape: readonly number[] = [2, 2];
      readonly columns: readonly string[] = ["city", "temp"];
    }
    expect(encodeArgument(new Table(), { ...summary, richTypes: true })).toMatchObject([
      ...["o", "Table"],
      { shape: [2, 2], columns: ["city", "temp"], rich: "Table{city, temp}(2, 2)" },
    ]);
  });

  test("texts up to the limit are kept, longer ones described with their beginning", () => {
    expect(encodeArgument("x".repeat(1024), summary)).toBe("x".repeat(1024));
    expect(encodeArgument("é".repeat(513), summary)).toEqual([
      ...["o", "string"],
      { len: 513, nbytes: 1026, head: "é".repeat(32) },
    ]);
  });

  test("all texts of one argument share the limit", () => {
    expect(encodeArgument(["x".repeat(600), "y".repeat(600)], summary)).toEqual([
      "l",
      ["x".repeat(600), ["o", "string", { len: 600, nbytes: 600, head: "y".repeat(64) }]],
    ]);
  });

  test("containers of more than 64 items are described", () => {
    const items = Array.from({ length: 64 }, (_, i) => i);
    expect(encodeArgument(items, summary)).toEqual(["l", items]);
    expect(encodeArgument([...items, 1], summary)).toEqual([
      "o",
      "Array",
      { len: 65, nbytes: 520 },
    ]);
    expect(encodeArgument({ items }, summary)).toEqual([
      "d",
      [["items", ["o", "Array", { len: 64, nbytes: 512 }]]],
    ]);
  });

  test("a circle is cut where it closes", () => {
    const list: unknown[] = [1];
    list.push(list);
    expect(encodeArgument(list, summary)).toEqual(["l", [1, ["o", "circular", {}]]]);
  });
});

describe("encodeArgument and references", () => {
  test("finds them at any depth in arrays, objects, Maps and Sets", () => {
    const value = [
      new Ref(1),
      {
        a: new Map<unknown, unknown>([
          ["k", new Set([new Ref(2)])],
          [new Ref(3), 1],
        ]),
      },
    ];
    expect(encodeArgument(value, summary, referenceOf)).toEqual([
      "l",
      [
        ["r", 1],
        [
          "d",
          [
            [
              "a",
              [
                "d",
                [
                  ["k", ["l", [["r", 2]]]],
                  [["r", 3], 1],
                ],
              ],
            ],
          ],
        ],
      ],
    ]);
  });

  test("a reference itself is one, under every policy", () => {
    for (const policy of [summary, none, full]) {
      expect(encodeArgument(new Ref(9), policy, referenceOf)).toEqual(["r", 9]);
    }
  });

  test("thousands of them in one list all keep their places", () => {
    const refs = Array.from({ length: 5000 }, (_, i) => new Ref(i));
    expect(encodeArgument(refs, summary, referenceOf)).toEqual([
      "l",
      refs.map(({ task }) => ["r", task]),
    ]);
  });

  test("a container with references stays open beside one too large, which is described", () => {
    const large = new Array(1000).fill(0);
    expect(encodeArgument([large, new Ref(1)], summary, referenceOf)).toEqual([
      "l",
      [
        ["o", "Array", { len: 1000, nbytes: 8000 }],
        ["r", 1],
      ],
    ]);
  });

  test("beyond 65,536 items the rest is counted", () => {
    const refs = new Array(70_000).fill(new Ref(1));
    const encoded = encodeArgument(refs, summary, referenceOf);
    expect(encoded).toMatchObject(["l", expect.anything()]);
    const items = Array.isArray(encoded) ? encoded[1] : [];
    expect(items).toHaveLength(65_537);
    expect(items.at(-1)).toEqual(["o", "omitted", { len: 4464 }]);
  });

  test("a reference in a circle is found", () => {
    const list: unknown[] = [];
    list.push({ list }, new Ref(4));
    expect(encodeArgument(list, summary, referenceOf)).toEqual([
      "l",
      [
        ["d", [["list", ["o", "circular", {}]]]],
        ["r", 4],
      ],
    ]);
  });
});

describe("encodeArgument and privacy", () => {
  test("under none nothing but references is kept", () => {
    for (const value of [1, "a", true, null, undefined, [1], { a: 1 }, new Date(), () => 1, 5n]) {
      expect(encodeArgument(value, none)).toEqual(["x"]);
    }
    expect(encodeArgument({ a: [new Ref(1), "secret"], b: "secret" }, none, referenceOf)).toEqual([
      "d",
      [
        ["a", ["l", [["r", 1], ["x"]]]],
        ["b", ["x"]],
      ],
    ]);
  });

  test("values under redacted names are removed, references stay", () => {
    const value = {
      db_Password: "a",
      nested: [{ passwords: new Ref(2) }],
      map: new Map([["PASSWORD", 1]]),
    };
    expect(encodeArgument(value, full, referenceOf)).toEqual([
      "d",
      [
        ["db_Password", ["x"]],
        ["nested", ["l", [["d", [["passwords", ["r", 2]]]]]]],
        ["map", ["d", [["PASSWORD", ["x"]]]]],
      ],
    ]);
  });

  test("secrets are removed from texts, also from the beginning of a long one", () => {
    expect(encodeArgument("my HUNTER2 and password=abc", summary)).toBe(
      "my [redacted] and password=[redacted]",
    );
    const long = `hunter2 ${"x".repeat(2000)}`;
    expect(JSON.stringify(encodeArgument(long, summary))).not.toContain("hunter2");
    // The secret lies across the place where the beginning is cut.
    for (let at = 0; at < 300; at++) {
      const text = `${"x ".repeat(at)}hunter2${" y".repeat(2000)}`;
      const encoded = JSON.stringify(encodeArgument(text, summary));
      expect(encoded).not.toMatch(/hunt/);
    }
  });

  test("secrets are removed from what describes an object", () => {
    const values = [new Error("hunter2"), /hunter2/, Symbol("hunter2")];
    expect(JSON.stringify(encodeArgument(values, summary))).not.toContain("hunter2");
  });
});

describe("encodeArgument under full", () => {
  test("keeps long texts, large containers and bytes", () => {
    const value = { text: "x".repeat(5000), list: Array.from({ length: 500 }, (_, i) => i) };
    expect(encodeArgument(value, full)).toEqual([
      "d",
      [
        ["text", value.text],
        ["list", ["l", value.list]],
      ],
    ]);
    expect(encodeArgument(Buffer.from("abc"), full)).toEqual(["b", "YWJj"]);
  });

  test("has its limits too", () => {
    expect(encodeArgument(new Array(200_000).fill(0), full)).toMatchObject(["o", "Array", {}]);
    expect(encodeArgument(new Uint8Array(17 << 20), full)).toMatchObject(["o", "Uint8Array", {}]);
    expect(encodeArgument("x".repeat(17 << 20), full)).toMatchObject(["o", "string", {}]);
  });
});
