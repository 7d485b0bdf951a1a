import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadyQueue } from "../../../src/engines/local/ready-queue.js";
import { makeClient, makeTask } from "./make-task.js";

test("tasks leave by priority, then by static order, whatever the order in which they came", () => {
  const item = fc.record({ priority: fc.integer({ min: -2, max: 2 }), pop: fc.boolean() });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 200 }), (items) => {
      const queue = new ReadyQueue();
      const model: { name: string; priority: number; order: number }[] = [];
      const next = (): string | undefined => {
        model.sort((a, b) => b.priority - a.priority || a.order - b.order);
        return model.shift()?.name;
      };
      for (const [index, { priority, pop }] of items.entries()) {
        const task = makeTask(`t${index}`, { priority });
        // A scrambled but distinct order.
        task.order = (index * 7919) % 1009;
        queue.push(task);
        model.push({ name: `t${index}`, priority, order: task.order });
        if (pop) expect(queue.pop()?.key).toBe(next());
      }
      while (queue.size > 0) expect(queue.pop()?.key).toBe(next());
      expect(queue.pop()).toBeUndefined();
      expect(model).toEqual([]);
    }),
  );
});

test("thousands that come in their order leave in it, and those that come late at their place", () => {
  const queue = new ReadyQueue();
  const left: number[] = [];
  const push = (order: number): void => {
    const task = makeTask(`t${order}`);
    task.order = order;
    queue.push(task);
  };
  const pop = (): unknown => {
    const order = queue.pop()?.order;
    if (order !== undefined) left.push(order);
    return order;
  };
  for (let round = 0; round < 3; round++) {
    // Every tenth comes after all the others.
    for (let n = 0; n < 5000; n++) if (n % 10 !== 7) push(round * 10_000 + n);
    for (let n = 7; n < 5000; n += 10) push(round * 10_000 + n);
    // Some stay over, into the next round; others come while half of them have left.
    for (let n = 0; n < 2500; n++) pop();
    for (let n = 5000; n < 6000; n++) push(round * 10_000 + n);
    while (queue.size > 100) pop();
  }
  while (pop() !== undefined);
  expect(left).toEqual(left.toSorted((a, b) => a - b));
  expect(left).toHaveLength(18_000);
});

test("clients take turns, who has fewer slots first, whatever the order in which tasks came", () => {
  const queue = new ReadyQueue();
  const [a, b] = [makeClient(1), makeClient(2)];
  let order = 0;
  const push = (name: string, client: typeof a, priority = 0): void => {
    const task = makeTask(name, { client, priority });
    task.order = order++;
    queue.push(task);
  };
  for (let n = 0; n < 4; n++) push(`a${n}`, a);
  for (let n = 0; n < 2; n++) push(`b${n}`, b);
  push("urgent", b, 1);
  let runId = 0;
  const start = (): unknown => {
    const task = queue.pop();
    task?.client.load.started(runId++);
    return task?.key;
  };
  const startAndEnd = (): unknown => {
    const client = [a, b];
    const key = start();
    for (const { load } of client) while (load.slots > 0) load.ended(false);
    return key;
  };
  expect([startAndEnd(), startAndEnd(), startAndEnd()]).toEqual(["urgent", "a0", "b0"]);
  // `a` holds two slots: the next one is for `b`, although it was served last.
  expect([start(), start()]).toEqual(["a1", "b1"]);
  expect([start(), start(), start()]).toEqual(["a2", "a3", undefined]);
  expect(queue.size).toBe(0);
});
