import { describe, expect, test } from "vitest";
import type { Attempt } from "../../../src/engines/local/attempt.js";
import { Client } from "../../../src/engines/local/client.js";
import type { Executor, ExecutorListener } from "../../../src/engines/local/executor.js";
import type { WorkerInfo } from "../../../src/engines/local/scheduler-plugin.js";
import { transitionLog, turns } from "./transition-log.js";

const inc = (x: number): number => x + 1;

/** An executor that does nothing by itself: the test says how attempts end. */
class Puppet implements Executor {
  readonly calls: string[] = [];
  readonly running: Attempt[] = [];
  listener: ExecutorListener | undefined;

  start(attempt: Attempt): void {
    this.calls.push(`start ${attempt.key} on ${attempt.worker.name}`);
    this.running.push(attempt);
  }

  readonly workers: readonly WorkerInfo[] = [];

  next(): Attempt {
    const attempt = this.running.shift();
    if (attempt === undefined) throw new Error("nothing runs");
    return attempt;
  }

  abandon(attempt: Attempt, reason: string): void {
    this.calls.push(`abandon ${attempt.key} ${reason}`);
  }

  async run(): Promise<unknown> {
    return "ran";
  }

  place(_fn: unknown, slot: WorkerInfo): WorkerInfo {
    return slot;
  }

  removeSlot(): void {}

  async close(): Promise<void> {
    this.calls.push("close");
  }
}

function withPuppet(workers: number): { client: Client; puppet: Puppet } {
  const puppet = new Puppet();
  const client = new Client({
    workers,
    executor: (listener) => {
      puppet.listener = listener;
      return puppet;
    },
  });
  return { client, puppet };
}

describe("an executor that is not this process", () => {
  test("gets filled-in arguments and may tell the outcome whenever it likes", async () => {
    const { client, puppet } = withPuppet(2);
    const one = client.with({ key: "one" }).submit(inc, 1);
    const two = client.with({ key: "two" }).submit(inc, one);
    await turns();
    expect(puppet.calls).toEqual(["start one on inproc-0"]);
    puppet.listener?.finished(puppet.next(), 2);
    await turns();
    const attempt = puppet.next();
    expect(attempt.args).toEqual([2]);
    puppet.listener?.finished(attempt, 3);
    expect(await two.result()).toBe(3);
    await client.close();
    expect(puppet.calls.at(-1)).toBe("close");
  });

  test("is told to give up what was cancelled, and what it says later is ignored", async () => {
    const { client, puppet } = withPuppet(1);
    const future = client.with({ key: "k" }).submit(inc, 1);
    await turns();
    future.cancel();
    expect(puppet.calls).toContain("abandon k cancelled");
    const attempt = puppet.next();
    puppet.listener?.finished(attempt, 1);
    puppet.listener?.failed(attempt, new Error("late"));
    puppet.listener?.lost(attempt, "worker-died");
    expect(future.status).toBe("cancelled");
    await client.close();
  });

  test("may lose attempts: they are repeated without using retries, four losses are too many", async () => {
    const { client, puppet } = withPuppet(1);
    const log = transitionLog();
    client.registerPlugin(log);
    const killer = client.with({ key: "killer", retries: 9 }).submit(inc, 1);
    for (let death = 1; death <= 4; death++) {
      await turns();
      puppet.listener?.lost(puppet.next(), "worker-died");
    }
    await expect(killer.result()).rejects.toMatchObject({
      code: "ERR_WORKER_LOST",
      message: expect.stringMatching(/"killer" \(inc\).*4 workers.*inproc-0 \(worker-died\)/u),
    });
    expect(log.path("killer")).toBe(
      `released>waiting>${"processing>released>waiting>".repeat(3)}processing>erred`,
    );
    expect(log.lines.filter((line) => line.includes("reason=worker-died"))).toHaveLength(4);
    await client.close();
  });

  test("shows ready tasks as queued while all slots are taken", async () => {
    const { client, puppet } = withPuppet(1);
    const log = transitionLog();
    client.registerPlugin(log);
    client.with({ key: "t" }).map(inc, [1, 2]);
    await turns();
    expect(client.scheduler.tasks.get("t-1")?.state).toBe("queued");
    puppet.listener?.finished(puppet.next(), 1);
    await turns();
    expect(log.path("t-1")).toBe("released>waiting>queued>processing");
    await client.close();
  });
});
