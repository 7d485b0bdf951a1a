import { setTimeout as later } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assertHasAction,
  Client,
  captureLogging,
  computeWithTrace,
  delayed,
  descendants,
  getClient,
  type LoggedAction,
  loggedActions,
  logMessage,
  persistWithTrace,
  startAction,
} from "../../src/index.js";
import { runs } from "../support/tier.js";
import { gapsOf } from "./support.js";

const tasksIn = (action: LoggedAction): LoggedAction[] =>
  descendants(action).filter(({ type }) => type === "eliot:remote_task");

/** The first message of a task's action. */
const about = (task: LoggedAction | undefined): unknown => task?.children[0];

describe("tasks submitted in an action", () => {
  test("are actions in it with key and dependencies, in topological order", async () => {
    await using client = new Client({ workers: 2 });
    await captureLogging(async (logger) => {
      const add = delayed(function add(a: number, b: number) {
        logMessage("adding", { a, b });
        return a + b;
      });
      const total = await startAction("main", async () =>
        computeWithTrace(client, add(add(1, 2), add(3, 4))),
      );
      expect(total).toBe(10);
      const main = assertHasAction(logger, "main", true);
      const [compute] = loggedActions(logger.messages, "taskprov:compute");
      expect(main.children.map((child) => "type" in child && child.type)).toEqual([
        "taskprov:compute",
      ]);
      const tasks = compute === undefined ? [] : tasksIn(compute);
      const keys = tasks.map((task) => (about(task) as { key: string }).key);
      expect(keys).toHaveLength(3);
      expect(about(tasks[2])).toMatchObject({
        message_type: "dask:task",
        dependencies: keys.slice(0, 2),
      });
      expect(tasks[2]?.children[1]).toMatchObject({ message_type: "adding", a: 3, b: 7 });
      expect(tasks.every((task) => task.succeeded)).toBe(true);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("tried again are one action each, every try an action in it", async () => {
    await using client = new Client({ workers: 1 });
    await captureLogging(async (logger) => {
      let tries = 0;
      const flaky = (): string => {
        logMessage("trying");
        if (++tries < 3) throw new RangeError(`transient ${tries}`);
        return "fine";
      };
      await startAction("main", async () => {
        expect(await client.with({ retries: 5 }).submit(flaky).result()).toBe("fine");
      });
      const [task, ...others] = loggedActions(logger.messages, "eliot:remote_task");
      expect(others).toEqual([]);
      const attempts = task === undefined ? [] : descendants(task);
      expect(attempts.map((each) => [each.startMessage["attempt"], each.succeeded])).toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
      expect(attempts[0]?.endMessage).toMatchObject({ reason: "transient 1" });
      expect(attempts.map((each) => each.children.length)).toEqual([1, 1, 1]);
      expect(task?.succeeded).toBe(true);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("that fail, are blocked or cancelled say so, and are whole", async () => {
    await using client = new Client({ workers: 1 });
    await captureLogging(async (logger) => {
      await startAction("main", async () => {
        const bad = client.with({ key: "bad" }).submit((): number => {
          throw new TypeError("boom ✗");
        });
        const after = client.with({ key: "after" }).submit((x: number) => x, bad);
        const slow = client.with({ key: "slow" }).submit(async () => await later(60_000));
        const never = client.with({ key: "never" }).submit((x: unknown) => x, slow);
        await after.result().catch(() => undefined);
        never.release();
        slow.cancel();
        await expect(slow.result()).rejects.toThrow();
      });
      await client.close();
      const ends = loggedActions(logger.messages, "eliot:remote_task").map((task) => [
        (about(task) as { key: string }).key,
        task.endMessage?.["exception"],
        task.endMessage?.["reason"],
      ]);
      expect(ends).toEqual([
        ["bad", "builtins.TypeError", "boom ✗"],
        ["after", "taskprov.Blocked", "bad failed"],
        ["slow", "taskprov.Cancelled", "nobody waits for it"],
        ["never", "taskprov.Cancelled", "nobody waits for it"],
      ]);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("run again after they failed are new actions of the action that asks for it", async () => {
    await using client = new Client({ workers: 1 });
    await captureLogging(async (logger) => {
      let fails = true;
      const future = await startAction("first", async () => {
        const asked = client.submit(() => {
          if (fails) throw new Error("not yet");
          return 1;
        });
        await asked.result().catch(() => undefined);
        return asked;
      });
      fails = false;
      await startAction("second", async () => {
        future.retry();
        await future.result();
      });
      const first = assertHasAction(logger, "first", true);
      const second = assertHasAction(logger, "second", true);
      expect(tasksIn(first).map((task) => task.succeeded)).toEqual([false]);
      expect(descendants(second).map(({ type }) => type)).toEqual([
        "eliot:remote_task",
        "taskprov:attempt",
      ]);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("submitted from inside a task are actions in that task", async () => {
    await using client = new Client({ workers: 1 });
    await captureLogging(async (logger) => {
      const outer = async (): Promise<number> => {
        const parts = getClient().map((n: number) => n * 2, [1, 2, 3]);
        return (await getClient().gather(parts)).length;
      };
      await startAction("main", async () => await client.submit(outer).result());
      const [task] = loggedActions(logger.messages, "eliot:remote_task");
      expect(task === undefined ? [] : tasksIn(task)).toHaveLength(3);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("are kept by persistWithTrace, whose action is over before they are", async () => {
    await using client = new Client({ workers: 1 });
    await captureLogging(async (logger) => {
      const [future] = persistWithTrace(client, [delayed(async () => await later(1, 5))()]);
      expect(await future?.result()).toBe(5);
      assertHasAction(logger, "taskprov:persist", true);
      const [task] = loggedActions(logger.messages, "eliot:remote_task");
      expect(task?.succeeded).toBe(true);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("outside an action are none, and what they log stands by itself", async () => {
    await using client = new Client({ workers: 1 });
    const seen: unknown[] = [];
    const one = client.submit(async () => {
      await later(2);
      return await captureLogging(async (logger) => {
        logMessage("inside");
        seen.push(...logger.messages);
      });
    });
    await startAction("elsewhere", async () => await one.result());
    expect(seen).toMatchObject([{ task_level: [1], message_type: "inside" }]);
  });

  test("of any graph, with any failures, make one whole tree for each root", async () => {
    const node = fc.record({
      inputs: fc.array(fc.nat(20), { maxLength: 3 }),
      fails: fc.nat(2),
      retries: fc.nat(2),
      waits: fc.boolean(),
      root: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 12 }), async (nodes) => {
        await using client = new Client({ workers: 2 });
        await captureLogging(async (logger) => {
          await Promise.all(
            [0, 1, 2].map((root) =>
              startAction("root", { root }, async () => {
                const futures: ReturnType<typeof client.submit>[] = [];
                for (const { inputs, fails, retries, waits, root: own } of nodes) {
                  if (own !== root) continue;
                  let failures = fails;
                  const run = async (): Promise<number> => {
                    logMessage("inside");
                    if (waits) await later(0);
                    if (failures-- > 0) throw new Error("planned");
                    return 1;
                  };
                  const args =
                    futures.length === 0 ? [] : inputs.map((i) => futures[i % futures.length]);
                  futures.push(
                    client
                      .with({ retries })
                      .submit(run as (...args: unknown[]) => unknown, ...args),
                  );
                }
                await client.wait(futures);
              }),
            ),
          );
          await client.close();
          expect(gapsOf(logger.messages)).toEqual([]);
          expect(loggedActions(logger.messages, "root")).toHaveLength(3);
          expect(loggedActions(logger.messages, "eliot:remote_task")).toHaveLength(nodes.length);
        });
      }),
      { numRuns: runs(50) },
    );
  });
});
