import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { steppingClock } from "../../../src/base/clock.js";
import { Client, getClient } from "../../../src/engines/local/client.js";
import { delayed } from "../../../src/engines/local/delayed.js";
import { LocalCluster } from "../../../src/engines/local/local-cluster.js";
import type { CallSiteInfo, SchedulerPlugin } from "../../../src/engines/local/scheduler-plugin.js";
import { gate, transitionLog, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;

describe("a plugin", () => {
  test("sees a run in Dask's order, with fixed keys and times under a stepping clock", async () => {
    const client = new Client({ workers: 2, clock: steppingClock(1_795_186_723) });
    const log = transitionLog();
    client.registerPlugin(log);
    const load = (name: string): string => name;
    const parts = client.map(load, ["a", "b", "c"]);
    const joined = client.submit((xs: string[]) => xs.join("+"), parts);
    for (const part of parts) part.release();
    await joined.result();
    let failed = false;
    const flaky = client.with({ key: "flaky", retries: 1 }).submit(() => {
      failed = !failed;
      if (failed) throw new Error("first time fails");
      return "second";
    });
    await flaky.result();
    const bad = client.with({ key: ["bad", 1] }).submit((): number => {
      throw new RangeError("for good");
    });
    const blocked = client.with({ key: "blocked" }).submit(inc, bad);
    await client.wait([blocked]);
    const data = client.scatter([1, 2]);
    await client.compute(delayed(inc)(delayed(inc)(1))).result();
    data.release();
    await client.close();
    await expect(`${log.lines.join("\n")}\n`).toMatchFileSnapshot(
      "../../golden/engine-transitions.txt",
    );
  });

  test("is told the number of a task with its graph and with each of its transitions", async () => {
    const numbers = new Map<number, string>();
    const moves: string[] = [];
    await using client = new Client({ workers: 1 });
    client.registerPlugin({
      updateGraph: (_, { tasks }) => {
        for (const { key, number } of tasks) numbers.set(number, String(key));
      },
      transition: (key, _, finish, __, number) => {
        expect(numbers.get(number)).toBe(key);
        moves.push(`${key} ${finish} ${number}`);
      },
    });
    for (let i = 0; i < 2; i++) {
      const task = client.with({ key: "again" }).submit(inc, i);
      await task.result();
      task.release();
    }
    const states = ["waiting", "processing", "memory", "released", "forgotten"];
    expect(moves).toEqual([0, 1].flatMap((n) => states.map((state) => `again ${state} ${n}`)));
  });

  test("that comes late is told of clients, workers and unfinished tasks", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    await using client = new Client({ cluster });
    const done = client.with({ key: "done" }).submit(inc, 1);
    await done.result();
    const open = gate<number>();
    const running = client.with({ key: "running" }).submit(() => open.promise);
    const waiting = client.with({ key: "waiting" }).submit(inc, running);
    await turns();
    const log = transitionLog();
    expect(client.registerPlugin(log)).toBe(true);
    expect(log.lines).toEqual([
      "start inproc",
      "client+ Client-1",
      "worker+ inproc-0",
      "graph Client-1 running() waiting(running)",
    ]);
    open.open(1);
    await waiting.result();
    expect(log.path("running")).toBe("processing>memory");
  });

  test("of a name that is taken is ignored; unregistering makes room", async () => {
    await using client = new Client();
    const first = transitionLog();
    const second = transitionLog();
    expect([client.registerPlugin(first), client.registerPlugin(first)]).toEqual([true, false]);
    expect(client.registerPlugin(second)).toBe(false);
    await client.submit(inc, 1).result();
    expect(second.lines).toEqual([]);
    expect([client.unregisterPlugin("transition-log"), client.unregisterPlugin("none")]).toEqual([
      true,
      false,
    ]);
    const seen = first.lines.length;
    expect(client.registerPlugin(second)).toBe(true);
    await client.submit(inc, 1).result();
    expect(first.lines.length).toBe(seen);
    expect(second.lines.length).toBeGreaterThan(0);
  });

  test("that throws in every hook is reported once a hook and disturbs no task", async () => {
    const reported: string[] = [];
    const raise = (): never => {
      throw new Error("plugin");
    };
    const reject = async (): Promise<never> => {
      throw new Error("plugin");
    };
    const plugin: SchedulerPlugin = {
      name: "bad",
      updateGraph: raise,
      transition: raise,
      scatter: raise,
      addWorker: raise,
      removeWorker: raise,
      addClient: raise,
      removeClient: raise,
      beforeClose: reject,
      close: raise,
    };
    const client = new Client({
      workers: 2,
      onPluginError: (which, hook, thrown) => reported.push(`${which.name} ${hook} ${thrown}`),
    });
    client.registerPlugin(plugin);
    const futures = client.map(inc, [1, 2, 3]);
    expect(await client.gather(futures)).toEqual([2, 3, 4]);
    client.scatter(1);
    await client.close();
    const inOrder = reported.toSorted((a, b) => a.localeCompare(b, "en"));
    expect(inOrder).toEqual(
      [
        "addClient",
        "addWorker",
        "beforeClose",
        "close",
        "removeClient",
        "removeWorker",
        "scatter",
        "transition",
        "updateGraph",
      ].map((hook) => `bad ${hook} Error: plugin`),
    );
  });

  test("that cannot start tells whoever registers it, and is not kept", async () => {
    await using client = new Client();
    let asked = 0;
    const plugin: SchedulerPlugin = {
      name: "late",
      start: () => {
        if (asked++ === 0) throw new Error("no destination");
      },
    };
    expect(() => client.registerPlugin(plugin)).toThrow("no destination");
    expect(client.registerPlugin(plugin)).toBe(true);
  });

  test("whose error handler throws as well is still survived", async () => {
    await using client = new Client({
      onPluginError: () => {
        throw new Error("handler");
      },
    });
    const written: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = (text) => written.push(String(text)) > 0;
    try {
      client.registerPlugin({
        name: "bad",
        transition: () => {
          throw new Error("plugin");
        },
      });
      expect(await client.submit(inc, 1).result()).toBe(2);
    } finally {
      process.stderr.write = write;
    }
    expect(written).toEqual([
      expect.stringMatching(/^taskprov: plugin bad failed in transition: Error: plugin\. .*\n$/u),
    ]);
  });

  test("that is no object is refused", async () => {
    await using client = new Client();
    expect(() => Reflect.apply(client.registerPlugin, client, ["tracker"])).toThrow(
      expect.objectContaining({ code: "ERR_OPTION" }),
    );
  });

  test("can hold back further tasks", async () => {
    await using client = new Client({ workers: 1 });
    const release = client.scheduler.hold();
    const future = client.submit(inc, 1);
    await turns();
    expect(future.status).toBe("pending");
    release();
    release();
    expect(await future.result()).toBe(2);
  });

  test("can submit, cancel and release from inside its hooks", async () => {
    await using client = new Client({ workers: 1 });
    const extra: unknown[] = [];
    client.registerPlugin({
      transition: (key, _, finish) => {
        if (key === "first" && finish === "memory") extra.push(client.submit(inc, 41));
        if (key === "second" && finish === "processing") second.cancel();
        if (key === "third" && finish === "memory") third.release();
      },
    });
    const first = client.with({ key: "first" }).submit(inc, 1);
    const second = client.with({ key: "second" }).submit(inc, 1);
    const third = client.with({ key: "third" }).submit(inc, 1);
    await client.wait([first, second]);
    await turns();
    expect([second.status, third.status]).toEqual(["cancelled", "cancelled"]);
    expect(await client.gather(extra)).toEqual([42]);
  });
});

describe("a graph submitted from inside a task", () => {
  test("names the task as its parent, also after an await and through getClient", async () => {
    await using client = new Client({ workers: 1 });
    const log = transitionLog();
    client.registerPlugin(log);
    const outer = async (): Promise<number> => {
      const inner = getClient();
      expect(inner).toBe(client);
      const first = await inner.with({ key: "child" }).submit(inc, 1).result();
      return await client.with({ key: "grandchild" }).submit(inc, first).result();
    };
    expect(await client.with({ key: "outer" }).submit(outer).result()).toBe(3);
    expect(log.lines.filter((line) => line.startsWith("graph"))).toEqual([
      "graph Client-1 outer()",
      "graph Client-1 child() from outer",
      "graph Client-1 grandchild() from outer",
    ]);
    const after = client.with({ key: "after" }).submit(inc, 1);
    await after.result();
    expect(log.lines).toContain("graph Client-1 after()");
  });

  test("to another cluster has no parent there", async () => {
    await using one = new Client();
    await using two = new Client();
    const log = transitionLog();
    two.registerPlugin(log);
    const hop = async (): Promise<number> =>
      await two.with({ key: "there" }).submit(inc, 1).result();
    expect(await one.submit(hop).result()).toBe(2);
    expect(log.lines).toContain("graph Client-1 there()");
  });

  test("getClient outside a task says so", () => {
    expect(() => getClient()).toThrow(expect.objectContaining({ code: "ERR_USAGE" }));
  });
});

describe("call sites", () => {
  async function sitesOf(work: (client: Client) => unknown): Promise<(CallSiteInfo | undefined)[]> {
    await using client = new Client();
    const sites: (CallSiteInfo | undefined)[] = [];
    client.registerPlugin({
      callSites: true,
      updateGraph: (_, update) => {
        sites.push(update.site);
      },
    });
    await work(client);
    return sites;
  }

  /** Code at known positions: the unit tests themselves are transformed before they run. */
  function script(source: string): (client: Client, inc: unknown) => unknown {
    return new Script(source, { filename: "/somewhere/pipeline.js" }).runInThisContext();
  }

  test("are the place in the user's code, with the calling frames", async () => {
    const run = script(`(function main(client, inc) {
  function load(x) {
    return client.submit(inc, x);
  }
  return [load(1), client.map(inc, [load(2)])];
})`);
    const [first, second, mapped] = await sitesOf((client) => run(client, inc));
    expect(first).toMatchObject({
      file: "/somewhere/pipeline.js",
      line: 3,
      column: 19,
      function: "load",
    });
    expect(first?.stack[0]).toEqual({
      file: "/somewhere/pipeline.js",
      line: 5,
      column: 11,
      function: "main",
    });
    expect(second?.stack[0]?.column).toBe(37);
    expect([mapped?.line, mapped?.column]).toEqual([5, 27]);
  });

  test("of the same stack are the same object", async () => {
    const run = script(`(function main(client, inc) {
  for (let i = 0; i < 3; i++) client.submit(inc, i);
})`);
    const sites = await sitesOf((client) => run(client, inc));
    expect(sites).toHaveLength(3);
    expect(new Set(sites).size).toBe(1);
  });

  test("leave Error's settings as they were, and are not taken when nobody asks", async () => {
    const { prepareStackTrace, stackTraceLimit } = Error;
    let called = 0;
    Error.prepareStackTrace = () => {
      called++;
      return "";
    };
    try {
      await sitesOf((client) => client.submit(inc, 1));
      await using quiet = new Client();
      const sites: unknown[] = [];
      quiet.registerPlugin({ updateGraph: (_, update) => sites.push(update.site) > 0 });
      quiet.submit(inc, 1);
      expect(sites).toEqual([undefined]);
      expect([called, Error.stackTraceLimit]).toEqual([0, stackTraceLimit]);
    } finally {
      if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
      else Error.prepareStackTrace = prepareStackTrace;
    }
  });

  test("are found for compute, persist, get, with and nested submissions", async () => {
    const run = script(`(async function main(client, inc, delayed) {
  client.compute(delayed);
  client.persist([delayed]);
  client.with({ retries: 1 }).submit(inc, 1);
})`);
    const sites = await sitesOf((client) =>
      Reflect.apply(run, undefined, [client, inc, delayed(inc)(1)]),
    );
    // The persisted value is alive already: nothing is sent.
    expect(sites.map((site) => site?.line)).toEqual([2, 4]);
  });
});
