import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Client } from "../../../src/engines/local/client.js";
import type { Future } from "../../../src/engines/local/future.js";
import type { TaskStateName } from "../../../src/engines/local/scheduler-plugin.js";
import { runs } from "../../support/tier.js";

/** What a task of the random graph is told to do. */
interface PlannedTask {
  /** Which earlier tasks it adds up, by distance. */
  readonly inputs: readonly number[];
  readonly fate: "ok" | "later" | "fails" | "fails once";
  readonly priority: number;
}

/** What happens beside the graph, after some task was submitted. */
interface Disturbance {
  readonly after: number;
  readonly what: "cancel" | "release" | "scale" | "turn";
  readonly on: number;
}

interface Plan {
  readonly tasks: readonly PlannedTask[];
  readonly disturbances: readonly Disturbance[];
  readonly workers: number;
}

const planned: fc.Arbitrary<PlannedTask> = fc.record({
  inputs: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
  fate: fc.oneof(
    { weight: 6, arbitrary: fc.constant("ok" as const) },
    { weight: 2, arbitrary: fc.constant("later" as const) },
    { weight: 1, arbitrary: fc.constant("fails" as const) },
    { weight: 1, arbitrary: fc.constant("fails once" as const) },
  ),
  priority: fc.integer({ min: -1, max: 1 }),
});

const plan: fc.Arbitrary<Plan> = fc.record({
  tasks: fc.array(planned, { minLength: 1, maxLength: 40 }),
  disturbances: fc.array(
    fc.record({
      after: fc.nat(39),
      what: fc.constantFrom(
        "cancel" as const,
        "release" as const,
        "scale" as const,
        "turn" as const,
      ),
      on: fc.nat(39),
    }),
    { maxLength: 8 },
  ),
  workers: fc.integer({ min: 1, max: 4 }),
});

/**
 * The reference: what each task comes to when nothing is cancelled; of one that cannot run, whom it
 * may blame. Which of several failed inputs is blamed depends on which failed first.
 */
function expected({ tasks }: Plan): (number | ReadonlySet<string>)[] {
  const outcomes: (number | ReadonlySet<string>)[] = [];
  for (const [index, { inputs, fate }] of tasks.entries()) {
    let sum = 1;
    const culprits = new Set<string>();
    for (const input of inputsOf(index, inputs)) {
      const value = outcomes[input];
      if (typeof value === "number") sum += value;
      else for (const culprit of value ?? []) culprits.add(culprit);
    }
    if (culprits.size > 0) outcomes.push(culprits);
    else outcomes.push(fate === "fails" ? new Set([`broken ${index}`]) : sum);
  }
  return outcomes;
}

function inputsOf(index: number, distances: readonly number[]): number[] {
  return distances.map((distance) => index - distance).filter((input) => input >= 0);
}

/** Dask's arrows, as far as this engine has them. */
const legal: Readonly<Record<string, readonly TaskStateName[]>> = {
  released: ["waiting", "erred", "forgotten", "memory"],
  waiting: ["processing", "queued", "released", "erred", "memory", "forgotten"],
  queued: ["processing", "released", "erred", "forgotten", "waiting"],
  processing: ["memory", "erred", "released", "forgotten"],
  memory: ["released", "forgotten"],
  erred: ["released", "forgotten"],
};

async function play(given: Plan): Promise<void> {
  const client = new Client({ workers: given.workers });
  const states = new Map<unknown, TaskStateName>();
  const illegal: string[] = [];
  client.registerPlugin({
    name: "referee",
    transition(key, start, finish) {
      const before = states.get(key) ?? "released";
      if (before !== start || !legal[start]?.includes(finish)) {
        illegal.push(`${String(key)}: ${before}, ${start} to ${finish}`);
      }
      if (finish === "forgotten") states.delete(key);
      else states.set(key, finish);
    },
  });
  const futures: Future<number>[] = [];
  const ended = new Set<number>();
  const tries = new Map<number, number>();
  for (const [index, { inputs, fate, priority }] of given.tasks.entries()) {
    const own = inputsOf(index, inputs);
    // What was cancelled or let go of cannot be an argument any more.
    const usable = own.every((input) => futures[input]?.status !== "cancelled");
    const args = usable ? own.map((input) => futures[input]) : [];
    if (!usable) ended.add(index);
    const run = (...values: readonly number[]): number | Promise<number> => {
      const tried = (tries.get(index) ?? 0) + 1;
      tries.set(index, tried);
      if (fate === "fails" || (fate === "fails once" && tried === 1)) {
        throw new Error(`broken ${index}`);
      }
      const value = values.reduce((sum, one) => sum + one, 1);
      return fate === "later" ? new Promise((done) => setImmediate(done, value)) : value;
    };
    const retries = fate === "fails once" ? 1 : 0;
    futures.push(client.with({ priority, retries }).submit(run, ...(args as never[])));
    for (const { after, what, on } of given.disturbances) {
      if (after !== index) continue;
      const target = futures[on % futures.length];
      if (what === "cancel") target?.cancel();
      else if (what === "release") target?.release();
      else if (what === "scale") client.cluster?.scale(1 + (on % 4));
      else await new Promise(setImmediate);
    }
  }
  await settled(futures);
  const reference = expected(given);
  const poisoned = new Set<number>(ended);
  for (const [index, { inputs }] of given.tasks.entries()) {
    if (inputsOf(index, inputs).some((input) => poisoned.has(input))) poisoned.add(index);
    const future = futures[index];
    if (future === undefined || poisoned.has(index)) continue;
    if (future.status === "cancelled") continue;
    const right = reference[index];
    if (typeof right === "number") expect(await future.result(), `task ${index}`).toBe(right);
    else expect([...(right ?? [])], `task ${index}`).toContain(await messageOf(future));
    const most = given.tasks[index]?.fate === "fails once" ? 2 : 1;
    expect(tries.get(index) ?? 0, `attempts of task ${index}`).toBeLessThanOrEqual(most);
  }
  for (const future of futures) future.release();
  await new Promise(setImmediate);
  expect(client.scheduler.tasks.size, "tasks the scheduler still holds").toBe(0);
  await client.close();
  expect(illegal).toEqual([]);
  expect(states.size).toBe(0);
}

async function messageOf(future: Future<number>): Promise<unknown> {
  const thrown = await future.exception();
  return thrown instanceof Error ? thrown.message : thrown;
}

/** Waits for every future; one that never settles is told by the test's time limit. */
async function settled(futures: readonly Future<number>[]): Promise<void> {
  await Promise.allSettled(futures.map((future) => future.result()));
}

describe("the scheduler, against a reference that computes one task after the other", () => {
  test("has the same results and errors, legal transitions, every future settled, nothing held", async () => {
    await fc.assert(fc.asyncProperty(plan, play), { numRuns: runs(150) });
  });
});
