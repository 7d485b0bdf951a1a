import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { Client } from "../../../src/engines/local/client.js";
import { insideFuture } from "../../../src/engines/local/future.js";
import { LocalCluster } from "../../../src/engines/local/local-cluster.js";
import { gate, transitionLog, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;
const add = (x: number, y: number): number => x + y;
const states = (client: Client): string[] =>
  Array.from(client.scheduler.tasks, (task) => `${String(task.key)} ${task.state}`);

describe("results", () => {
  test("nobody holds are dropped as soon as the last task that uses them has finished", async () => {
    await using client = new Client({ workers: 1 });
    const log = transitionLog();
    client.registerPlugin(log);
    const a = client.with({ key: "a" }).submit(inc, 0);
    const b = client.with({ key: "b" }).submit(inc, a);
    const c = client.with({ key: "c" }).submit(add, a, b);
    a.release();
    b.release();
    expect(await c.result()).toBe(3);
    expect(states(client)).toEqual(["c memory"]);
    const after = log.lines.slice(
      log.lines.findIndex((line) => line.startsWith("c processing>memory")),
    );
    expect(after.map((line) => line.replace(/ \{.*| run.*/u, ""))).toEqual([
      "c processing>memory",
      "a memory>released reason=released",
      "a released>forgotten",
      "b memory>released reason=released",
      "b released>forgotten",
    ]);
  });

  test("of a tree reduction by compute and get are at most levels + 2 at once", async () => {
    await using client = new Client({ workers: 1 });
    let held = 0;
    let most = 0;
    client.registerPlugin({
      transition: (_, start, finish) => {
        if (finish === "memory") most = Math.max(most, ++held);
        if (start === "memory") held--;
      },
    });
    const { delayed } = await import("../../../src/engines/local/delayed.js");
    let row = Array.from({ length: 256 }, (_, i) => delayed(inc)(i));
    while (row.length > 1) {
      const pairs: typeof row = [];
      for (let i = 0; i + 1 < row.length; i += 2) {
        const [left, right] = [row[i], row[i + 1]];
        if (left !== undefined && right !== undefined) pairs.push(delayed(add)(left, right));
      }
      row = pairs;
    }
    const [total] = row;
    expect(await client.compute(total).result()).toBe((256 * 257) / 2);
    expect(most).toBe(10);
  });

  test("of map after map are consumed before the next one is made", async () => {
    await using client = new Client({ workers: 1 });
    let held = 0;
    let most = 0;
    client.registerPlugin({
      transition: (key, start, finish) => {
        if (!String(key).startsWith("load")) return;
        if (finish === "memory") most = Math.max(most, ++held);
        if (start === "memory") held--;
      },
    });
    const loads = client.with({ key: "load" }).map(
      (n: number) => new Array(n).fill(1),
      Array.from({ length: 50 }, () => 10),
    );
    const counts = client.map((rows: number[]) => rows.length, loads);
    for (const load of loads) load.release();
    expect(await client.submit((all: number[]) => all.length, counts).result()).toBe(50);
    expect(most).toBe(1);
  });

  test("of a future that is waited for survive its release", async () => {
    await using client = new Client();
    const later = (): Promise<number> => {
      using future = client.submit(inc, 1);
      return future.result();
    };
    expect(await later()).toBe(2);
    expect(states(client)).toEqual([]);
  });

  test("of a released future are gone, and its task is not run", async () => {
    await using client = new Client({ workers: 1 });
    let ran = false;
    const future = client.submit(() => {
      ran = true;
    });
    future.release();
    future.release();
    expect(future.status).toBe("cancelled");
    await expect(future.result()).rejects.toMatchObject({
      code: "ERR_CANCELLED",
      message: expect.stringContaining("released"),
    });
    await turns();
    expect(ran).toBe(false);
  });

  test("are let go of with the future, which keeps the key; who takes them still gets them", async () => {
    await using client = new Client();
    const open = gate<number>();
    const first = client.with({ key: "first" }).submit(() => open.promise);
    const second = client.submit(inc, first);
    first.release();
    expect(insideFuture(first).state.task).toBeUndefined();
    expect(first.key).toBe("first");
    open.open(1);
    expect(await second.result()).toBe(2);
  });

  test("of a future that was lost without release are dropped when it is collected", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    await (async () => {
      await client.with({ key: "lost" }).submit(inc, 1).result();
    })();
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    for (let round = 0; round < 50 && client.scheduler.tasks.size > 0; round++) {
      collect();
      await turns();
    }
    expect(log.path("lost")).toBe("released>waiting>processing>memory>released>forgotten");
    expect(log.lines.find((line) => line.startsWith("lost memory"))).toContain("reason=collected");
  });

  test("a task that is waited for is not lost with its future", async () => {
    await using client = new Client();
    const open = gate<number>();
    const result = client.submit(() => open.promise).result();
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    for (let round = 0; round < 5; round++) {
      collect();
      await turns();
    }
    open.open(4);
    expect(await result).toBe(4);
  });

  test("fire and forget runs a task nobody holds, and drops its result", async () => {
    await using client = new Client({ workers: 1 });
    const done = gate<number>();
    const future = client.submit((x: number) => done.open(x), client.submit(inc, 1));
    client.fireAndForget(future);
    future.release();
    expect(await done.promise).toBe(2);
    await turns();
    expect(states(client)).not.toContain(`${String(future.key)} memory`);
  });
});

describe("closing", () => {
  test("a client closes the cluster it made, not one it was given", async () => {
    const own = new Client();
    await own.close();
    expect(own.scheduler.status).toBe("closed");
    await using cluster = new LocalCluster();
    const guest = new Client({ cluster });
    await guest.close();
    expect(cluster.scheduler.status).toBe("running");
  });

  test("rejects what is pending with ERR_CLOSED and refuses new work", async () => {
    const client = new Client({ workers: 1 });
    const running = client.submit(() => new Promise<void>(() => {}));
    const waiting = client.submit((_: unknown) => 1, running);
    const results = Promise.allSettled([
      running.result(),
      waiting.result(),
      client.gather([waiting]),
    ]);
    await turns();
    await Promise.all([client.close(), client.close()]);
    for (const result of await results) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ERR_CLOSED" } });
    }
    expect(client.scheduler.tasks.size).toBe(0);
    expect(() => client.submit(inc, 1)).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
    expect(() => client.scatter(1)).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
    expect(() => client.registerPlugin({})).toThrow(
      expect.objectContaining({ code: "ERR_CLOSED" }),
    );
    await expect(client.get(new Map(), [])).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test("tells plugins before anything is dropped, and waits for them", async () => {
    const client = new Client({ workers: 2 });
    const log = transitionLog();
    const events = log.lines;
    client.registerPlugin(log);
    client.registerPlugin({
      beforeClose: async () => {
        await turns();
        events.push("slow beforeClose");
      },
      close: async () => {
        await turns();
        events.push("slow close");
      },
    });
    const held = client.with({ key: "held" }).submit(inc, 1);
    await held.result();
    await client.close();
    expect(
      events
        .slice(events.findIndex((line) => line.includes("held processing>memory")) + 1)
        .map((line) => line.replace(/ \{.*/u, "")),
    ).toEqual([
      "beforeClose",
      "held memory>released reason=closed",
      "held released>forgotten",
      "client- Client-1",
      "worker- inproc-0 closed",
      "worker- inproc-1 closed",
      "slow beforeClose",
      "close",
      "slow close",
    ]);
  });

  test("a cluster ends all its clients, and tasks running at the time are cut off", async () => {
    const cluster = new LocalCluster({ workers: 1 });
    const log = transitionLog();
    cluster.scheduler.registerPlugin(log);
    const client = new Client({ cluster });
    const running = client.with({ key: "r" }).submit(() => new Promise<void>(() => {}));
    await turns();
    await cluster.close();
    expect(running.status).toBe("cancelled");
    expect(log.path("r")).toBe("released>waiting>processing>released>forgotten");
    expect(log.lines.find((line) => line.startsWith("r processing>released"))).toContain(
      "reason=closed",
    );
    await client.close();
    expect(() => new Client({ cluster })).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
  });

  test("from inside a task does not wait for that task", async () => {
    const client = new Client({ workers: 1 });
    const closed = gate();
    const future = client.submit(async () => {
      await client.close();
      closed.open();
    });
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await closed.promise;
  });

  test("an idle cluster, and one whose tasks wait, keep nothing alive", async () => {
    const alive = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === "Immediate" || kind === "Timeout")
        .length;
    const before = alive();
    const client = new Client({ workers: 1 });
    await client.submit(inc, 1).result();
    const stuck = client.submit(() => new Promise<void>(() => {}));
    client.submit(inc, 1);
    await turns();
    expect(alive()).toBeLessThanOrEqual(before);
    stuck.cancel();
    await client.close();
  });
});

describe("size is no limit", () => {
  test("of a chain of 100,000 tasks", async () => {
    await using client = new Client();
    let last = client.submit(inc, 0);
    for (let i = 1; i < 100_000; i++) {
      const next = client.submit(inc, last);
      last.release();
      last = next;
    }
    expect(await last.result()).toBe(100_000);
    expect(client.scheduler.tasks.size).toBe(1);
  });

  test("of a failure 100,000 tasks deep, its cancellation and its release", async () => {
    await using client = new Client();
    const grow = (first: ReturnType<typeof start>): typeof first => {
      let last = first;
      for (let i = 1; i < 100_000; i++) {
        const next = client.submit(inc, last);
        last.release();
        last = next;
      }
      return last;
    };
    const start = (fail: boolean) =>
      client.submit((): number => {
        if (fail) throw new Error("deep");
        return 0;
      });
    const failed = grow(start(true));
    await expect(failed.result()).rejects.toThrow("deep");
    failed.release();
    expect(client.scheduler.tasks.size).toBe(0);
    const cancelled = grow(start(false));
    cancelled.cancel();
    expect(client.scheduler.tasks.size).toBe(0);
  });

  test("of 100,000 consumers of one result, and one consumer of 100,000", async () => {
    await using client = new Client({ workers: 2 });
    const source = client.submit(inc, 0);
    const parts = client.map(add, new Array(100_000).fill(source), new Array(100_000).fill(1));
    const total = client.submit((xs: number[]) => xs.reduce((a, b) => a + b, 0), parts);
    source.release();
    for (const part of parts) part.release();
    expect(await total.result()).toBe(200_000);
    expect(client.scheduler.tasks.size).toBe(1);
  });

  test("of a delayed chain of 100,000", async () => {
    await using client = new Client();
    const { delayed } = await import("../../../src/engines/local/delayed.js");
    const later = delayed(inc);
    let value = later(0);
    for (let i = 1; i < 100_000; i++) value = later(value);
    expect(await client.compute(value).result()).toBe(100_000);
  });
});
