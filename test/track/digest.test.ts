import { describe, expect, test } from "vitest";
import { diff } from "../../src/lineage/diff/diff.js";
import type { ProvTrackerOptions } from "../../src/track/options.js";
import { type TrackedRun, tracked } from "../support/tracked.js";

const load = (): Float64Array => new Float64Array([1, 2, 3]);
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** A run of three tasks; the one in the middle does something that no argument shows. */
async function run(factor: number, options: ProvTrackerOptions): Promise<TrackedRun> {
  const state = { factor };
  const scale = (values: Float64Array): Float64Array => values.map((value) => value * state.factor);
  return await tracked(async (client) => {
    const loaded = client.submit(load);
    const scaled = client.submit(scale, loaded);
    await client.submit(sum, scaled).result();
  }, options);
}

function digestsOf({ text }: TrackedRun): string[] {
  return text.match(/js1:[0-9a-f]{64}/g) ?? [];
}

describe("digest", () => {
  test("gives results a digest that is the same in another run, and nothing without it", async () => {
    const first = digestsOf(await run(2, { digest: true }));
    expect(first).toHaveLength(3);
    expect(digestsOf(await run(2, { digest: true }))).toEqual(first);
    expect(digestsOf(await run(2, {}))).toEqual([]);
  });

  test("lets diff name the first data that differs although no type and size does", async () => {
    const [a, b] = [await run(2, { digest: true }), await run(3, { digest: true })];
    const [before = "", after = ""] = [a.summary.document, b.summary.document];
    const answer = await diff(before, after);
    expect(answer.changes).toEqual([]);
    expect(answer.firstData).toMatchObject([
      {
        a: expect.stringMatching(/^scale-/),
        before: expect.stringContaining("js1:"),
        explained: false,
      },
    ]);
    expect(answer.dataCount).toBe(2);
    const [c, d] = [await run(2, {}), await run(3, {})];
    const without = await diff(c.summary.document ?? "", d.summary.document ?? "");
    expect(without).toMatchObject({ dataCount: 0, different: false });
  });

  test("covers data put in and arguments too large for the record, but nothing that is hidden", async () => {
    const work = async (options: ProvTrackerOptions): Promise<number> => {
      const { records } = await tracked(
        async (client) => {
          const put = await client.scatter([1, 2, 3]);
          const long = "x".repeat(5000);
          await client.submit((a: unknown, b: unknown) => [a, b].length, put, long).result();
          await client.submit((a: unknown) => a === undefined, { api_token: long }).result();
        },
        { digest: true, ...options },
      );
      return records.filter((one) => one.attributes.some(([name]) => name.local === "digest"))
        .length;
    };
    expect(await work({})).toBe(4);
    expect(await work({ values: "none" })).toBe(3);
  });
});
