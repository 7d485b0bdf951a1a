import { describe, expectTypeOf, test } from "vitest";
import type { Client } from "../../../src/engines/local/client.js";
import { type Delayed, delayed } from "../../../src/engines/local/delayed.js";
import type { Future } from "../../../src/engines/local/future.js";
import { task } from "../../../src/engines/local/graph-node.js";
import { ref } from "../../../src/engines/local/ref.js";

const inc = (x: number): number => x + 1;
const total = (xs: number[]): number => xs.length;

/** Checked by the compiler; nothing here is run. */
function types(client: Client, number: Future<number>, text: Future<string>): void {
  expectTypeOf(client.submit(inc, 1)).toEqualTypeOf<Future<number>>();
  expectTypeOf(client.submit(inc, number)).toEqualTypeOf<Future<number>>();
  expectTypeOf(client.submit(inc, delayed(inc)(1))).toEqualTypeOf<Future<number>>();
  expectTypeOf(client.submit(total, [number, 3])).toEqualTypeOf<Future<number>>();
  expectTypeOf(client.submit((x) => `${x}`, 5)).toEqualTypeOf<Future<string>>();
  expectTypeOf(client.submit((x) => x.length, text)).toEqualTypeOf<Future<number>>();
  expectTypeOf(client.submit(async () => true)).toEqualTypeOf<Future<boolean>>();
  expectTypeOf(client.submit(Math.max, 1, number)).toEqualTypeOf<Future<number>>();
  expectTypeOf(
    client.submit((bag: { list: string[]; map: Map<string, number> }) => bag.map, {
      list: [text, "x"],
      map: new Map([["k", number]]),
    }),
  ).toEqualTypeOf<Future<Map<string, number>>>();
  expectTypeOf(client.map((x) => x * 2, [1, number])).toEqualTypeOf<Future<number>[]>();
  expectTypeOf(client.map((x: number, y: string) => y + x, [1], [text])).toEqualTypeOf<
    Future<string>[]
  >();
  // A function may take fewer arguments than map gives it.
  expectTypeOf(client.map(() => true, [1, number])).toEqualTypeOf<Future<boolean>[]>();
  expectTypeOf(client.map(inc, [1], [text])).toEqualTypeOf<Future<number>[]>();
  expectTypeOf(client.map((x) => x * 2, [1, number], "ab")).toEqualTypeOf<Future<number>[]>();
  expectTypeOf(client.with({}).map(() => 1, ["x"])).toEqualTypeOf<Future<number>[]>();
  expectTypeOf(client.with({ retries: 1 }).submit(inc, 1)).toEqualTypeOf<Future<number>>();
  expectTypeOf(delayed(async (x: number) => x)(1)).toEqualTypeOf<Delayed<number>>();
  expectTypeOf(client.compute(delayed(inc)(number))).toEqualTypeOf<Future<number>>();
  expectTypeOf(client.compute({ a: delayed(inc)(1), b: ["x"] as const })).toEqualTypeOf<
    Future<{ a: number; b: readonly ["x"] }>
  >();
  expectTypeOf(client.persist([delayed(inc)(1)])).toEqualTypeOf<Future<number>[]>();
  expectTypeOf(client.gather([number, text])).toEqualTypeOf<Promise<(number | string)[]>>();
  expectTypeOf(client.gather({ a: number, s: new Set([text]) })).toEqualTypeOf<
    Promise<{ a: number; s: Set<string> }>
  >();
  expectTypeOf(client.scatter(new Date(0)).result()).toEqualTypeOf<Promise<Date>>();
  task(inc, ref("x"));
  // @ts-expect-error a string is no number
  client.submit(inc, "x");
  // @ts-expect-error a future of a string is no number
  client.submit(inc, text);
  // @ts-expect-error an argument is missing
  client.submit(inc);
  // @ts-expect-error one argument too many
  client.submit(inc, 1, 2);
  // @ts-expect-error not one of any number of numbers
  client.submit(Math.max, 1, "x");
  // @ts-expect-error an optional argument of the wrong type
  client.submit((x: number, y?: number) => x + (y ?? 0), 1, "x");
  // @ts-expect-error surplus arguments of map are iterated, too
  client.map(inc, [1], 2);
  // @ts-expect-error strings in an array of numbers
  client.submit(total, [number, text]);
  // @ts-expect-error items of the wrong type
  client.map(inc, ["x"]);
  // @ts-expect-error an unknown option
  client.with({ retires: 1 });
  // @ts-expect-error a string is no number
  task(inc, "x");
}

describe("types", () => {
  test("of submissions follow the function, with futures for values anywhere", () => {
    expectTypeOf(types).toBeFunction();
  });
});
