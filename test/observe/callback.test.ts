import { afterEach, describe, expect, test, vi } from "vitest";
import { CancelledError } from "../../src/engines/local/cancelled-error.js";
import { Client } from "../../src/engines/local/client.js";
import type { Key } from "../../src/engines/local/scheduler-plugin.js";
import { Callback } from "../../src/observe/callback.js";
import { callbackPlugin } from "../../src/observe/callback-plugin.js";
import type { ComputationGraph, ComputationState } from "../../src/observe/computation.js";
import { withCallbacks } from "../../src/observe/with-callbacks.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { turns } from "../engines/local/transition-log.js";
import { temporaryFolder } from "../support/temporary.js";

const inc = (n: number): number => n + 1;
const add = (a: number, b: number): number => a + b;
const broken = (_: number): number => {
  throw new RangeError("bad 7");
};

/** Writes down every call. */
class Log extends Callback {
  readonly lines: string[] = [];
  override start(graph: ComputationGraph): void {
    this.lines.push(`start ${[...graph.keys()].join(" ")}`);
  }
  override startState(_: ComputationGraph, state: ComputationState): void {
    this.lines.push(`startState ${state.counts.waiting} waiting`);
  }
  override pretask(key: Key, _: ComputationGraph, state: ComputationState): void {
    this.lines.push(`pretask ${key} ${[...state.tasksIn("running")].map(({ key }) => key)}`);
  }
  override posttask(key: Key, result: unknown, ...rest: readonly unknown[]): void {
    this.lines.push(`posttask ${key} ${result} ${rest[2]}`);
  }
  override release(key: Key): void {
    this.lines.push(`release ${key}`);
  }
  override finish(_: ComputationGraph, state: ComputationState, failed: boolean): void {
    this.lines.push(`finish ${state.counts.finished + state.counts.released} ${failed}`);
  }
}

const names = ["start", "startState", "pretask", "posttask", "finish"] as const;

afterEach(() => {
  expect(Callback.active.size).toBe(0);
});

describe("a callback", () => {
  test("hears of a computation in Dask's order", async () => {
    const log = new Log();
    await using client = new Client({ workers: 1 });
    const value = await withCallbacks([log], () => {
      const x = client.with({ key: "x" }).submit(inc, 0);
      const y = client.with({ key: "y" }).submit(add, x, 10);
      x.release();
      return y.result();
    });
    expect(value).toBe(11);
    expect(log.lines).toEqual([
      "start x y",
      "startState 2 waiting",
      "pretask x x",
      "posttask x 1 inproc-0",
      "pretask y y",
      "posttask y 11 inproc-0",
      "release x",
      "finish 2 false",
    ]);
  });

  test("can be plain functions; each hears its own part only", async () => {
    const heard: string[] = [];
    const hooks = Object.fromEntries(names.map((name) => [name, () => void heard.push(name)]));
    await using client = new Client();
    await withCallbacks([new Callback(hooks)], () => client.submit(inc, 1).result());
    expect(heard).toEqual([...names]);
    const keys: Key[] = [];
    const pretask = (key: Key): void => void keys.push(key);
    await withCallbacks([new Callback({ pretask })], () =>
      client.with({ key: "one" }).submit(inc, 1).result(),
    );
    expect(keys).toEqual(["one"]);
  });

  test("a failed task gets no posttask, and finish says so", async () => {
    const log = new Log();
    await using client = new Client({ workers: 1 });
    await withCallbacks([log], async () => {
      const bad = client.with({ key: "bad" }).submit(broken, 1);
      const after = client.with({ key: "after" }).submit(inc, bad);
      await expect(after.result()).rejects.toThrow("bad 7");
    });
    expect(log.lines).toEqual([
      "start bad after",
      "startState 2 waiting",
      "pretask bad bad",
      "finish 0 true",
    ]);
  });

  test("a retry is one computation with two pretasks", async () => {
    const log = new Log();
    let left = 1;
    const flaky = (): number => {
      if (left-- > 0) throw new Error("not yet");
      return 5;
    };
    await using client = new Client({ workers: 1 });
    await withCallbacks([log], () => client.with({ key: "f", retries: 1 }).submit(flaky).result());
    expect(log.lines.map((line) => line.split(" ")[0])).toEqual([
      "start",
      "startState",
      "pretask",
      "pretask",
      "posttask",
      "finish",
    ]);
    expect(log.lines.at(-1)).toBe("finish 1 false");
  });

  test("two computations one after the other are two", async () => {
    const log = new Log();
    await using client = new Client();
    await withCallbacks([log], async () => {
      await client.submit(inc, 1).result();
      await client.submit(inc, 2).result();
    });
    expect(log.lines.filter((line) => line.startsWith("finish"))).toHaveLength(2);
  });

  test("a key that was forgotten and comes again while the computation goes on counts once", async () => {
    const sizes: number[] = [];
    const callback = new Callback({
      finish: (graph, { counts }) => {
        sizes.push(graph.size, counts.finished + counts.released, [...graph.keys()].length);
      },
    });
    await using client = new Client({ workers: 2 });
    await withCallbacks([callback], async () => {
      let open: () => void = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const slow = client.submit(() => gate);
      for (let i = 0; i < 3; i++) {
        const again = client.with({ key: "again" }).submit(inc, i);
        expect(await again.result()).toBe(i + 1);
        again.release();
        expect(client.scheduler.tasks.has("again")).toBe(false);
      }
      open();
      await slow.result();
    });
    expect(sizes).toEqual([2, 2, 2]);
  });

  test("that comes late finds the tasks that are not done, and no others", async () => {
    const log = new Log();
    await using client = new Client({ workers: 1 });
    await using other = new Client({ cluster: client.cluster });
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const early = other.with({ key: "early" }).submit(inc, 0);
    await early.result();
    const slow = client.with({ key: "slow" }).submit(() => gate);
    const next = other.with({ key: "next" }).submit(inc, 1);
    await turns();
    log.register();
    open();
    await slow.result();
    await next.result();
    log.unregister();
    expect(log.lines[0]).toMatch(/^start (slow|next|slow next)$/);
    expect(log.lines.filter((line) => line.startsWith("posttask"))).toEqual([
      "posttask slow undefined inproc-0",
      "posttask next 2 inproc-0",
    ]);
    expect(log.lines.at(-1)).toBe("finish 2 false");
  });

  test("a cancelled task ends the computation", async () => {
    const log = new Log();
    await using client = new Client({ workers: 1 });
    await withCallbacks([log], async () => {
      const never = client.submit(() => new Promise<never>(() => {}));
      await Promise.resolve();
      const result = never.result();
      setImmediate(() => void never.cancel());
      await expect(result).rejects.toThrow(CancelledError);
    });
    expect(log.lines.at(-1)).toBe("finish 0 false");
    expect(log.lines.filter((line) => line.startsWith("finish"))).toHaveLength(1);
  });

  test("register hears of clients made later, until unregister", async () => {
    const log = new Log();
    log.register();
    log.register();
    expect([...Callback.active]).toEqual([log]);
    await using client = new Client();
    await client.submit(inc, 1).result();
    expect(log.lines.filter((line) => line.startsWith("start "))).toHaveLength(1);
    log.unregister();
    const before = log.lines.length;
    await client.submit(inc, 2).result();
    expect(log.lines).toHaveLength(before);
    expect(() => log.unregister()).toThrow(/is not registered/);
  });

  test("that comes late is told of the start, and one that leaves of the finish", async () => {
    const log = new Log();
    await using client = new Client({ workers: 1 });
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = client.submit(() => gate);
    await turns();
    log.register();
    log.unregister();
    expect(log.lines.at(0)).toMatch(/^start /);
    expect(log.lines.at(-1)).toBe("finish 0 false");
    open();
    await slow.result();
  });

  test("that throws is told once and removed; the others and the tasks go on", async () => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const log = new Log();
    const bad = new Callback({
      pretask: () => {
        throw new Error("oops");
      },
    });
    await using client = new Client();
    try {
      const results = await withCallbacks([bad, log], () =>
        client.gather(client.map(inc, [1, 2, 3])),
      );
      expect(results).toEqual([2, 3, 4]);
      expect(stderr.mock.calls.map(([text]) => text)).toEqual([
        "taskprov: callback Callback failed in pretask: Error: oops. It is removed; the tasks go on.\n",
      ]);
    } finally {
      stderr.mockRestore();
    }
    expect(log.lines.filter((line) => line.startsWith("posttask"))).toHaveLength(3);
  });

  test("as a plugin hears of one client only", async () => {
    const log = new Log();
    await using client = new Client();
    await using other = new Client();
    client.registerPlugin(callbackPlugin(log));
    await other.submit(inc, 1).result();
    expect(log.lines).toEqual([]);
    await client.submit(inc, 1).result();
    expect(log.lines.at(-1)).toBe("finish 1 false");
  });

  test("as an observer of a tracker hears of the tracked client", async () => {
    const log = new Log();
    const tracker = new ProvTracker({ destination: temporaryFolder(), observers: [log] });
    const client = new Client();
    client.registerPlugin(tracker);
    await client.submit(inc, 1).result();
    await tracker.close();
    await client.submit(inc, 2).result();
    await client.close();
    expect(log.lines.filter((line) => line.startsWith("finish"))).toEqual(["finish 1 false"]);
    // @ts-expect-error: no callback.
    expect(() => new ProvTracker({ observers: [{}] })).toThrow(/array of callbacks/);
  });

  test("a scope gives back what its function returns or throws", async () => {
    const log = new Log();
    expect(await withCallbacks([log], () => 5)).toBe(5);
    await expect(withCallbacks([log], () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    // @ts-expect-error: no callback.
    await expect(withCallbacks([{}], () => 5)).rejects.toThrow(/array of callbacks/);
    // @ts-expect-error: no hook of that name.
    expect(() => new Callback({ pretsk: () => {} })).toThrow(/Did you mean `pretask`/);
  });
});
