import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { fillReferences } from "../../../src/engines/local/fill-references.js";
import { type Ref, ref } from "../../../src/engines/local/ref.js";
import type { Reference } from "../../../src/engines/local/reference.js";
import { scanReferences } from "../../../src/engines/local/scan-references.js";

const a = ref("a");
const b = ref("b");
const results = new Map<Reference, unknown>([
  [a, "A"],
  [b, "B"],
]);

function replaced(values: readonly unknown[]): unknown[] {
  const scan = scanReferences(values);
  return fillReferences(values, scan?.containers, (reference) => results.get(reference));
}

describe("references in arguments", () => {
  test.each<[string, () => unknown, unknown]>([
    ["an argument", () => a, "A"],
    ["an array", () => [1, a, [b, [a]]], [1, "A", ["B", ["A"]]]],
    ["an object", () => ({ x: { y: a }, z: b }), { x: { y: "A" }, z: "B" }],
    ["an object without prototype", () => Object.assign(Object.create(null), { x: a }), { x: "A" }],
    ["a Map's values", () => new Map([["k", [a]]]), new Map([["k", ["A"]]])],
    ["a Map's keys", () => new Map([[a, 1]]), new Map([["A", 1]])],
    ["a Set", () => new Set([a, b, "A"]), new Set(["A", "B"])],
    ["another realm's array", () => runInNewContext("[a, {b}]", { a, b }), ["A", { b: "B" }]],
    ["another realm's Map", () => runInNewContext("new Map([[1, a]])", { a }), new Map([[1, "A"]])],
  ])("are found and replaced in %s", (_, make, expected) => {
    expect(replaced([make()])).toEqual([expected]);
  });

  test("are listed once, in the order of appearance", () => {
    expect(scanReferences([[b], a, { x: [a, b] }])?.references).toHaveLength(2);
    expect(scanReferences([a, b, a])?.references).toEqual([a, b]);
  });

  test("never change the user's containers", () => {
    const inner: (Ref | number)[] = [a, 1];
    const outer = Object.freeze({ inner, other: Object.freeze([2]) });
    const [copy] = replaced([outer]);
    expect(copy).toEqual({ inner: ["A", 1], other: [2] });
    expect(inner).toEqual([a, 1]);
    expect(outer.inner).toBe(inner);
  });

  test("leave containers that hold none as they are, the same objects", () => {
    const plain = { big: [1, 2, 3] };
    const [holder] = replaced([{ plain, a }]);
    expect(holder).toEqual({ plain, a: "A" });
    expect(Object(holder).plain).toBe(plain);
    expect(scanReferences([plain, 5, "x", null])).toBeUndefined();
  });

  test("keep cycles and sharing in the copy", () => {
    const shared = [a];
    const loop: { self?: unknown; one: unknown; two: unknown } = { one: shared, two: shared };
    loop.self = loop;
    const [copy] = replaced([loop]);
    const { self, one, two } = Object(copy);
    expect(self).toBe(copy);
    expect(one).toBe(two);
    expect(one).toEqual(["A"]);
  });

  test("that are reached only around a cycle are replaced in every container on the way", () => {
    const first: unknown[] = [];
    const second: unknown[] = [first];
    first.push(second, a);
    const [copy] = replaced([second]);
    expect(Object(copy)[0][1]).toBe("A");
    expect(Object(copy)[0][0]).toBe(copy);
  });

  test("inside class instances, subclasses, Proxies and typed arrays are left alone", () => {
    class Box {
      readonly held = a;
    }
    class Items extends Array<unknown> {}
    const items = new Items();
    items.push(a);
    const trap = (): never => {
      throw new Error("a trap ran");
    };
    const proxy = new Proxy([a], { get: trap, getPrototypeOf: trap, ownKeys: trap });
    const values = [new Box(), items, proxy, new Uint8Array(3), new Date(0), /x/u];
    expect(scanReferences(values)).toBeUndefined();
    expect(fillReferences(values, undefined, () => "never")[2]).toBe(proxy);
  });

  test("are looked for without running getters, which the copy keeps", () => {
    let ran = 0;
    const object = {
      a,
      get lazy(): number {
        return ++ran;
      },
    };
    const [copy] = replaced([object]);
    expect(ran).toBe(0);
    expect(Object(copy).lazy).toBe(1);
    expect(Object(copy).a).toBe("A");
  });

  test("an own __proto__ stays a property", () => {
    const tricky: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    const [copy] = replaced([[tricky, a]]);
    const [same] = Object(copy);
    expect(same).toBe(tricky);
    const [own] = replaced([
      Object.defineProperty({}, "__proto__", { value: a, enumerable: true }),
    ]);
    expect(Object.getOwnPropertyDescriptor(own, "__proto__")?.value).toBe("A");
    expect(Object(own).polluted).toBeUndefined();
  });

  test("a hundred thousand levels of nesting are no recursion", () => {
    let nested: unknown[] = [a];
    for (let level = 0; level < 100_000; level++) nested = [nested];
    let [copy] = replaced([nested]);
    while (Array.isArray(copy)) [copy] = copy;
    expect(copy).toBe("A");
  });
});
