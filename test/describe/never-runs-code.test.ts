import vm from "node:vm";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { isWellFormed } from "../../src/base/well-formed.js";
import { describeThrown } from "../../src/describe/describe-thrown.js";
import { encodeArgument } from "../../src/describe/encode-argument.js";
import type { Encoded } from "../../src/describe/encoded.js";
import { createRedactor } from "../../src/describe/redact.js";
import { richTypeOf } from "../../src/describe/rich-type.js";
import { sizeOf } from "../../src/describe/size-of.js";
import { typeNameOf } from "../../src/describe/type-name.js";
import type { ValuePolicy } from "../../src/describe/value-policy.js";
import { decodeEvent } from "../../src/events/decode-event.js";
import { encodeEvent } from "../../src/events/encode-event.js";

const redactor = createRedactor(["*password*", "hunter2"]);
const policies: readonly ValuePolicy[] = (["summary", "none", "full"] as const).map((values) => ({
  ...{ values, maxValueBytes: 1024, richTypes: values === "summary", redactor },
}));

let ran: string[] = [];
afterEach(() => {
  ran = [];
});

/** Everything that describes a value; what comes out must fit into an event. */
function describeAll(value: unknown): void {
  expect(typeof typeNameOf(value)).toBe("string");
  expect(richTypeOf(value).length).toBeLessThanOrEqual(501);
  const size = sizeOf(value);
  expect(Number.isSafeInteger(size) && size >= 0).toBe(true);
  for (const policy of policies) {
    for (const referenceOf of [undefined, () => undefined]) {
      const key: Encoded = ["l", [encodeArgument(value, policy, referenceOf)]];
      const event = { type: "known", time: 1, task: 1, key } as const;
      const wire = JSON.parse(JSON.stringify(encodeEvent(event)));
      expect(decodeEvent(wire)).toEqual(event);
    }
  }
  for (const keepTraceback of [true, false]) {
    const { type, text, traceback } = describeThrown(value, { keepTraceback, redactor });
    for (const part of [type, text, traceback ?? ""]) expect(isWellFormed(part)).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
  }
}

/** A Proxy whose every trap is noted and throws. */
function trapped(target: object): object {
  const traps = new Proxy(
    {},
    {
      get: (_, trap) => () => {
        ran.push(`trap ${String(trap)}`);
        throw new Error("a trap ran");
      },
    },
  );
  return new Proxy(target, traps);
}

function note(what: string): () => never {
  return () => {
    ran.push(what);
    throw new Error(`${what} ran`);
  };
}

function withGetters<T extends object>(target: T): T {
  const names = [
    // The stack first: when it is replaced, V8 puts the old one together from name and message.
    ...["stack", "constructor", "name", "message", "cause", "errors", "toString", "toJSON", "size"],
    ...[
      "length",
      "byteLength",
      "buffer",
      "shape",
      "dtype",
      "columns",
      "then",
      "0",
      "extra",
      "source",
    ],
    ...[Symbol.toStringTag, Symbol.iterator, Symbol.toPrimitive, Symbol.species],
  ];
  for (const name of names) {
    const own = Object.getOwnPropertyDescriptor(target, name);
    const isElement = name === "0" && ArrayBuffer.isView(target);
    if (own?.configurable === false || isElement) continue;
    Object.defineProperty(target, name, {
      get: note(`getter ${String(name)}`),
      configurable: true,
      enumerable: true,
    });
  }
  return target;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(16);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

const detachedBuffer = new ArrayBuffer(16);
const onDetached = new DataView(detachedBuffer, 4);
const arrayOnDetached = new Float32Array(detachedBuffer);
structuredClone(detachedBuffer, { transfer: [detachedBuffer] });

function circular(): unknown {
  const list: unknown[] = [1];
  const map = new Map<unknown, unknown>([["list", list]]);
  map.set(map, new Set([map]));
  list.push(list, { list, map });
  const error = new Error("circle", { cause: list });
  error.cause = error;
  list.push(error);
  return list;
}

class Evil {
  static get name(): string {
    return note("static name")();
  }
  get shape(): number[] {
    return note("shape")();
  }
  toJSON(): string {
    return note("toJSON")();
  }
  toString(): string {
    return note("toString")();
  }
  get [Symbol.toStringTag](): string {
    return note("tag")();
  }
}

class EvilMap extends Map<unknown, unknown> {
  override get size(): number {
    return note("size")();
  }
  override entries(): never {
    return note("entries")();
  }
  override [Symbol.iterator](): never {
    return note("iterator")();
  }
  override forEach(): never {
    return note("forEach")();
  }
}

class EvilBytes extends Uint8Array {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return note("species")();
  }
  override get byteLength(): number {
    return note("byteLength")();
  }
  override get buffer(): never {
    return note("buffer")();
  }
}

class EvilError extends Error {
  override get message(): string {
    return note("message")();
  }
}

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
};

const cases: readonly (readonly [string, () => unknown])[] = [
  ["a trapped Proxy", () => trapped({})],
  ["a trapped Proxy of an array", () => trapped([1])],
  ["a trapped Proxy of a function", () => trapped(() => 1)],
  ["a trapped Proxy of an Error", () => trapped(new Error("x"))],
  ["a revoked Proxy", revoked],
  ["Proxies inside", () => [trapped({}), { a: trapped([]) }, new Map([[trapped({}), revoked()]])]],
  ["a Proxy as prototype", () => Object.create(trapped({}))],
  ["a Proxy as constructor", () => Object.create({ constructor: trapped(class A {}) })],
  ["an Error whose cause is a Proxy", () => new Error("x", { cause: trapped({}) })],
  ["an AggregateError of Proxies", () => new AggregateError([trapped({}), revoked()])],
  ["errors that are a Proxy", () => Object.assign(new Error("x"), { errors: trapped([]) })],
  ["a shape that is a Proxy", () => ({ shape: trapped([1]), columns: revoked() })],
  ["an object of getters", () => withGetters({})],
  ["an array with getters", () => withGetters([1, 2, 3])],
  ["a Map with getters", () => withGetters(new Map([[1, 2]]))],
  ["a Set with getters", () => withGetters(new Set([1]))],
  ["a Date with getters", () => withGetters(new Date(0))],
  ["a RegExp with getters", () => withGetters(/a/)],
  ["an Error with getters", () => withGetters(new Error("x"))],
  ["an AggregateError with getters", () => withGetters(new AggregateError([1], "x"))],
  ["a Promise with getters", () => withGetters(Promise.resolve())],
  ["a function with getters", () => withGetters(() => 1)],
  ["a buffer with getters", () => withGetters(new ArrayBuffer(8))],
  ["a typed array with getters", () => withGetters(new Float64Array(3))],
  ["a Uint8Array with getters", () => withGetters(new Uint8Array(3))],
  ["a DataView with getters", () => withGetters(new DataView(new ArrayBuffer(8)))],
  ["a class with hostile members", () => new Evil()],
  ["a Map subclass with hostile members", () => new EvilMap([[1, 2]].map(([k, v]) => [k, v]))],
  ["a Uint8Array subclass with hostile members", () => new EvilBytes(4)],
  ["a borrowed DOMException prototype", () => Object.create(DOMException.prototype)],
  ["a borrowed Map prototype", () => Object.create(Map.prototype)],
  ["a borrowed Error prototype", () => Object.create(Error.prototype)],
  ["a null prototype", () => Object.assign(Object.create(null), { a: 1 })],
  ["a detached buffer", detached],
  ["a DataView on a detached buffer", () => onDetached],
  ["a typed array on a detached buffer", () => arrayOnDetached],
  ["circles", circular],
  ["deep nesting", () => nested(100_000)],
  ["a sparse array of four billion", () => new Array(2 ** 32 - 1)],
  ["an array of a million", () => new Array(1e6).fill("x")],
  ["a string of a million", () => "x".repeat(1e6)],
  ["a huge integer", () => 1n << 1_000_000n],
  ["lone surrogates", () => ({ "\ud800": "\udc00", list: ["a\ud800"], e: new Error("\ud800") })],
  ["a class named with a lone surrogate", () => new ({ "\ud800": class {} })["\ud800"]()],
  [
    "a value of another realm",
    () => vm.runInNewContext("({a: [1, new Map([[1, 2]])], e: new Error('x')})"),
  ],
  ["an Error of another realm", () => vm.runInNewContext("new TypeError('x')")],
  ["__proto__ as own name", () => JSON.parse('{"__proto__": {"a": 1}}')],
  ["an invalid Date", () => new Date(Number.NaN)],
  ["a symbol", () => Symbol("\ud800")],
  ["undefined", () => undefined],
  ["-0 and NaN", () => [-0, Number.NaN, Number.NEGATIVE_INFINITY]],
];

describe("describing a value", () => {
  test.each(cases)("%s: none of its code runs, nothing is thrown", (_, make) => {
    const value = make();
    ran = [];
    describeAll(value);
    expect(ran).toEqual([]);
  });

  test("whose message is a getter: only V8 ran it, when it took the stack", () => {
    let error: unknown;
    try {
      error = new EvilError("x");
    } catch (thrown) {
      error = thrown;
    }
    ran = [];
    describeAll(error);
    expect(ran).toEqual([]);
  });

  test("anything at all, also inside hostile wrappings, takes no code and no exception", () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    const wrap = fc.constantFrom<(value: unknown) => unknown>(
      (value) => value,
      (value) => [value, trapped({ value })],
      (value) => ({ value, proxy: revoked() }),
      (value) => new Map([[value, [value]]]),
      (value) => new Set([value]),
      (value) => new Error("wrapped", { cause: value }),
      (value) => new AggregateError([value, value], "members"),
      (value) => Object.defineProperty({ value }, "bad", { get: note("bad"), enumerable: true }),
      (value) => Object.assign(Object.create(null), { value, shape: [value], columns: value }),
    );
    fc.assert(
      fc.property(anything, wrap, wrap, (value, inner, outer) => {
        describeAll(outer(inner(value)));
        expect(ran).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("costs a bounded time however large the value is", () => {
    const large = [
      Array.from({ length: 1e6 }, (_, i) => ({ i, list: [i, i] })),
      new Map(Array.from({ length: 2e5 }, (_, i) => [{ i }, [i]])),
      nested(1e5),
      Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => [1, "a"])),
      "x".repeat(2 ** 28),
    ];
    for (const value of large) {
      const start = process.cpuUsage();
      for (const policy of policies.slice(0, 2)) encodeArgument(value, policy, () => undefined);
      richTypeOf(value);
      sizeOf(value);
      const used = process.cpuUsage(start);
      // About 20 ms here; without the budgets it is seconds.
      expect((used.user + used.system) / 1000).toBeLessThan(500);
    }
  });
});
