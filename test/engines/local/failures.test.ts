import { describe, expect, test } from "vitest";
import { CancelledError } from "../../../src/engines/local/cancelled-error.js";
import { Client } from "../../../src/engines/local/client.js";
import { LocalCluster } from "../../../src/engines/local/local-cluster.js";
import { taskContext } from "../../../src/engines/local/task-context.js";
import { gate, transitionLog, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;
const add = (x: number, y: number): number => x + y;
const boom = (): number => {
  throw new Error("boom");
};

/** A function that fails as often as told. */
function failing(times: number): () => string {
  let calls = 0;
  return () => {
    calls++;
    if (calls <= times) throw new Error(`attempt ${calls}`);
    return `ok after ${calls}`;
  };
}

describe("a failing task", () => {
  test.each([
    [new Error("e")],
    ["a string"],
    [undefined],
    [null],
    [{ code: 5 }],
    [Object.freeze(new Error("frozen"))],
  ])("hands %s on unchanged", async (thrown) => {
    await using client = new Client();
    const future = client.submit(() => {
      throw thrown;
    });
    const caught = await future.result().then(
      () => "no error",
      (error: unknown) => [error],
    );
    expect(caught).toEqual([thrown]);
    expect(Array.isArray(caught) && caught[0]).toBe(thrown);
    expect(await future.exception()).toBe(thrown);
    expect([future.status, future.blamed]).toEqual(["error", future.key]);
  });

  test("fails all that need it, with its error and the root's key to blame", async () => {
    await using client = new Client({ workers: 1 });
    const log = transitionLog();
    client.registerPlugin(log);
    const root = client.with({ key: "root" }).submit(boom);
    const middle = client.with({ key: "middle" }).submit(inc, root);
    const leaf = client.with({ key: "leaf" }).submit(add, middle, 1);
    const error = await root.exception();
    await expect(leaf.result()).rejects.toBe(error);
    expect([middle.blamed, leaf.blamed]).toEqual(["root", "root"]);
    expect(log.path("leaf")).toBe("released>waiting>released>erred");
    expect(log.lines.find((line) => line.startsWith("leaf released>erred"))).toContain(
      "blamed=root",
    );
    expect(await leaf.traceback()).toContain("boom");
  });

  test("fails a task submitted afterwards at once", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const root = client.with({ key: "root" }).submit(boom);
    await root.exception();
    const late = client.with({ key: "late" }).submit(inc, root);
    expect([late.status, late.blamed]).toEqual(["error", "root"]);
    expect(log.path("late")).toBe("released>erred");
  });

  test("stops what only its dependents would have needed", async () => {
    await using client = new Client({ workers: 2 });
    const log = transitionLog();
    client.registerPlugin(log);
    const never = client
      .with({ key: "never" })
      .submit((_: number) => new Promise<number>(() => {}), 1);
    const chain = client.with({ key: "after" }).submit(inc, never);
    const bad = client.with({ key: "bad" }).submit(boom);
    const both = client.with({ key: "both" }).submit(add, chain, bad);
    chain.release();
    never.release();
    expect(await both.exception()).toBeInstanceOf(Error);
    expect(log.path("never")).toBe("released>waiting>processing>released");
    expect(log.path("after")).toBe("released>waiting>released");
    both.release();
    bad.release();
    expect(client.scheduler.tasks.size).toBe(0);
  });

  test("is tried again as often as retries say, and each failure is told", async () => {
    await using client = new Client({ workers: 1 });
    const log = transitionLog();
    client.registerPlugin(log);
    const future = client.with({ key: "flaky", retries: 2 }).submit(failing(2));
    expect(await future.result()).toBe("ok after 3");
    const facts = log.lines
      .filter((line) => line.startsWith("flaky"))
      .map((line) => line.replace(/ \{.*/u, "").replace("flaky ", ""));
    expect(facts).toEqual([
      "released>waiting",
      "waiting>processing run=0 on=inproc-0",
      "processing>released run=0 on=inproc-0 error=Error: attempt 1 retriesLeft=2 reason=retry",
      "released>waiting",
      "waiting>processing run=1 on=inproc-0",
      "processing>released run=1 on=inproc-0 error=Error: attempt 2 retriesLeft=1 reason=retry",
      "released>waiting",
      "waiting>processing run=2 on=inproc-0",
      "processing>memory run=2 on=inproc-0 result=ok after 3",
    ]);
  });

  test("fails with the last error when retries are used up", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const future = client.with({ key: "flaky", retries: 1 }).submit(failing(5));
    await expect(future.result()).rejects.toThrow("attempt 2");
    expect(log.lines.find((line) => line.includes("processing>erred"))).toContain("retriesLeft=0");
  });

  test("knows which attempt it is in", async () => {
    await using client = new Client();
    const attempts: (number | undefined)[] = [];
    const note = (): void => {
      attempts.push(taskContext()?.attempt);
      if (attempts.length < 3) throw new Error("again");
    };
    await client.with({ retries: 5 }).submit(note).result();
    expect(attempts).toEqual([1, 2, 3]);
  });

  test("can be retried by hand, and what failed because of it comes back", async () => {
    await using client = new Client();
    const log = transitionLog();
    client.registerPlugin(log);
    const input = client.with({ key: "input" }).submit(inc, 1);
    const root = client.with({ key: "root" }).submit((_: number) => failOnce(), input);
    const leaf = client.with({ key: "leaf" }).submit((text: string) => `${text}!`, root);
    input.release();
    await expect(leaf.result()).rejects.toThrow("attempt 1");
    // The failed task keeps its input, so that a retry repeats the failure only.
    expect(client.scheduler.tasks.get("input")?.state).toBe("memory");
    client.retry(leaf);
    expect(leaf.status).toBe("pending");
    expect(await leaf.result()).toBe("ok after 2!");
    expect(log.path("root")).toBe(
      "released>waiting>processing>erred>released>waiting>processing>memory",
    );
    expect(log.path("leaf")).toBe(
      "released>waiting>released>erred>released>waiting>processing>memory",
    );
    expect(client.scheduler.tasks.has("input")).toBe(false);
  });
  const failOnce = failing(1);

  test("retried beside another culprit leaves the dependents failed, with that one to blame", async () => {
    await using client = new Client();
    const flaky = client.with({ key: "flaky" }).submit(failing(1));
    const broken = client.with({ key: "broken" }).submit(boom);
    const join = (...parts: unknown[]): number => parts.length;
    const both = client.submit(join, flaky, broken);
    await client.wait([flaky, broken, both]);
    expect(both.blamed).toBe("flaky");
    flaky.retry();
    await client.wait([flaky]);
    expect([flaky.status, both.status, both.blamed]).toEqual(["finished", "error", "broken"]);
  });

  test("retrying recomputes inputs that had been stopped", async () => {
    await using client = new Client({ workers: 2 });
    const log = transitionLog();
    client.registerPlugin(log);
    const open = gate<number>();
    const slow = client.with({ key: "slow" }).submit(() => open.promise);
    const flaky = client.with({ key: "flaky" }).submit(failing(1));
    const both = client.submit((x: number, y: string) => `${x} ${y}`, slow, flaky);
    slow.release();
    await both.exception();
    expect(client.scheduler.tasks.get("slow")?.state).toBe("released");
    open.open(5);
    both.retry();
    expect(await both.result()).toBe("5 ok after 2");
    expect(log.path("slow")).toContain("processing>released>waiting>processing>memory");
  });
});

describe("a timeout", () => {
  test("fails the attempt with ERR_TIMEOUT, aborts its signal and frees its slot", async () => {
    await using client = new Client({ workers: 1 });
    let signal: AbortSignal | undefined;
    const hang = (): Promise<never> => {
      signal = taskContext()?.signal;
      return new Promise(() => {});
    };
    const future = client.with({ key: "hang", timeout: 0.005 }).submit(hang);
    await expect(future.result()).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
      message: expect.stringMatching(/"hang" \(hang\).*0\.005 s.*attempt 1/u),
    });
    expect(signal?.aborted).toBe(true);
    expect(await client.submit(inc, 1).result()).toBe(2);
  });

  test("counts as a failed attempt that is retried", async () => {
    await using client = new Client({ workers: 1 });
    const log = transitionLog();
    client.registerPlugin(log);
    let calls = 0;
    const once = (): Promise<string> | string => (++calls === 1 ? new Promise(() => {}) : "ok");
    const future = client.with({ timeout: 0.005, retries: 1 }).submit(once);
    expect(await future.result()).toBe("ok");
    expect(log.lines.find((line) => line.includes("processing>released"))).toContain(
      "reason=timeout",
    );
  });
});

describe("cancelling", () => {
  test("a waiting task ends it and what needs it, not what it needs", async () => {
    await using client = new Client({ workers: 1 });
    const open = gate<number>();
    const first = client.submit(() => open.promise);
    const second = client.submit(inc, first);
    const third = client.with({ key: "third" }).submit(inc, second);
    second.cancel();
    expect([first.status, second.status, third.status]).toEqual([
      "pending",
      "cancelled",
      "cancelled",
    ]);
    await expect(third.result()).rejects.toBeInstanceOf(CancelledError);
    await expect(third.result()).rejects.toMatchObject({ code: "ERR_CANCELLED", key: "third" });
    open.open(1);
    expect(await first.result()).toBe(1);
    expect(client.scheduler.tasks.size).toBe(1);
  });

  test("goes through intermediate tasks nobody holds", async () => {
    await using client = new Client({ workers: 1 });
    const open = gate<number>();
    const first = client.submit(() => open.promise);
    const middle = client.submit(inc, first);
    const last = client.submit(inc, middle);
    middle.release();
    first.cancel();
    expect(last.status).toBe("cancelled");
    expect(client.scheduler.tasks.size).toBe(0);
  });

  test("a running task frees its slot, aborts its signal and ignores its late outcome", async () => {
    await using client = new Client({ workers: 1 });
    const log = transitionLog();
    client.registerPlugin(log);
    const open = gate<number>();
    let signal: AbortSignal | undefined;
    const future = client.with({ key: "slow" }).submit(() => {
      signal = taskContext()?.signal;
      return open.promise;
    });
    const result = future.result();
    await turns();
    future.cancel();
    await expect(result).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    expect(signal?.aborted).toBe(true);
    expect(await client.submit(inc, 1).result()).toBe(2);
    open.fail(new Error("late"));
    await turns();
    expect(log.path("slow")).toBe("released>waiting>processing>released>forgotten");
    expect(log.lines.find((line) => line.startsWith("slow processing>released"))).toContain(
      "reason=cancelled",
    );
  });

  test("leaves a task that another client wants running, for that client", async () => {
    await using cluster = new LocalCluster({ workers: 1 });
    await using one = new Client({ cluster });
    await using two = new Client({ cluster });
    const open = gate<number>();
    const mine = one.with({ key: "k" }).submit(() => open.promise);
    const theirs = two.with({ key: "k" }).submit(() => open.promise);
    one.cancel([mine]);
    open.open(3);
    expect([mine.status, await theirs.result()]).toEqual(["cancelled", 3]);
  });

  test("a finished task drops its result", async () => {
    await using client = new Client();
    const future = client.submit(inc, 1);
    await future.result();
    future.cancel();
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    expect(client.scheduler.tasks.size).toBe(0);
    future.cancel();
    future.release();
  });

  test("a synchronous task from inside itself is survived", async () => {
    await using client = new Client({ workers: 1 });
    const future = client.submit(() => {
      future.cancel();
      return 1;
    });
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    expect(await client.submit(inc, 1).result()).toBe(2);
  });

  test("by a signal carries the signal's reason, and stops listening when all is done", async () => {
    await using client = new Client({ workers: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const listening = (): number => listeners;
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    Object.defineProperty(signal, "addEventListener", {
      value: (...args: Parameters<typeof addEventListener>) => {
        listeners++;
        addEventListener.apply(signal, args);
      },
    });
    Object.defineProperty(signal, "removeEventListener", {
      value: (...args: Parameters<typeof removeEventListener>) => {
        listeners--;
        removeEventListener.apply(signal, args);
      },
    });
    const fine = client.with({ signal }).map(inc, [1, 2, 3]);
    expect(listening()).toBe(1);
    await client.wait(fine);
    expect(listening()).toBe(0);
    const hanging = client.with({ signal }).submit(() => new Promise(() => {}));
    const reason = new Error("user left");
    controller.abort(reason);
    await expect(hanging.result()).rejects.toMatchObject({ code: "ERR_CANCELLED", cause: reason });
    expect(listening()).toBe(0);
    expect(fine[0]?.status).toBe("finished");
    const tooLate = client.with({ signal }).submit(inc, 1);
    await expect(tooLate.result()).rejects.toMatchObject({ code: "ERR_CANCELLED", cause: reason });
  });

  test("makes a future unusable as an argument", async () => {
    await using client = new Client();
    const future = client.with({ key: "gone" }).submit(inc, 1);
    future.cancel();
    expect(() => client.submit(inc, future)).toThrow(
      expect.objectContaining({ code: "ERR_CANCELLED", key: "gone" }),
    );
  });
});
