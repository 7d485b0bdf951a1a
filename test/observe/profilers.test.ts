import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { Client } from "../../src/engines/local/client.js";
import { CacheProfiler } from "../../src/observe/cache-profiler.js";
import { Profiler } from "../../src/observe/profiler.js";
import { ResourceProfiler } from "../../src/observe/resource-profiler.js";
import { withCallbacks } from "../../src/observe/with-callbacks.js";

const inc = (n: number): number => n + 1;
const add = (a: number, b: number): number => a + b;
const wait = async (ms: number): Promise<number> => {
  await sleep(ms);
  return ms;
};

describe("Profiler", () => {
  test("notes key, task, times and worker of every task that has a result", async () => {
    const profiler = new Profiler();
    await using client = new Client({ workers: 1 });
    const before = Date.now() / 1000;
    await withCallbacks([profiler], async () => {
      const x = client.with({ key: ["x", 0] }).submit(wait, 20);
      const y = client.with({ key: "y" }).submit(add, x, 10);
      const bad = client.submit((): never => {
        throw new Error("boom");
      });
      expect(await y.result()).toBe(30);
      await expect(bad.result()).rejects.toThrow("boom");
    });
    expect(profiler.results.map(({ key }) => key)).toEqual([["x", 0], "y"]);
    const [x, y] = profiler.results;
    expect(x?.task).toMatchObject({ name: "wait", group: "x", dependencies: [] });
    expect(y?.task).toMatchObject({ name: "add", group: "y", dependencies: [["x", 0]] });
    expect(x?.workerId).toBe("inproc-0");
    expect((x?.endTime ?? 0) - (x?.startTime ?? 0)).toBeGreaterThan(0.018);
    // Seconds since the epoch; the two clocks may differ by a little.
    expect(Math.abs((x?.startTime ?? 0) - before)).toBeLessThan(2);
    expect(y?.startTime).toBeGreaterThanOrEqual(x?.endTime ?? Number.POSITIVE_INFINITY);
  });

  test("a scope begins anew; registered, results add up until clear", async () => {
    const profiler = new Profiler();
    await using client = new Client();
    await withCallbacks([profiler], () => client.submit(inc, 1).result());
    await withCallbacks([profiler], () => client.submit(inc, 2).result());
    expect(profiler.results).toHaveLength(1);
    profiler.register();
    await client.submit(inc, 3).result();
    await client.submit(inc, 4).result();
    profiler.unregister();
    expect(profiler.results).toHaveLength(3);
    profiler.clear();
    expect(profiler.results).toEqual([]);
  });
});

describe("ResourceProfiler", () => {
  test("samples memory and processor time for the whole scope", async () => {
    const profiler = new ResourceProfiler({ dt: 0.01 });
    await using client = new Client();
    await withCallbacks([profiler], async () => {
      await client.submit(wait, 60).result();
      const { user } = process.cpuUsage();
      while (process.cpuUsage().user - user < 60_000);
      await sleep(20);
    });
    const { results } = profiler;
    expect(results.length).toBeGreaterThan(2);
    expect(results[0]).toMatchObject({ cpu: 0, loop: 0 });
    for (const [i, sample] of results.entries()) {
      expect(sample.mem).toBeGreaterThan(sample.heap);
      expect(sample.time).toBeGreaterThan(results[i - 1]?.time ?? 0);
    }
    // However long other programs had the processor: most of what was spent is told.
    const spent = results.map(({ cpu, time }, i) => cpu * (time - (results[i - 1]?.time ?? time)));
    expect(spent.reduce((sum, part) => sum + part, 0) / 100).toBeGreaterThan(0.05);
    const count = results.length;
    await sleep(30);
    expect(profiler.results).toHaveLength(count);
  });

  test("registered globally it samples while computations run", async () => {
    const profiler = new ResourceProfiler({ dt: 0.005 });
    profiler.register();
    try {
      await using client = new Client();
      await sleep(20);
      expect(profiler.results).toEqual([]);
      await client.submit(wait, 30).result();
      expect(profiler.results.length).toBeGreaterThan(1);
    } finally {
      profiler.unregister();
    }
  });

  test("close stops it", async () => {
    const profiler = new ResourceProfiler({ dt: 0.005 });
    profiler.enter();
    profiler.close();
    const count = profiler.results.length;
    await sleep(20);
    expect(profiler.results).toHaveLength(count);
    expect(() => new ResourceProfiler({ dt: 0 })).toThrow(/`dt` to be a number/);
  });
});

describe("CacheProfiler", () => {
  test("notes when results come and go", async () => {
    const size = (value: unknown): number => (Array.isArray(value) ? value.length : 1);
    const profiler = new CacheProfiler({ metric: size });
    expect(profiler.metricName).toBe("size");
    await using client = new Client({ workers: 1 });
    await withCallbacks([profiler], async () => {
      const list = client.with({ key: "list" }).submit(() => [1, 2, 3]);
      const total = client.with({ key: "total" }).submit((n: readonly number[]) => n.length, list);
      const later = client.with({ key: "later" }).submit(wait, 20);
      list.release();
      expect(await total.result()).toBe(3);
      await later.result();
    });
    const facts = profiler.results.map(({ key, metric }) => [key, metric]);
    expect(facts).toEqual([
      ["list", 3],
      ["total", 1],
      ["later", 1],
    ]);
    const [list, total] = profiler.results;
    expect(list?.freeTime).toBeGreaterThanOrEqual(list?.cacheTime ?? Number.POSITIVE_INFINITY);
    // Held by a future until the computation ended.
    expect((total?.freeTime ?? 0) - (list?.freeTime ?? 0)).toBeGreaterThan(0.015);
  });

  test("counts results by default, under any name", () => {
    expect(new CacheProfiler().metricName).toBe("count");
    expect(new CacheProfiler({ metricName: "bytes" }).metricName).toBe("bytes");
  });

  test("a metric that throws takes the profiler out, not the task", async () => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const profiler = new CacheProfiler({
      metric: () => {
        throw new Error("no size");
      },
    });
    await using client = new Client();
    try {
      expect(await withCallbacks([profiler], () => client.submit(inc, 1).result())).toBe(2);
      expect(stderr).toHaveBeenCalledOnce();
      expect(stderr.mock.calls[0]?.[0]).toContain("CacheProfiler failed in posttask");
    } finally {
      stderr.mockRestore();
    }
  });
});
