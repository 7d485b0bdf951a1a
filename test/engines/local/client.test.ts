import { describe, expect, test } from "vitest";
import { Client } from "../../../src/engines/local/client.js";
import { Future } from "../../../src/engines/local/future.js";
import { task } from "../../../src/engines/local/graph-node.js";
import { LocalCluster } from "../../../src/engines/local/local-cluster.js";
import { taskContext } from "../../../src/engines/local/task-context.js";
import { gate, transitionLog, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;
const add = (x: number, y: number): number => x + y;
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

describe("asked for twice", () => {
  test("the same future among those waited for is one", async () => {
    await using client = new Client({ workers: 1 });
    const opened = gate();
    const slow = client.submit(() => opened.promise);
    const waited = client.wait([slow, slow]);
    const gathered = client.gather([slow, slow]);
    opened.open();
    expect((await waited).done).toEqual([slow, slow]);
    expect(await gathered).toHaveLength(2);
  });

  test("a key of a graph is computed once, and one that is known is not computed again", async () => {
    await using client = new Client({ workers: 1 });
    let calls = 0;
    const count = (): number => ++calls;
    const graph = new Map([["once", task(count)]]);
    expect(await client.get(graph, ["once", "once"])).toEqual([1, 1]);
    const held = client.with({ key: "held" }).submit(count);
    const again = client.with({ key: "held" }).submit(count);
    expect(await client.gather([held, again])).toEqual([2, 2]);
    expect([calls, client.scheduler.received]).toEqual([2, 2]);
  });

  test("who waits for the first failure leaves the others to those who wait for them", async () => {
    await using client = new Client({ workers: 2 });
    const opened = gate();
    const slow = client.submit(() => opened.promise);
    const slowResult = slow.result();
    const failing = client.submit(() => {
      throw new Error("no");
    });
    const both = client.gather([slow, failing]);
    const failure = failing.result();
    failing.release();
    await expect(both).rejects.toThrow("no");
    await expect(failure).rejects.toThrow("no");
    expect(slow.status).toBe("pending");
    opened.open();
    await expect(slowResult).resolves.toBe(await slow.result());
  });
});

describe("submit", () => {
  test("calls the function later and hands out what it returned", async () => {
    await using client = new Client({ workers: 1 });
    let called = false;
    const future = client.submit(() => {
      called = true;
      return "result";
    });
    expect([called, future.status, future.done]).toEqual([false, "pending", false]);
    expect(await future.result()).toBe("result");
    expect([future.status, future.done]).toEqual(["finished", true]);
    expect(await future.exception()).toBeUndefined();
    expect(await future.traceback()).toBeUndefined();
  });

  test("replaces futures in arguments, at any depth, by their results", async () => {
    await using client = new Client();
    const one = client.submit(inc, 0);
    const two = client.submit(add, one, one);
    const seen = client.submit(
      (list: number[], map: Map<string, number>, bag: { deep: { set: Set<number> } }) => [
        list,
        map,
        bag,
      ],
      [one, two, 3],
      new Map([["two", two]]),
      { deep: { set: new Set([one]) } },
    );
    expect(await seen.result()).toEqual([
      [1, 2, 3],
      new Map([["two", 2]]),
      { deep: { set: new Set([1]) } },
    ]);
  });

  test("passes a container without futures on as the very same object", async () => {
    await using client = new Client();
    const data = { rows: [1, 2] };
    const same = (x: object): object => x;
    expect(await client.submit(same, data).result()).toBe(data);
  });

  test("awaits what an asynchronous function returns", async () => {
    await using client = new Client();
    expect(await client.submit(async (x: number) => x * 2, 21).result()).toBe(42);
    // biome-ignore lint/suspicious/noThenProperty: a foreign promise is what is tested.
    const lazy = { then: (tell: (n: number) => void) => tell(7) };
    expect(await client.submit(() => lazy).result()).toBe(7);
  });

  test("names tasks NAME-C-N and skips names that are taken", async () => {
    await using client = new Client();
    const taken = client.with({ key: "inc-1-2" }).submit(inc, 10);
    const keys = [client.submit(inc, 1).key, client.submit(inc, 1).key, client.submit(() => 1).key];
    expect(keys).toEqual(["inc-1-1", "inc-1-3", "lambda-1-4"]);
    expect(await taken.result()).toBe(11);
  });

  test("with a key that is known and alive is the task that is there, and sends nothing", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const first = client.with({ key: "same" }).submit(inc, 1);
    const second = client.with({ key: "same" }).submit(inc, 2);
    expect(await Promise.all([first.result(), second.result()])).toEqual([2, 2]);
    const third = client.with({ key: "same" }).submit(inc, 3);
    expect([third.status, await third.result()]).toEqual(["finished", 2]);
    expect(log.lines.filter((line) => line.startsWith("graph"))).toEqual(["graph Client-1 same()"]);
    first.release();
    second.release();
    expect(client.scheduler.tasks.get("same")?.state).toBe("memory");
    third.release();
    expect(client.scheduler.tasks.has("same")).toBe(false);
  });

  test("with the key of a forgotten task computes it again", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    for (const x of [1, 2]) {
      using future = client.with({ key: ["block", 0] }).submit(inc, x);
      expect(await future.result()).toBe(x + 1);
    }
    const life = "waiting>processing>memory>released>forgotten";
    expect(log.path(["block", 0])).toBe(`released>${life}>${life}`);
    expect(log.lines.filter((line) => line.startsWith("graph"))).toHaveLength(2);
  });

  test("runs tasks of higher priority first, equal ones in the order of submission", async () => {
    await using client = new Client({ workers: 1 });
    const order: string[] = [];
    const note = (name: string): void => {
      order.push(name);
    };
    const futures = [
      client.submit(note, "a"),
      client.with({ priority: -1 }).submit(note, "low"),
      client.submit(note, "b"),
      client.with({ priority: 5 }).submit(note, "high"),
    ];
    await client.wait(futures);
    expect(order).toEqual(["high", "a", "b", "low"]);
  });

  test("tells a task its key, attempt, worker and scheduler, also after an await", async () => {
    await using client = new Client({ workers: 1 });
    const where = async (): Promise<unknown> => {
      await turns(1);
      const context = taskContext();
      return [
        context?.key,
        context?.attempt,
        context?.runId,
        context?.worker.address,
        context?.scheduler,
      ];
    };
    const facts = await client.with({ key: "w" }).submit(where).result();
    expect(facts).toEqual(["w", 1, 0, "inproc-0", client.scheduler]);
    expect(taskContext()).toBeUndefined();
  });

  test("runs at most as many asynchronous tasks at once as there are workers", async () => {
    await using client = new Client({ workers: 3 });
    let running = 0;
    let most = 0;
    const work = async (_: number): Promise<void> => {
      most = Math.max(most, ++running);
      await turns(2);
      running--;
    };
    await client.wait(
      client.map(
        work,
        Array.from({ length: 20 }, () => 0),
      ),
    );
    expect(most).toBe(3);
  });

  test("lets timers and promises have a turn while synchronous tasks run back to back", async () => {
    await using client = new Client({ workers: 1 });
    const burn = (_: number): void => {
      const end = performance.now() + 2;
      while (performance.now() < end);
    };
    const futures = client.map(
      burn,
      Array.from({ length: 40 }, () => 0),
    );
    let finishedAtTimer = 0;
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        finishedAtTimer = futures.filter((future) => future.done).length;
        resolve();
      }, 1);
    });
    await client.wait(futures);
    expect(finishedAtTimer).toBeLessThan(40);
  });

  test.each<[string, (client: Client) => unknown, string, RegExp]>([
    [
      "no function",
      (c) => Reflect.apply(c.submit, c, ["inc", 1]),
      "ERR_OPTION",
      /"inc" \(string\)/u,
    ],
    ["nothing", (c) => Reflect.apply(c.submit, c, []), "ERR_OPTION", /undefined/u],
    ["an empty key", (c) => c.with({ key: "" }), "ERR_KEY", /got ""/u],
    [
      "an unknown option",
      (c) => Reflect.apply(c.with, c, [{ retrie: 1 }]),
      "ERR_OPTION",
      /Did you mean `retries`/u,
    ],
    ["negative retries", (c) => c.with({ retries: -1 }), "ERR_OPTION", /`retries`.*-1/u],
    ["a timeout of zero", (c) => c.with({ timeout: 0 }), "ERR_OPTION", /`timeout`.*0/u],
    [
      "something that is no signal",
      (c) => Reflect.apply(c.with, c, [{ signal: {} }]),
      "ERR_OPTION",
      /AbortSignal/u,
    ],
    ["map of a number", (c) => Reflect.apply(c.map, c, [inc, 5]), "ERR_OPTION", /iterable/u],
    ["map of nothing", (c) => Reflect.apply(c.map, c, [inc]), "ERR_OPTION", /submit\(fn\)/u],
    [
      "an unknown option of scatter",
      (c) => c.scatter(1, Object({ kee: 1 })),
      "ERR_OPTION",
      /`kee`/u,
    ],
  ])("given %s says so", async (_, attempt, code, message) => {
    await using client = new Client();
    expect(() => attempt(client)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe("map", () => {
  test("calls the function once an item, until the shortest iterable ends", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const futures = client.map(add, [1, 2, 3], new Set([10, 20]));
    expect(await client.gather(futures)).toEqual([11, 22]);
    expect(log.lines.filter((line) => line.startsWith("graph"))).toHaveLength(1);
    expect(client.map(inc, [])).toEqual([]);
  });

  test("ends the generators it stopped reading", async () => {
    await using client = new Client();
    let ended = false;
    function* endless(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    }
    expect(await client.gather(client.map(add, [1], endless()))).toEqual([2]);
    expect(ended).toBe(true);
  });

  test("takes futures as items and a prefix for keys", async () => {
    await using client = new Client();
    const futures = client.with({ key: "part" }).map(inc, [client.submit(inc, 1), 5]);
    expect(futures.map((future) => future.key)).toEqual(["part-0", "part-1"]);
    const blocks = client.with({ key: ["x"] }).map(inc, futures);
    expect(blocks.map((future) => future.key)).toEqual([
      ["x", 0],
      ["x", 1],
    ]);
    expect(await client.gather(blocks)).toEqual([4, 7]);
  });
});

describe("gather, scatter, run, wait, asCompleted", () => {
  test("gather keeps the structure and rejects with the failure", async () => {
    await using client = new Client();
    const one = client.submit(inc, 0);
    const plain = { untouched: true };
    const gathered = await client.gather({ one, list: [one, 5], plain });
    expect(gathered).toEqual({ one: 1, list: [1, 5], plain });
    expect(gathered.plain).toBe(plain);
    const error = new Error("no");
    const bad = client.submit(() => {
      throw error;
    });
    await expect(client.gather([one, bad])).rejects.toBe(error);
  });

  test("gather does not wait for the others once one has failed", async () => {
    await using client = new Client({ workers: 2 });
    const never = client.submit(() => new Promise<void>(() => {}));
    const bad = client.submit(() => {
      throw new Error("at once");
    });
    await expect(client.gather([never, bad])).rejects.toThrow("at once");
  });

  test("scatter hands data in as it is, and tasks use it", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const data = { rows: [1, 2, 3] };
    const future = client.scatter(data);
    expect([future.key, future.status, await future.result()]).toEqual([
      "data-1-1",
      "finished",
      data,
    ]);
    expect(await client.submit((d: typeof data) => sum(d.rows), future).result()).toBe(6);
    expect(log.lines.find((line) => line.startsWith("scatter"))).toBe("scatter Client-1 data-1-1");
    future.release();
    expect(log.path("data-1-1")).toBe("memory>released>forgotten");
  });

  test("scatter under a key that is taken is refused", async () => {
    await using client = new Client();
    const held = client.scatter(1, { key: "d" });
    expect(() => client.scatter(2, { key: "d" })).toThrow(
      expect.objectContaining({ code: "ERR_KEY", message: expect.stringContaining('"d"') }),
    );
    held.release();
    expect(await client.scatter(2, { key: "d" }).result()).toBe(2);
  });

  test("run calls once a worker, outside the graph", async () => {
    await using client = new Client({ workers: 2 });
    expect(await client.run((x: number) => x * 2, 4)).toEqual({ "inproc-0": 8, "inproc-1": 8 });
    await expect(
      client.run(() => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(client.scheduler.received).toBe(0);
  });

  test("wait ends with all outcomes, or with the first", async () => {
    await using client = new Client({ workers: 2 });
    const open = gate();
    const slow = client.submit(() => open.promise);
    const quick = client.submit(inc, 1);
    const first = await client.wait([slow, quick], { returnWhen: "FIRST_COMPLETED" });
    expect(first).toEqual({ done: [quick], notDone: [slow] });
    open.open();
    const all = await client.wait([slow, quick]);
    expect([all.done.length, all.notDone.length]).toEqual([2, 0]);
  });

  test("wait and result give up after their timeout, and the task goes on", async () => {
    await using client = new Client({ workers: 1 });
    const open = gate<number>();
    const future = client.with({ key: "slow" }).submit(() => open.promise);
    await turns();
    await expect(client.wait([future], { timeout: 0.001 })).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
      message: expect.stringContaining('"slow" (processing)'),
    });
    await expect(future.result({ timeout: 0.001 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    open.open(5);
    expect(await future.result({ timeout: 10 })).toBe(5);
  });

  test("a wait ends with the reason of its signal, and the task goes on", async () => {
    await using client = new Client({ workers: 1 });
    const open = gate<number>();
    const future = client.submit(() => open.promise);
    const controller = new AbortController();
    const waiting = future.result({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(future.result({ signal: controller.signal })).rejects.toThrow("enough");
    open.open(1);
    expect(await future.result()).toBe(1);
  });

  test("asCompleted hands futures out as they end, failed ones too, and can be left early", async () => {
    await using client = new Client({ workers: 3 });
    const gates = [gate(), gate(), gate()];
    const futures = gates.map(({ promise }) => client.submit(() => promise));
    const order: number[] = [];
    gates[2]?.open();
    for await (const future of client.asCompleted(futures)) {
      order.push(futures.indexOf(future));
      if (order.length === 1) gates[0]?.fail(new Error("no"));
      if (order.length === 2) break;
    }
    expect(order).toEqual([2, 0]);
    gates[1]?.open();
    expect(await futures[1]?.result()).toBeUndefined();
  });

  test("a done callback is called once, later, with the future", async () => {
    await using client = new Client();
    const future = client.submit(inc, 1);
    const called: unknown[] = [];
    future.addDoneCallback((which) => called.push(which));
    await future.result();
    future.addDoneCallback((which) => called.push(which));
    expect(called.length).toBeLessThan(2);
    await turns(1);
    expect(called).toEqual([future, future]);
  });
});

describe("clients and clusters", () => {
  test("a future is not thenable, so that async functions can return one", async () => {
    await using client = new Client();
    const make = async (): Promise<Future<number>> => client.submit(inc, 1);
    const future = await make();
    expect(future).toBeInstanceOf(Future);
    expect("then" in future).toBe(false);
  });

  test("two clients of a cluster share tasks by key and keep them as long as one holds them", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    const one = new Client({ cluster });
    const two = new Client({ cluster });
    const a = one.with({ key: "shared" }).submit(inc, 1);
    const b = two.with({ key: "shared" }).submit(inc, 1);
    expect([one.id, two.id]).toEqual(["Client-1", "Client-2"]);
    expect(await two.submit(inc, a).result()).toBe(3);
    expect(cluster.scheduler.tasks.get("shared")?.wantedBy).toEqual(["Client-1", "Client-2"]);
    await one.close();
    expect(a.status).toBe("cancelled");
    expect(await b.result()).toBe(2);
    expect(cluster.scheduler.clients).toEqual([{ id: "Client-2" }]);
  });

  test("a future of another cluster is refused as an argument", async () => {
    await using one = new Client();
    await using two = new Client();
    const future = one.submit(inc, 1);
    expect(() => two.submit(inc, future)).toThrow(
      expect.objectContaining({
        code: "ERR_OPTION",
        message: expect.stringContaining("another cluster"),
      }),
    );
  });

  test.each([0, -1, 1.5, "4", Number.NaN, Number.POSITIVE_INFINITY, 10_001])(
    "a cluster of %s workers is refused",
    (workers) => {
      expect(() => Reflect.construct(LocalCluster, [{ workers }])).toThrow(
        expect.objectContaining({
          code: "ERR_OPTION",
          message: expect.stringContaining("`workers`"),
        }),
      );
    },
  );

  test("a client with a cluster takes no options of a cluster", async () => {
    await using cluster = new LocalCluster();
    expect(() => new Client({ cluster, workers: 2 })).toThrow(/`workers`/u);
    expect(() => Reflect.construct(Client, [{ worker: 2 }])).toThrow(/Did you mean `workers`/u);
  });

  test("scaling to nothing lets tasks wait, scaling up lets them run", async () => {
    await using cluster = new LocalCluster({ workers: 2 });
    const log = transitionLog();
    cluster.scheduler.registerPlugin(log);
    await using client = new Client({ cluster });
    cluster.scale(0);
    const future = client.submit(inc, 1);
    await turns();
    expect([future.status, cluster.scheduler.workers.length]).toEqual(["pending", 0]);
    cluster.scale(1);
    expect(await future.result()).toBe(2);
    expect(log.lines.filter((line) => line.startsWith("worker"))).toEqual([
      "worker+ inproc-0",
      "worker+ inproc-1",
      "worker- inproc-1 scaled-down",
      "worker- inproc-0 scaled-down",
      "worker+ inproc-2",
    ]);
  });

  test("a busy worker that is too many leaves when its task is over", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    await using client = new Client({ cluster });
    const open = gate();
    const future = client.submit(() => open.promise);
    await turns();
    cluster.scale(0);
    expect(cluster.scheduler.workers).toHaveLength(1);
    open.open();
    await future.result();
    expect(cluster.scheduler.workers).toHaveLength(0);
  });

  test("a task can submit tasks and wait for them even when all workers are taken", async () => {
    await using client = new Client({ workers: 1 });
    const fib = async (n: number): Promise<number> => {
      if (n < 2) return n;
      const parts = [client.submit(fib, n - 1), client.submit(fib, n - 2)];
      return sum(await client.gather(parts));
    };
    expect(await client.submit(fib, 8).result()).toBe(21);
  });
});
