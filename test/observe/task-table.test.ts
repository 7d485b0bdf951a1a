import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyId } from "../../src/engines/local/key.js";
import type { GraphUpdateTask, Key } from "../../src/engines/local/scheduler-plugin.js";
import type { ObservedTask } from "../../src/observe/observed-task.js";
import { TaskTable, taskOf } from "../../src/observe/task-table.js";

const nothing = { args: [], dependencies: [], retries: 0, priority: 0 } as const;

function news(number: number, key: Key, fn?: () => void): GraphUpdateTask {
  return { key, number, group: "g", ...nothing, ...(fn !== undefined && { fn }) };
}

const keys: readonly Key[] = ["a", "b", ["a", 0], ["a", 1], "\0ta"];

/** What may happen to a key: its task comes, is asked for, is forgotten with or without a result. */
const steps = fc.array(
  fc.record({
    key: fc.constantFrom(...keys),
    what: fc.constantFrom("come", "ask", "forget", "cancel"),
  }),
  { maxLength: 30 },
);

describe("the tasks of a computation", () => {
  test("are a map by the text of their key, whatever comes, goes and comes again", () => {
    fc.assert(
      fc.property(steps, fc.nat(1e6), (list, first) => {
        const table = new TaskTable(first);
        const model = new Map<string, ObservedTask>();
        /** Keys that the scheduler knows. */
        const known = new Map<string, number>();
        let number = first;
        for (const { key, what } of list) {
          const id = keyId(key);
          const current = known.get(id);
          if (what === "come" && current === undefined) {
            const replaced = table.add(news(number, key));
            expect(replaced).toBe(model.get(id));
            const task = table.at(number);
            if (task === undefined) throw new Error("It was added just now.");
            model.delete(id);
            model.set(id, task);
            known.set(id, number);
            number += 1 + (list.length % 3);
          } else if (what === "ask") {
            expect(table.get(id)).toBe(model.get(id));
            expect(taskOf(table, key)).toBe(model.get(id));
            expect(table.has(id)).toBe(model.has(id));
          } else if (current !== undefined && what !== "come") {
            table.forget();
            known.delete(id);
            if (what !== "cancel") continue;
            table.drop(current);
            model.delete(id);
          }
        }
        expect([...table]).toEqual([...model]);
        expect([...table.keys()]).toEqual([...model.keys()]);
        expect(table.size).toBe(model.size);
        const walked: string[] = [];
        table.forEach((_, id) => void walked.push(id));
        expect(walked).toEqual([...model.keys()]);
      }),
    );
  });

  test("are found by number, however far apart; a number outside is no task", () => {
    const table = new TaskTable(10);
    table.add(news(10, "x", function load() {}));
    table.add(news(4_000_000_000, "y"));
    expect(table.at(4_000_000_000)).toEqual({
      key: "y",
      group: "g",
      dependencies: [],
      state: "waiting",
    });
    expect(table.at(10)?.name).toBe("load");
    for (const number of [0, 9, 11, 5_000_000_000]) expect(table.at(number)).toBeUndefined();
    expect([...table.keys()]).toEqual(["x", "y"]);
  });
});
