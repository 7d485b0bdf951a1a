import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Client } from "../../src/engines/local/client.js";
import { parseProvJson } from "../../src/formats/index.js";
import { diff } from "../../src/lineage/diff/diff.js";
import type { DiffAnswer } from "../../src/lineage/diff/diff-answer.js";
import type { ProvDocument } from "../../src/prov/records.js";
import { tracked } from "../support/tracked.js";

const load = (name: string): number[] => [...name].map((letter) => letter.charCodeAt(0));
const scale = (values: readonly number[], factor: number): number[] =>
  values.map((value) => value * factor);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const join = (parts: readonly number[], offset: readonly number[]): number =>
  mean(parts) + mean(offset);

/** What differs from the plain program. */
interface Plant {
  readonly names?: readonly string[];
  readonly factor?: (name: string) => number;
  readonly scale?: (values: readonly number[], factor: number) => number[];
  readonly offset?: readonly number[];
  readonly reverse?: boolean;
  readonly workers?: number;
  readonly more?: (client: Client) => unknown;
}

/** A small pipeline: load, scale and mean of each name, joined with scattered data. */
async function pipeline(plant: Plant = {}): Promise<ProvDocument> {
  const names = plant.names ?? ["alpha", "beta", "gamma", "delta"];
  const run = await tracked(
    async (client) => {
      const offset = await client.scatter(plant.offset ?? [1, 2, 3]);
      const means = names.map((name) => {
        const loaded = client.submit(load, name);
        const scaled = client.submit(plant.scale ?? scale, loaded, plant.factor?.(name) ?? 2);
        return client.submit(mean, scaled);
      });
      const parts = plant.reverse === true ? means.toReversed() : means;
      await client.submit(join, parts, offset).result();
      await plant.more?.(client);
    },
    {},
    { workers: plant.workers ?? 2 },
  );
  return parseProvJson(run.text);
}

const kinds = ({ changes }: DiffAnswer): string[] => changes.map(({ kind }) => kind);

describe("diff of two runs of the embedded engine", () => {
  test("of the same program finds nothing", async () => {
    const answer = await diff(await pipeline(), await pipeline());
    expect(answer.changes).toEqual([]);
    expect(answer.different).toBe(false);
    expect(answer.aligned).toEqual({ pairs: 13, onlyA: 0, onlyB: 0 });
  });

  test("finds a changed function, and claims nothing else", async () => {
    const other = {
      scale: (values: readonly number[], factor: number): number[] => {
        return values.map((value) => factor * value);
      },
    };
    const answer = await diff(await pipeline(), await pipeline({ scale: other.scale }));
    expect(answer.changes).toMatchObject([
      { kind: "code", subject: "scale", what: "other source", count: 4 },
    ]);
    expect(answer.aligned).toEqual({ pairs: 13, onlyA: 0, onlyB: 0 });
    const hash = createHash("sha256").update(String(other.scale)).digest("hex").slice(0, 12);
    expect(answer.changes[0]?.after).toBe(hash);
  });

  test("finds a function put in another's place", async () => {
    const double = (values: readonly number[], factor: number): number[] =>
      values.map((value) => factor * value);
    const answer = await diff(await pipeline(), await pipeline({ scale: double }));
    expect(answer.changes).toMatchObject([
      { kind: "code", subject: "scale", before: "scale", after: "double", count: 4 },
    ]);
  });

  test("finds a changed parameter of one task, with both values", async () => {
    const factor = (name: string): number => (name === "beta" ? 3 : 2);
    const answer = await diff(await pipeline(), await pipeline({ factor }));
    expect(answer.changes).toMatchObject([
      { kind: "parameter", subject: "scale(1)", before: "2", after: "3", count: 1 },
    ]);
    expect(answer.changes[0]?.tasks[0]?.a).toMatch(/^scale-/);
  });

  test("tells the same change of many tasks once", async () => {
    const answer = await diff(await pipeline(), await pipeline({ factor: () => 5 }));
    expect(answer.changes).toMatchObject([{ kind: "parameter", count: 4 }]);
  });

  test("finds other data put in by the client", async () => {
    const answer = await diff(await pipeline(), await pipeline({ offset: [1, 2, 3, 4] }));
    expect(answer.changes).toMatchObject([{ kind: "input", what: "other data", count: 1 }]);
  });

  test("finds another input file", async () => {
    const names = ["a.csv", "b.csv"];
    const answer = await diff(
      await pipeline({ names }),
      await pipeline({ names: ["a.csv", "c.csv"] }),
    );
    expect(answer.changes).toMatchObject([
      { kind: "input", subject: "load(0)", before: '"b.csv"', after: '"c.csv"', count: 1 },
    ]);
  });

  test("finds inputs in another order", async () => {
    const answer = await diff(await pipeline(), await pipeline({ reverse: true }));
    expect(answer.changes).toMatchObject([
      { kind: "structure", subject: "join", what: "the same inputs in another order", count: 1 },
    ]);
  });

  test("finds tasks that are new, and tells them by function", async () => {
    const answer = await diff(
      await pipeline(),
      await pipeline({ names: ["alpha", "beta", "gamma", "delta", "epsilon"] }),
    );
    expect(kinds(answer)).toEqual(["structure", "structure", "structure"]);
    expect(answer.changes.map(({ subject }) => subject).sort()).toEqual(["load", "mean", "scale"]);
    expect(answer.aligned).toEqual({ pairs: 13, onlyA: 0, onlyB: 3 });
  });

  test("finds another number of workers", async () => {
    const answer = await diff(await pipeline(), await pipeline({ workers: 3 }));
    expect(answer.changes).toMatchObject([
      { kind: "environment", subject: "number of workers", before: "2", after: "3" },
    ]);
  });

  test("finds failures that are new and gone", async () => {
    const fragile = (fails: boolean) => async (client: Client) => {
      const check = (value: number): number => {
        if (fails) throw new Error("broken");
        return value;
      };
      await client.submit(check, 1).exception();
    };
    const good = await pipeline({ more: fragile(false) });
    const bad = await pipeline({ more: fragile(true) });
    expect((await diff(good, bad)).failures).toMatchObject([{ what: "new", status: "error" }]);
    expect((await diff(bad, good)).failures).toMatchObject([{ what: "gone", status: "error" }]);
    expect((await diff(good, bad)).changes).toEqual([]);
  });

  test("says which data differs first, and that no change explains it", async () => {
    const noisy = (size: number) => async (client: Client) => {
      // The same source and arguments, another result: as a file read from elsewhere would give.
      Reflect.set(globalThis, "taskprovTestSize", size);
      const read = (): string => "x".repeat(Reflect.get(globalThis, "taskprovTestSize"));
      const text = client.submit(read);
      await client.submit((value: string) => `${value}!`, text).result();
    };
    const answer = await diff(
      await pipeline({ more: noisy(10) }),
      await pipeline({ more: noisy(20) }),
    );
    expect(answer.changes).toEqual([]);
    expect(answer.dataCount).toBe(2);
    expect(answer.firstData).toMatchObject([{ explained: false }]);
    expect(answer.firstData[0]?.a).toMatch(/^read-/);
    expect(answer.different).toBe(true);
  });

  test("leaves out what is ignored", async () => {
    const [a, b] = [await pipeline(), await pipeline({ workers: 3, offset: [1] })];
    expect((await diff(a, b, { ignore: ["environment", "input"] })).different).toBe(false);
    expect(kinds(await diff(a, b, { ignore: ["environment"] }))).toEqual(["input"]);
  });

  test("of one result looks only at what it came from", async () => {
    const more = (value: number) => async (client: Client) => {
      await client.with({ key: "aside" }).submit(mean, [value]).result();
    };
    const [a, b] = [await pipeline({ more: more(1) }), await pipeline({ more: more(2) })];
    expect(kinds(await diff(a, b))).toEqual(["parameter"]);
    expect((await diff(a, b, { key: "join*" })).different).toBe(false);
  });
});
