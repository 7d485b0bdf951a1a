import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Client, getClient } from "../../../src/engines/local/client.js";
import { LocalCluster } from "../../../src/engines/local/local-cluster.js";
import { runs } from "../../support/tier.js";
import { gate, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;

describe("clients of one cluster", () => {
  test("take turns: who comes with little to do does not wait for who came first with much", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    await using busy = new Client({ cluster });
    await using small = new Client({ cluster });
    const ran: string[] = [];
    const note = (name: string): void => void ran.push(name);
    const many = busy.map(note, new Array<string>(1000).fill("busy"));
    const few = small.map(note, new Array<string>(10).fill("small"));
    await small.gather(few);
    expect(ran.lastIndexOf("small")).toBeLessThan(21);
    await busy.gather(many);
    expect(ran).toHaveLength(1010);
  });

  test("share the slots when their tasks take long", async () => {
    await using cluster = new LocalCluster({ workers: 4 });
    await using first = new Client({ cluster });
    await using second = new Client({ cluster });
    const running = { first: 0, second: 0 };
    const open = gate();
    const hold = async (name: keyof typeof running): Promise<void> => {
      running[name]++;
      await open.promise;
    };
    const all = [
      ...first.map(hold, new Array<"first">(20).fill("first")),
      ...second.map(hold, new Array<"second">(20).fill("second")),
    ];
    await turns();
    expect(running).toEqual({ first: 2, second: 2 });
    open.open();
    await first.wait(all.slice(0, 20));
    await second.wait(all.slice(20));
    expect(running).toEqual({ first: 20, second: 20 });
  });

  test("a higher priority goes first, whosever it is", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    await using one = new Client({ cluster });
    await using other = new Client({ cluster });
    const ran: string[] = [];
    const note = (name: string): void => void ran.push(name);
    const futures = one.map(note, ["a", "b"]);
    const urgent = other.with({ priority: 1 }).map(note, ["u", "v", "w"]);
    await one.gather(futures);
    await other.gather(urgent);
    expect(ran.slice(0, 3)).toEqual(["u", "v", "w"]);
  });
});

describe("ready", () => {
  test("keeps a producer that never stops within maxPending, and all is computed", async () => {
    await using client = new Client({ workers: 2, maxPending: 50 });
    let most = 0;
    let sum = 0;
    for (let n = 0; n < 5000; n++) {
      await client.ready();
      const future = client.submit(inc, n);
      future.addDoneCallback((done) => {
        void done.result().then((value) => {
          sum += value;
          done.release();
        });
      });
      most = Math.max(most, client.pending);
    }
    await client.ready({ below: 1 });
    await turns();
    expect(client.scheduler.tasks.size).toBe(0);
    expect(most).toBe(50);
    expect(sum).toBe((5000 * 5001) / 2);
  });

  test("lets many producers in one after the other, in the order of asking", async () => {
    await using client = new Client({ workers: 1, maxPending: 3 });
    const order: number[] = [];
    let most = 0;
    const producer = async (n: number): Promise<void> => {
      await client.ready();
      order.push(n);
      client.fireAndForget(client.submit(inc, n));
      most = Math.max(most, client.pending);
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => producer(n)));
    expect(order).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(most).toBe(3);
  });

  test("who is let in and submits nothing keeps nobody out", async () => {
    await using client = new Client({ workers: 1, maxPending: 1 });
    await Promise.all(Array.from({ length: 100 }, () => client.ready()));
    expect(client.pending).toBe(0);
  });

  test("with below waits until so few have no outcome", async () => {
    await using client = new Client({ workers: 2, maxPending: 5 });
    const later = (n: number): Promise<number> => new Promise((done) => setImmediate(done, n));
    const futures = client.map(later, [1, 2, 3, 4, 5, 6, 7, 8]);
    await client.ready({ below: 3 });
    expect(client.pending).toBeLessThan(3);
    await client.ready({ below: 1 });
    expect(futures.every((future) => future.done)).toBe(true);
    await expect(client.ready({ below: 0 })).rejects.toThrow(/`below`/);
  });

  test("in tasks that fill all slots is no deadlock", async () => {
    await using client = new Client({ workers: 2, maxPending: 2 });
    const spread = async (n: number): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        await getClient().ready();
        sum += await getClient().submit(inc, n).result();
      }
      return sum;
    };
    const sums: Promise<number>[] = [];
    for (let n = 0; n < 4; n++) {
      await client.ready();
      sums.push(client.submit(spread, n).result());
    }
    expect(await Promise.all(sums)).toEqual([5, 10, 15, 20]);
    expect(client.pending).toBe(0);
  });

  test("ends with the timeout, the signal and the client", async () => {
    const client = new Client({ workers: 1, maxPending: 1 });
    const open = gate();
    client.submit(() => open.promise);
    await turns();
    await expect(client.ready({ timeout: 0.01 })).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
      message: expect.stringContaining("1 have no outcome yet"),
    });
    const stop = new AbortController();
    const stopped = client.ready({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    const left = client.ready();
    const refused = expect(left).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await client.close();
    await refused;
    await expect(client.ready()).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test.each([0, -1, 1.5, "10"])("maxPending %j is refused", (maxPending) => {
    expect(() => new Client({ maxPending: maxPending as number })).toThrow(/maxPending/);
  });

  test("goes with a cluster of others as well", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    await using client = new Client({ cluster, maxPending: 5 });
    await client.ready();
    expect(client.pending).toBe(0);
  });
});

describe("pending", () => {
  const step = fc.record({
    what: fc.constantFrom("ok", "fails", "later", "child", "cancel", "release", "retry", "turn"),
    on: fc.nat(30),
    client: fc.nat(2),
  });

  test("is the number of tasks without an outcome that the client submitted, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        await using cluster = new LocalCluster({ workers: 2 });
        const clients = [0, 1, 2].map(() => new Client({ cluster }));
        const futures = clients.map((client) => [client.submit(inc, 0)]);
        for (const { what, on, client: number } of steps) {
          const client = clients[number % clients.length];
          const own = futures[number % clients.length];
          const future = own?.[on % own.length];
          if (client === undefined || own === undefined || future === undefined) continue;
          if (what === "cancel") future.cancel();
          else if (what === "release") future.release();
          else if (what === "retry") future.retry();
          else if (what === "turn") await turns();
          else if (what === "child" && future.status !== "cancelled") {
            own.push(client.submit(inc, future));
          } else {
            const later = (n: number): Promise<number> => new Promise((r) => setImmediate(r, n));
            const fails = (): never => {
              throw new Error("broken");
            };
            if (what === "fails") own.push(client.submit(fails));
            else own.push(what === "later" ? client.submit(later, on) : client.submit(inc, on));
          }
          const unfinished = Array.from(cluster.scheduler.tasks).filter(
            ({ state }) => state !== "memory" && state !== "erred",
          );
          const pending = clients.map((one) => one.pending);
          expect(pending.reduce((a, b) => a + b, 0)).toBe(unfinished.length);
        }
        for (const [number, client] of clients.entries()) {
          await Promise.allSettled((futures[number] ?? []).map((future) => future.result()));
          expect(client.pending).toBe(0);
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
