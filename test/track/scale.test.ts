import { describe, expect, test } from "vitest";
import type { Future } from "../../src/engines/local/future.js";
import { fullTier } from "../support/tier.js";
import { tracked } from "../support/tracked.js";

const inc = (x: number): number => x + 1;
const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
const size = fullTier ? 100_000 : 10_000;
const patience = 600_000;

describe("a tracked graph as large as they come", () => {
  test("a fan-out and a fan-in are recorded with every edge", { timeout: patience }, async () => {
    const run = await tracked(async (client) => {
      const source = client.with({ key: "source" }).submit(inc, 0);
      const parts = client.map(inc, new Array<Future<number>>(size).fill(source));
      expect(await client.with({ key: "total" }).submit(sum, parts).result()).toBe(2 * size);
    });
    expect(run.summary).toMatchObject({ problems: [], counts: { ok: size + 2 } });
    const edges = run.records.filter(({ kind }) => kind === "wasDerivedFrom");
    expect(edges).toHaveLength(2 * size);
    // The places of a list beyond the 65,536th are one literal more.
    const uses = run.records.filter(
      (one) =>
        one.kind === "used" &&
        one.activity?.local === "total" &&
        one.entity?.local.startsWith("inc-") === true,
    );
    expect(uses).toHaveLength(size);
  });

  test("a chain is recorded from one end to the other", { timeout: patience }, async () => {
    const run = await tracked(async (client) => {
      let last = client.submit(inc, 0);
      for (let i = 1; i < size; i++) {
        const next = client.submit(inc, last);
        last.release();
        last = next;
      }
      expect(await last.result()).toBe(size);
    });
    expect(run.summary).toMatchObject({ problems: [], counts: { ok: size, data: size } });
    expect(run.records.filter(({ kind }) => kind === "wasDerivedFrom")).toHaveLength(size - 1);
  });

  test("keys of 10,000 characters are kept whole", { timeout: patience }, async () => {
    const key = (i: number): string => `${i}-${"é/ .".repeat(2500)}`;
    const run = await tracked(async (client) => {
      for (let i = 0; i < 50; i++)
        await client
          .with({ key: key(i) })
          .submit(inc, i)
          .result();
    });
    expect(run.summary).toMatchObject({ problems: [], counts: { ok: 50 } });
    expect(run.text).toContain(JSON.stringify(key(49)));
  });
});
