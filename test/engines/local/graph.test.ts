import { describe, expect, test } from "vitest";
import { annotate } from "../../../src/engines/local/annotate.js";
import { Client } from "../../../src/engines/local/client.js";
import { delayed } from "../../../src/engines/local/delayed.js";
import { Future } from "../../../src/engines/local/future.js";
import { task } from "../../../src/engines/local/graph-node.js";
import { ref } from "../../../src/engines/local/ref.js";
import type { GraphUpdateTask, Key } from "../../../src/engines/local/scheduler-plugin.js";
import { gate, transitionLog, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;
const add = (x: number, y: number): number => x + y;
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

describe("get", () => {
  test("computes the keys asked for, in their order, and drops everything afterwards", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const graph = new Map<Key, unknown>([
      ["x", 1],
      ["y", task(inc, ref("x"))],
      [["z", 0], task(sum, [ref("x"), ref("y"), 10])],
      ["alias", ref(["z", 0])],
      ["data", { list: [ref("y")] }],
      ["unused", task(inc, 5)],
    ]);
    expect(await client.get(graph, ["alias", "data", "x"])).toEqual([13, { list: [2] }, 1]);
    expect(await client.get(graph, "y")).toBe(2);
    expect(log.path("unused")).toBe("");
    expect(client.scheduler.tasks.size).toBe(0);
  });

  test("names the keys of a cycle", async () => {
    await using client = new Client();
    const graph = new Map<Key, unknown>([
      ["out", task(inc, ref("a"))],
      ["a", task(inc, ref("b"))],
      ["b", task(inc, ref("c"))],
      ["c", [ref("a")]],
    ]);
    await expect(client.get(graph, "out")).rejects.toMatchObject({
      code: "ERR_GRAPH_CYCLE",
      message: expect.stringContaining('cycle of 3 tasks: "a" → "b" → "c" → "a"'),
    });
    await expect(client.get(new Map([["me", ref("me")]]), "me")).rejects.toMatchObject({
      code: "ERR_GRAPH_CYCLE",
      message: expect.stringContaining('"me" → "me"'),
    });
    expect(client.scheduler.received).toBe(0);
  });

  test("names a missing key and the task that wants it", async () => {
    await using client = new Client();
    const graph = new Map<Key, unknown>([["a", task(inc, ref("nowhere"))]]);
    await expect(client.get(graph, "a")).rejects.toMatchObject({
      code: "ERR_GRAPH_MISSING_KEY",
      message: expect.stringMatching(/"a" needs the key "nowhere"/u),
    });
    await expect(client.get(graph, ["b"])).rejects.toMatchObject({
      code: "ERR_GRAPH_MISSING_KEY",
      message: expect.stringContaining('"b"'),
    });
  });

  test.each<[string, unknown, unknown, string]>([
    ["no Map", { a: 1 }, "a", "ERR_OPTION"],
    [
      "a key twice",
      new Map<Key, unknown>([
        [["x", 0], 1],
        [["x", 0], 2],
      ]),
      [["x", 0]],
      "ERR_KEY",
    ],
    ["a number as key", new Map([[1, 1]]), "a", "ERR_KEY"],
    ["a number asked for", new Map([["a", 1]]), 5, "ERR_KEY"],
  ])("given %s says so", async (_, graph, keys, code) => {
    await using client = new Client();
    await expect(Reflect.apply(client.get, client, [graph, keys])).rejects.toMatchObject({ code });
  });

  test("is rejected with what the task threw", async () => {
    await using client = new Client();
    const error = new Error("no");
    const fail = (): never => {
      throw error;
    };
    const graph = new Map<Key, unknown>([
      ["bad", task(fail)],
      ["out", task((x: unknown) => x, ref("bad"))],
    ]);
    await expect(client.get(graph, "out")).rejects.toBe(error);
    expect(client.scheduler.tasks.size).toBe(0);
  });

  test("takes futures and delayed values in the graph, and refs to it in submissions", async () => {
    await using client = new Client();
    const future = client.with({ key: "known" }).submit(inc, 1);
    const graph = new Map<Key, unknown>([["y", task(add, future, delayed(inc)(9))]]);
    expect(await client.get(graph, "y")).toBe(12);
    const seen = client.submit((x: unknown) => x, ref("known"));
    expect(await seen.result()).toBe(2);
    expect(() => client.submit((x: unknown) => x, ref("gone"))).toThrow(
      expect.objectContaining({ code: "ERR_GRAPH_MISSING_KEY" }),
    );
  });
});

describe("delayed, compute and persist", () => {
  test("nothing is called before compute", async () => {
    await using client = new Client();
    let calls = 0;
    const count = delayed((x: number) => {
      calls++;
      return x;
    });
    const value = count(count(1));
    await turns();
    expect(calls).toBe(0);
    expect(await client.compute(value).result()).toBe(1);
    expect(calls).toBe(2);
  });

  test("a value used twice is computed once", async () => {
    await using client = new Client();
    let calls = 0;
    const base = delayed(() => ++calls)();
    expect(await client.compute(delayed(add)(base, base)).result()).toBe(2);
    expect(calls).toBe(1);
  });

  test("a structure is computed as one future, and shared containers stay shared", async () => {
    await using client = new Client();
    const one = delayed(inc)(0);
    const shared = [one];
    const result = await client.compute({ a: shared, b: shared, plain: "p" }).result();
    expect(result).toEqual({ a: [1], b: [1], plain: "p" });
    expect(result.a).toBe(result.b);
  });

  test("computing a value again while it is alive is the same task", async () => {
    await using client = new Client();
    const value = delayed(inc)(1);
    const first = client.compute(value);
    const second = client.compute(value);
    expect([first.key, second.key]).toEqual(["inc-1-1", "inc-1-1"]);
    expect(client.scheduler.received).toBe(1);
    expect(await client.gather([first, second])).toEqual([2, 2]);
  });

  test("computing a value again does not repeat what it was made of", async () => {
    await using client = new Client();
    let calls = 0;
    const base = delayed(() => ++calls)();
    const value = delayed(inc)(base);
    const first = client.compute(value);
    await first.result();
    const again = client.compute([value, delayed(inc)(value)]);
    expect(await again.result()).toEqual([2, 3]);
    expect([calls, client.scheduler.received]).toEqual([1, 4]);
  });

  test("with a signal that is aborted already everything is cancelled, nothing is sent", async () => {
    await using client = new Client();
    const value = delayed(inc)(1);
    const held = client.compute(value);
    const late = client.with({ signal: AbortSignal.abort() });
    expect(late.compute(value).status).toBe("cancelled");
    expect(late.persist([delayed(inc)(value)])[0]?.status).toBe("cancelled");
    await expect(late.get(new Map([["a", 1]]), "a")).rejects.toMatchObject({
      code: "ERR_CANCELLED",
    });
    expect([await held.result(), client.scheduler.received]).toEqual([2, 1]);
  });

  test("persist puts futures in place and leaves the rest", async () => {
    await using client = new Client();
    const plain = { x: 1 };
    const kept = client.persist({ parts: [delayed(inc)(1), delayed(inc)(2)], plain });
    expect(kept.parts.every((part) => part instanceof Future)).toBe(true);
    expect(kept.plain).toBe(plain);
    expect(await client.gather(kept.parts)).toEqual([2, 3]);
    expect(await client.compute(delayed(sum)(kept.parts)).result()).toBe(5);
    expect(client.persist(plain)).toBe(plain);
  });

  test("a delayed value with the key of what it needs is a cycle", async () => {
    await using client = new Client();
    const inner = delayed(inc, { key: "k" })(1);
    const outer = delayed(inc, { key: "k" })(inner);
    expect(() => client.compute(outer)).toThrow(
      expect.objectContaining({ code: "ERR_GRAPH_CYCLE" }),
    );
  });

  test.each([
    ["delayed of no function", () => Reflect.apply(delayed, undefined, [5])],
    ["task of no function", () => Reflect.apply(task, undefined, ["inc"])],
    [
      "delayed with an unknown option",
      () => Reflect.apply(delayed, undefined, [inc, { nam: "x" }]),
    ],
    ["annotate with a key", () => annotate({ key: "x" }, () => 1)],
    [
      "annotate with bad retries",
      () => Reflect.apply(annotate, undefined, [{ retries: "2" }, () => 1]),
    ],
  ])("%s says so", (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: "ERR_OPTION" }));
  });
});

describe("annotate and with", () => {
  async function updatesOf(work: (client: Client) => unknown): Promise<GraphUpdateTask[]> {
    await using client = new Client();
    const tasks: GraphUpdateTask[] = [];
    client.registerPlugin({
      updateGraph: (_, update) => {
        tasks.push(...update.tasks);
      },
    });
    await work(client);
    return tasks;
  }

  test("annotate gives options and annotations to what is submitted in it, also after an await", async () => {
    const tasks = await updatesOf((client) =>
      annotate({ retries: 1, priority: 3, step: "load" }, async () => {
        client.submit(inc, 1);
        await turns(1);
        annotate({ retries: 2, who: "me" }, () => client.submit(inc, 2));
        client.with({ priority: 9, annotations: { step: "own" } }).submit(inc, 3);
      }),
    );
    expect(
      tasks.map(({ retries, priority, annotations }) => [retries, priority, annotations]),
    ).toEqual([
      [1, 3, { step: "load" }],
      [2, 3, { step: "load", who: "me" }],
      [1, 9, { step: "own" }],
    ]);
  });

  test("a delayed value keeps the annotations it was made in, and prefers them to those of compute", async () => {
    const tasks = await updatesOf((client) => {
      const inner = annotate({ retries: 4, step: "early" }, () => delayed(inc)(1));
      client.with({ retries: 1, annotations: { run: 7 } }).compute(delayed(inc)(inner));
    });
    expect(tasks.map(({ retries, annotations }) => [retries, annotations])).toEqual([
      [4, { run: 7, step: "early" }],
      [1, { run: 7 }],
    ]);
  });

  test("plugins see arguments as given, with references told by key", async () => {
    const future = gate<unknown>();
    await using client = new Client();
    client.registerPlugin({
      updateGraph: (_, update) => {
        for (const { args } of update.tasks) {
          if (Array.isArray(args[0])) future.open(args[0].map(update.referenceOf));
        }
      },
    });
    const one = client.submit(inc, 1);
    client.submit(sum, [one, delayed(inc)(5), 3]);
    expect(await future.promise).toEqual(["inc-1-1", "inc-1-3", undefined]);
  });
});
