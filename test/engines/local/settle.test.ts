import fc from "fast-check";
import { expect, test } from "vitest";
import { Client, getClient } from "../../../src/engines/local/client.js";
import type { Future } from "../../../src/engines/local/future.js";
import { LocalCluster } from "../../../src/engines/local/local-cluster.js";
import { type Gate, gate, turns } from "./transition-log.js";

/** Dask's transitions, as far as the embedded engine has them. */
const legal = new Set([
  "released>waiting",
  "released>erred",
  "released>forgotten",
  "waiting>processing",
  "waiting>queued",
  "waiting>released",
  "queued>processing",
  "queued>released",
  "processing>memory",
  "processing>erred",
  "processing>released",
  "memory>released",
  "erred>released",
]);

type Kind = "now" | "throws" | "later" | "rejects" | "hangs" | "flaky" | "nested" | "shared";

type Step =
  | {
      readonly do: "submit";
      readonly kind: Kind;
      readonly needs: readonly number[];
      readonly client: number;
      readonly retries: number;
      readonly priority: number;
    }
  | { readonly do: "release" | "cancel" | "retry" | "fire" | "open"; readonly which: number }
  | { readonly do: "turn" | "leave" }
  | { readonly do: "scale"; readonly workers: number };

const kind = fc.constantFrom<Kind>(
  "now",
  "now",
  "now",
  "throws",
  "later",
  "rejects",
  "hangs",
  "flaky",
  "nested",
  "shared",
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      kind,
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      client: fc.nat({ max: 1 }),
      retries: fc.nat({ max: 2 }),
      priority: fc.integer({ min: -1, max: 1 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "release" as const,
        "cancel" as const,
        "retry" as const,
        "fire" as const,
        "open" as const,
      ),
      which: fc.nat(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("scale" as const), workers: fc.nat({ max: 3 }) }),
  },
);

const busy: ReadonlySet<string> = new Set(["waiting", "queued", "processing"]);

interface Submitted {
  readonly future: Future<number>;
  /** What the task returns when everything goes well. */
  readonly value: number;
  readonly kind: Kind;
  /** Settled before the cluster closed, as told by the promise taken at submission. */
  outcome: { readonly value: number } | { readonly error: unknown } | undefined;
}

/** A run of steps against a real cluster; every promise is watched from the start. */
class Run {
  readonly cluster: LocalCluster = new LocalCluster({ workers: 2 });
  readonly clients: Client[] = [
    new Client({ cluster: this.cluster }),
    new Client({ cluster: this.cluster }),
  ];
  readonly submitted: Submitted[] = [];
  readonly gates: Gate<void>[] = [];
  readonly states = new Map<string, string>();
  readonly illegal: string[] = [];
  fired = false;

  constructor() {
    this.cluster.scheduler.registerPlugin({
      transition: (key, start, finish) => {
        const before = this.states.get(String(key)) ?? "released";
        const known = before === "forgotten" ? "released" : before;
        if (known !== start || !legal.has(`${start}>${finish}`)) {
          this.illegal.push(`${String(key)} ${before}: ${start}>${finish}`);
        }
        this.states.set(String(key), finish);
      },
    });
  }

  async apply(step: Step): Promise<void> {
    switch (step.do) {
      case "submit":
        this.#submit(step);
        break;
      case "turn":
        await turns(1);
        break;
      case "scale":
        this.cluster.scale(step.workers);
        break;
      case "open":
        this.gates[step.which % Math.max(1, this.gates.length)]?.open();
        break;
      case "leave":
        await this.clients[1]?.close();
        break;
      default:
        this.#touch(step.do, step.which);
    }
  }

  #touch(what: "release" | "cancel" | "retry" | "fire", which: number): void {
    const future = this.submitted[which % Math.max(1, this.submitted.length)]?.future;
    if (future === undefined) return;
    if (what === "release") future.release();
    else if (what === "cancel") future.cancel();
    else if (what === "retry") future.retry();
    else {
      this.fired = true;
      this.clients[0]?.fireAndForget(future);
    }
  }

  #submit(step: Step & { readonly do: "submit" }): void {
    const client = this.clients[step.client];
    if (client === undefined) return;
    const shared = step.kind === "shared";
    const needed = shared ? [] : this.#usable(step.needs);
    const { retries, priority } = step;
    const surface = client.with({ retries, priority, ...(shared ? { key: "shared" } : {}) });
    const future = surface.submit(
      this.#body(step.kind),
      needed.map((one) => one.future),
    );
    const value = shared ? 7 : needed.reduce((sum, one) => sum + one.value, 1);
    const entry: Submitted = { future, value, kind: step.kind, outcome: undefined };
    future.result().then(
      (result) => {
        entry.outcome = { value: result };
      },
      (error: unknown) => {
        entry.outcome = { error };
      },
    );
    this.submitted.push(entry);
  }

  #usable(needs: readonly number[]): Submitted[] {
    const alive = this.submitted.filter((one) => one.future.status !== "cancelled");
    return [...new Set(needs.flatMap((n) => alive[n % Math.max(1, alive.length)] ?? []))];
  }

  #body(kind: Kind): (inputs: number[]) => number | Promise<number> {
    const sum = (inputs: number[]): number => inputs.reduce((a, b) => a + b, 1);
    const opened = gate();
    let calls = 0;
    switch (kind) {
      case "throws":
        return () => {
          throw new Error("planned");
        };
      case "later":
      case "rejects":
        this.gates.push(opened);
        return async (inputs) => {
          await opened.promise;
          if (kind === "rejects") throw new Error("planned");
          return sum(inputs);
        };
      case "hangs":
        return () => new Promise(() => {});
      case "flaky":
        return (inputs) => {
          if (calls++ === 0) throw new Error("planned");
          return sum(inputs);
        };
      case "nested":
        return async (inputs) => {
          using inner = getClient().submit(sum, inputs);
          return await inner.result();
        };
      case "shared":
        return () => 7;
      default:
        return sum;
    }
  }

  /** Lets everything run that can run. */
  async finish(): Promise<void> {
    const hanging = this.submitted.filter((one) => one.kind === "hangs").length;
    this.cluster.scale(hanging * 3 + 4);
    for (const opened of this.gates) opened.open();
    for (let round = 0; round < 200; round++) {
      const unfinished = [...this.cluster.scheduler.tasks].some((task) => busy.has(task.state));
      if (!unfinished && this.submitted.every((one) => one.outcome !== undefined)) break;
      await turns(1);
    }
  }
}

test("every future settles, with the right value, by legal transitions, and nothing is left", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      async (steps, leave) => {
        const run = new Run();
        for (const one of steps) await run.apply(one);
        if (leave) await run.apply({ do: "leave" });
        await run.finish();
        const hangs = run.submitted.some((one) => one.kind === "hangs");
        for (const { outcome, value, future, kind: what } of run.submitted) {
          if (!hangs) expect([what, outcome]).not.toEqual([what, undefined]);
          if (outcome !== undefined && "value" in outcome) expect(outcome.value).toBe(value);
          if (future.status === "error") {
            // A task may wait for a task of the client that leaves.
            const expected = leave ? /planned|client was closed/u : /planned/u;
            expect(String(await future.exception())).toMatch(expected);
          }
        }
        for (const { future } of run.submitted) future.release();
        await turns(2);
        if (!hangs) expect([...run.cluster.scheduler.tasks]).toEqual([]);
        await run.cluster.close();
        await turns(1);
        expect(run.submitted.filter((one) => one.outcome === undefined)).toEqual([]);
        expect(run.cluster.scheduler.tasks.size).toBe(0);
        expect(run.illegal).toEqual([]);
      },
    ),
    { numRuns: 1000 },
  );
}, 60_000);
