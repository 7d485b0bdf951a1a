import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { annotate } from "../../src/engines/local/annotate.js";
import { delayed } from "../../src/engines/local/delayed.js";
import { task } from "../../src/engines/local/graph-node.js";
import { ref } from "../../src/engines/local/ref.js";
import { tracked } from "../support/tracked.js";

const inc = (x: number): number => x + 1;
const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

describe("a tracked run of the embedded engine", () => {
  test("is a document without any finding", async () => {
    const { text } = await tracked(async (client) => {
      const parts = client.map(inc, [1, 2, 3]);
      await client.submit(total, parts).result();
    });
    expect(await checkDocument(text)).toMatchObject({ valid: true, findings: [] });
  });

  test("reaches every producer through nested arguments", async () => {
    const run = await tracked(async (client) => {
      const [a, b, c] = [1, 2, 3].map((n) => client.with({ key: `in-${n}` }).submit(inc, n));
      const nested = { list: [a, [b]], map: new Map([["k", c]]) };
      const first = (value: typeof nested): number => Number(value.list.length);
      await client
        .with({ key: "out" })
        .submit(first as (value: unknown) => number, nested)
        .result();
    });
    expect(new Set(run.lines("wasDerivedFrom"))).toEqual(
      new Set([1, 2, 3].map((n) => `wasDerivedFrom(data:out, data:in-${n})`)),
    );
    expect(run.lines("used").filter((line) => line.includes("task:out"))).toEqual(
      expect.arrayContaining([expect.stringMatching(/data:in-2, \[prov:role="0\.list\.1\.0"\]/)]),
    );
  });

  test("keeps two lists in one task apart", async () => {
    const run = await tracked(async (client) => {
      const [a, b] = ["a", "b"].map((key) => client.with({ key }).submit(inc, 1));
      const join = (x: unknown, y: unknown): string => JSON.stringify([x, y]);
      await client.with({ key: "join" }).submit(join, [a], [b]).result();
    });
    const used = run.lines("used").filter((line) => line.startsWith("used(task:join,"));
    expect(used).toEqual([
      'used(task:join, data:a, [prov:role="0.0"])',
      'used(task:join, data:b, [prov:role="1.0"])',
    ]);
  });

  test("records times that lie around the work, in order", async () => {
    const before = Date.now() - 1;
    const run = await tracked(async (client) => {
      await client
        .with({ key: "slow" })
        .submit(() => new Promise((r) => setTimeout(r, 20)))
        .result();
    });
    const [, start = "", end = ""] =
      /startTime=(\S+), endTime=([^,]+)/.exec(run.about("task:slow")) ?? [];
    expect(start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Date.parse(start)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(end) - Date.parse(start)).toBeGreaterThanOrEqual(19);
    expect(Date.parse(end)).toBeLessThanOrEqual(Date.now() + 1);
  });

  test("records a failure, what it blocks, and nothing of the stack unless asked", async () => {
    const work = async (client: Parameters<Parameters<typeof tracked>[0]>[0]): Promise<void> => {
      const bad = client.with({ key: "bad" }).submit(() => {
        throw new RangeError("row 7 is empty");
      });
      const next = client.with({ key: "next" }).submit(inc, bad);
      await expect(next.result()).rejects.toThrow("row 7 is empty");
    };
    const run = await tracked(work);
    expect(run.about("data:bad.e1")).toContain('taskprov:message="row 7 is empty"');
    expect(run.about("task:next")).toContain("taskprov:blamed=task:bad");
    expect(run.text).not.toContain("traceback");
    const kept = await tracked(work, { keepTraceback: true });
    expect(kept.about("data:bad.e1")).not.toContain("in-process-executor");
    expect(kept.about("data:bad.e1")).toMatch(
      /taskprov:traceback="RangeError: row 7 is empty\\n +at /,
    );
  });

  test("records every attempt of a retry", async () => {
    let tries = 0;
    const run = await tracked(async (client) => {
      const flaky = (): number => {
        if (++tries < 3) throw new Error(`try ${tries}`);
        return tries;
      };
      expect(await client.with({ key: "flaky", retries: 2 }).submit(flaky).result()).toBe(3);
    });
    expect(run.lines("wasStartedBy")).toEqual([
      "wasStartedBy(task:flaky.2, data:flaky.e1, task:flaky)",
      "wasStartedBy(task:flaky.3, data:flaky.e2, task:flaky.2)",
    ]);
    expect(run.about("data:flaky.e2")).toContain('taskprov:message="try 2"');
    expect(run.about("run:workflow")).toContain('yprov4wfs:status="success"');
  });

  test("records scattered data with its type", async () => {
    const run = await tracked(async (client) => {
      const data = client.scatter(new Float64Array(4), { key: "grid" });
      await client.submit((grid: Float64Array) => grid.length, await data).result();
    });
    expect(run.about("data:grid")).toMatch(
      /prov:type=taskprov:Scattered.*Float64Array.*nbytes="32"/,
    );
    expect(run.lines("wasAttributedTo")).toHaveLength(1);
  });

  test("records literals by the policy", async () => {
    const work = async (client: Parameters<Parameters<typeof tracked>[0]>[0]): Promise<void> => {
      const login = { user: "Lovelace", password: "correct horse" };
      await client
        .with({ key: "get" })
        .submit((a: object, b: string) => `${b}${Object.keys(a)}`, login, "x".repeat(3000))
        .result();
    };
    const run = await tracked(work);
    expect(run.text).not.toContain("correct horse");
    expect(run.text).not.toContain("x".repeat(1100));
    // A name with letters beyond "f": an id of the run can never hold it.
    expect(run.text).toContain("Lovelace");
    expect((await tracked(work, { values: "none" })).text).not.toContain("Lovelace");
    expect((await tracked(work, { values: "full" })).text).toContain("x".repeat(3000));
    expect((await tracked(work, { redact: ["Lovelace"] })).text).not.toContain("Lovelace");
  });

  test("names element types with `richTypes`", async () => {
    const work = async (client: Parameters<Parameters<typeof tracked>[0]>[0]): Promise<void> => {
      await client
        .with({ key: "pair" })
        .submit(() => [1, "a"])
        .result();
    };
    expect((await tracked(work)).about("data:pair")).toContain('yprov4wfs:dtype="Array"');
    const rich = await tracked(work, { richTypes: true });
    expect(rich.about("data:pair")).toContain('yprov4wfs:dtype="tuple[number, string]"');
  });

  test("names the function as plan, with the hash of its source", async () => {
    const run = await tracked(async (client) => {
      await client.submit(inc, 1).result();
      await client
        .submit(function inc(x: number) {
          return x + 2;
        }, 1)
        .result();
    });
    expect(run.about("fn:inc")).toMatch(/prov:type=prov:Plan.*taskprov:sha256="[0-9a-f]{64}"/);
    const redefined = run.lines("entity").filter((line) => line.startsWith("entity(fn:inc.h"));
    expect(redefined).toHaveLength(1);
    expect(run.lines("wasAssociatedWith").join()).toContain("plan=fn:inc.h");
  });

  test("says which line submitted each task", async () => {
    const run = await tracked(async (client) => {
      await client.with({ key: "here" }).submit(inc, 1).result();
    });
    const [, site = ""] = /taskprov:site=(run:site\.\d+)/.exec(run.about("task:here")) ?? [];
    expect(run.about(site)).toMatch(/taskprov:file="[^"]*tracker\.test\.ts"/);
  });

  test("links tasks that tasks submit to the attempt that did", async () => {
    const run = await tracked(async (client) => {
      const outer = async (): Promise<number> =>
        await client.with({ key: "inner" }).submit(inc, 1).result();
      await client.with({ key: "outer" }).submit(outer).result();
    });
    expect(run.lines("wasInformedBy")).toContain(
      "wasInformedBy(task:inner, task:outer, [prov:type=taskprov:Submission])",
    );
  });

  test("records graphs, delayed calls, annotations and tuple keys alike", async () => {
    const run = await tracked(async (client) => {
      const graph = new Map<string | [string, number], unknown>([
        ["x", 1],
        [["y", 0], task(inc, ref("x"))],
      ]);
      await client.get(graph as never, [["y", 0]] as never);
      await annotate({ priority: 5 }, () => client.compute(delayed(inc)(4))).result();
    });
    expect(run.about("task:_xt_y_xc_0")).toContain("taskprov:keyJson=");
    expect(run.lines("used")).toContain('used(task:_xt_y_xc_0, data:x, [prov:role="0"])');
    expect(run.about("task:x")).toBe("");
    expect(run.about("data:x")).toContain("prov:value=1^^xsd:int");
    expect(run.summary.counts["ok"]).toBe(2);
  });

  test.each<[string, () => unknown]>([
    ["a string", () => "plain"],
    ["undefined", () => undefined],
    ["null", () => null],
    ["a symbol", () => Symbol("s")],
    ["an object without prototype", () => Object.create(null)],
    ["an AggregateError", () => new AggregateError([new Error("one"), new Error("two")], "both")],
    ["an error with causes", () => new Error("outer", { cause: new Error("inner") })],
    ["lone surrogates", () => new Error("a\uD800b")],
    ["a megabyte", () => new Error("m".repeat(1 << 20))],
    ["a revoked proxy", revoked],
    ["getters that throw", hostileError],
  ])("stays valid when a task throws %s", async (_, make) => {
    const run = await tracked(
      async (client) => {
        const future = client.with({ key: "k" }).submit(() => {
          throw make();
        });
        await future.exception().catch(() => undefined);
      },
      { keepTraceback: true },
    );
    expect(await checkDocument(run.text)).toMatchObject({ valid: true, findings: [] });
    expect(run.about("task:k")).toContain('taskprov:status="error"');
    expect(run.text.length).toBeLessThan(400_000);
  });

  test.each([
    ["", false],
    ["__proto__", true],
    ["\uD800", true],
    ["clé/ä?#<>\n", true],
    ["k".repeat(10_000), true],
  ])("takes the key %j or says why not", async (key, isFine) => {
    const run = await tracked(async (client) => {
      if (isFine) await client.with({ key }).submit(inc, 1).result();
      else expect(() => client.with({ key }).submit(inc, 1)).toThrow("Expected");
    });
    expect(await checkDocument(run.text)).toMatchObject({ valid: true, findings: [] });
    expect(run.summary.counts["ok"] ?? 0).toBe(isFine ? 1 : 0);
  });

  test("copies and records the execution source", async () => {
    const run = await tracked(() => {}, { executionSource: "test/track/ids.test.ts" });
    expect(run.about("run:source.1")).toContain('taskprov:path="ids.test.ts"');
    expect(run.lines("used")).toContain("used(run:workflow, run:source.1)");
  });

  test("writes a journal that only its owner can read, without what is hidden", async () => {
    const run = await tracked(async (client) => {
      await client.submit((x: object) => x, { secret: "swordfish" }).result();
    });
    const journal = readFileSync(run.summary.journal ?? "", "latin1");
    expect(journal).not.toContain("swordfish");
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error("gone"), {});
  revoke();
  return proxy;
}

function hostileError(): unknown {
  return Object.defineProperties(new Error("x"), {
    message: {
      get: () => {
        throw new Error("message");
      },
    },
    stack: {
      get: () => {
        throw new Error("stack");
      },
    },
    name: {
      get: () => {
        throw new Error("name");
      },
    },
  });
}
