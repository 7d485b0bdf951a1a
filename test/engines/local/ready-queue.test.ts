import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadyQueue } from "../../../src/engines/local/ready-queue.js";
import { makeTask } from "./make-task.js";

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
