import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignOrder } from "../../../src/engines/local/graph-order.js";
import { sizeOf } from "../../../src/engines/local/small-set.js";
import type { TaskState } from "../../../src/engines/local/task-state.js";
import { makeTask } from "./make-task.js";

/** How many results are held at once when one worker follows the order; final ones not counted. */
function highWater(batch: readonly TaskState[]): number {
  const left = new Map(batch.map((task) => [task, sizeOf(task.dependents)]));
  let held = 0;
  let most = 0;
  for (const task of batch.toSorted((a, b) => a.order - b.order)) {
    if (sizeOf(task.dependents) > 0) held++;
    most = Math.max(most, held);
    for (const dependency of task.dependencies) {
      const consumers = (left.get(dependency) ?? 0) - 1;
      left.set(dependency, consumers);
      if (consumers === 0) held--;
    }
  }
  return most;
}

/** Pairwise sums of 2^levels leaves, submitted level by level. */
function tree(levels: number): TaskState[] {
  let row = Array.from({ length: 2 ** levels }, (_, i) => makeTask(`leaf-${i}`));
  const all = [...row];
  for (let level = 0; row.length > 1; level++) {
    const next: TaskState[] = [];
    for (let i = 0; i < row.length; i += 2) {
      next.push(makeTask(`sum-${level}-${i}`, { dependencies: row.slice(i, i + 2) }));
    }
    all.push(...next);
    row = next;
  }
  return all;
}

/** Sethi and Ullman: what any order has to hold at once; the result of the root is not counted. */
function leastRoom(node: number, inputs: ReadonlyMap<number, number[]>, isRoot = false): number {
  const rooms = (inputs.get(node) ?? []).map((input) => leastRoom(input, inputs));
  rooms.sort((a, b) => b - a);
  const own = isRoot ? 0 : 1;
  return Math.max(rooms.length + own, ...rooms.map((room, held) => room + held));
}

describe("the static order", () => {
  test("holds one result a level of a tree reduction, and the sum that is being made", () => {
    for (const levels of [2, 4, 10]) {
      const batch = tree(levels);
      assignOrder(batch, 0);
      expect(highWater(batch)).toBe(levels + 2);
    }
  });

  test("finishes each chain before the next, so that map after map after reduce holds one extra", () => {
    const chains = Array.from({ length: 100 }, (_, i) => {
      const load = makeTask(`load-${i}`);
      const clean = makeTask(`clean-${i}`, { dependencies: [load] });
      return [load, clean, makeTask(`count-${i}`, { dependencies: [clean] })] as const;
    });
    const total = makeTask("total", { dependencies: chains.map((chain) => chain[2]) });
    const batch = [0, 1, 2].flatMap((level) => chains.flatMap((chain) => chain[level] ?? []));
    assignOrder([...batch, total], 0);
    // 99 counts, one loaded and one cleaned.
    expect(highWater([...batch, total])).toBe(101);
  });

  test("uses an input for both of its consumers, though they lead to different outputs", () => {
    const loads = Array.from({ length: 50 }, (_, i) => makeTask(`load-${i}`));
    const means = loads.map((load, i) => makeTask(`mean-${i}`, { dependencies: [load] }));
    const spreads = loads.map((load, i) => makeTask(`std-${i}`, { dependencies: [load] }));
    const batch = [...loads, ...means, ...spreads];
    batch.push(
      makeTask("mean", { dependencies: means }),
      makeTask("std", { dependencies: spreads }),
    );
    assignOrder(batch, 0);
    // All means and spreads, never all the loaded data as well (150).
    expect(highWater(batch)).toBeLessThanOrEqual(102);
  });

  test("computes the input that takes more room first", () => {
    const small = makeTask("small");
    const leaves = Array.from({ length: 4 }, (_, i) => makeTask(`leaf-${i}`));
    const big = makeTask("big", { dependencies: leaves });
    const both = makeTask("both", { dependencies: [small, big] });
    assignOrder([small, ...leaves, big, both], 0);
    expect(small.order).toBeGreaterThan(big.order);
  });

  test("is the order of submission for tasks that have nothing to do with each other", () => {
    const batch = Array.from({ length: 20 }, (_, i) => makeTask(`t${i}`));
    expect(assignOrder(batch, 100)).toBe(120);
    expect(batch.map((task) => task.order)).toEqual(batch.map((_, i) => 100 + i));
  });

  test("ignores what does not belong to the batch", () => {
    const earlier = makeTask("earlier");
    assignOrder([earlier], 0);
    const later = makeTask("later", { dependencies: [earlier] });
    expect(assignOrder([later], 1)).toBe(2);
    expect([earlier.order, later.order]).toEqual([0, 1]);
  });

  test("gives every task one place, after those of its dependencies, in any graph", () => {
    const graph = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(graph, fc.func(fc.nat()), (links, shuffleKey) => {
        const tasks: TaskState[] = [];
        for (const [index, choices] of links.entries()) {
          const chosen = new Set(choices.flatMap((n) => tasks[n % Math.max(1, index)] ?? []));
          tasks.push(makeTask(`t${index}`, { dependencies: [...chosen] }));
        }
        const batch = tasks.toSorted((x, y) => shuffleKey(x.id) - shuffleKey(y.id));
        expect(assignOrder(batch, 5)).toBe(5 + batch.length);
        expect(new Set(batch.map((task) => task.order)).size).toBe(batch.length);
        for (const task of batch) {
          for (const dependency of task.dependencies) {
            expect(dependency.order).toBeLessThan(task.order);
          }
        }
      }),
    );
  });

  test("of any tree holds no more than the best order does", () => {
    // Node i > 0 is an input of an earlier one.
    const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(parents, (choices) => {
        const inputs = new Map<number, number[]>([[0, []]]);
        for (const [index, choice] of choices.entries()) {
          inputs.set(index + 1, []);
          inputs.get(choice % (index + 1))?.push(index + 1);
        }
        const tasks = new Map<number, TaskState>();
        for (let node = choices.length; node >= 0; node--) {
          const dependencies = (inputs.get(node) ?? []).flatMap((input) => tasks.get(input) ?? []);
          tasks.set(node, makeTask(`t${node}`, { dependencies }));
        }
        const batch = [...tasks.values()];
        assignOrder(batch, 0);
        expect(highWater(batch)).toBe(leastRoom(0, inputs, true));
      }),
    );
  });

  test("of a chain of 100,000 and of 100,000 inputs to one task is no recursion", () => {
    const chain: TaskState[] = [];
    for (let i = 0; i < 100_000; i++) {
      chain.push(makeTask(`c${i}`, { dependencies: chain.slice(-1) }));
    }
    assignOrder(chain, 0);
    expect(chain.at(-1)?.order).toBe(99_999);
    const wide = Array.from({ length: 100_000 }, (_, i) => makeTask(`w${i}`));
    const last = makeTask("last", { dependencies: wide });
    assignOrder([...wide, last], 0);
    expect(last.order).toBe(100_000);
  });
});
