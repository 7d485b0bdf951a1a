import { describe, expect, test } from "vitest";
import { Client } from "../../../src/engines/local/client.js";
import { type Delayed, delayed } from "../../../src/engines/local/delayed.js";

const load = delayed((n: number) => n);
const add = delayed((a: number, b: number) => a + b);
const square = delayed((n: number) => n * n);

/** The most results that are held at once while one worker computes a value. */
async function mostHeld(value: Delayed<number>): Promise<{ most: number; result: number }> {
  const client = new Client({ workers: 1 });
  let held = 0;
  let most = 0;
  client.registerPlugin({
    name: "scale",
    transition(_key, start, finish) {
      if (finish === "memory") most = Math.max(most, ++held);
      else if (start === "memory") held--;
    },
  });
  const result = await client.compute(value).result();
  await client.close();
  return { most, result };
}

function reduced(leaves: readonly Delayed<number>[]): Delayed<number> {
  let level = leaves;
  while (level.length > 1) {
    const next: Delayed<number>[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [a, b] = [level[i], level[i + 1]];
      if (a !== undefined) next.push(b === undefined ? a : add(a, b));
    }
    level = next;
  }
  const [root] = level;
  if (root === undefined) throw new Error("no leaves");
  return root;
}

describe("results that are held at once", () => {
  test.each([
    ["a tree reduction", 1024, (n: number) => load(n)],
    ["a map and then a reduction", 1024, (n: number) => square(load(n))],
    ["a reduction of a number of leaves that is no power of two", 1000, (n: number) => load(n)],
  ])("of %s are at most 1.2 times those of the best order", async (_, count, leaf) => {
    const leaves = Array.from({ length: count }, (_item, n) => leaf(n));
    const { most, result } = await mostHeld(reduced(leaves));
    expect(result).toBeGreaterThan(count);
    // Depth first: one result waits at each level, and the two below are there beside their sum.
    const best = Math.ceil(Math.log2(count)) + 2;
    expect(most).toBeLessThanOrEqual(1.2 * best);
  });
});
