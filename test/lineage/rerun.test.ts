import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rerun } from "../../src/lineage/rerun.js";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";
import { tracked } from "../support/tracked.js";

let calls = 0;
const functions = {
  add: (a: number, b: number): number => a + b,
  count: (values: readonly number[]): number => {
    calls++;
    return values.length;
  },
  roll: (sides: number): number => sides + calls++,
};

/** A document in which every function ran, `last` from both others. */
async function recorded(digest = true): Promise<string> {
  const { add, count, roll } = functions;
  const run = await tracked(
    async (client) => {
      const three = client.submit(count, [1, 2, 3]);
      const twice = client.submit(add, three, three);
      await client.with({ key: "good" }).submit(add, twice, 4).result();
      await client.with({ key: "random" }).submit(add, client.submit(roll, 6), 1).result();
      await client.with({ key: "large" }).submit(count, Array(500).fill(1)).result();
      await client
        .with({ key: "inside" })
        .submit(count, [three] as never)
        .result();
    },
    { digest },
  );
  return run.summary.document ?? "";
}

describe("rerun", () => {
  test("runs a task and what it came from again, and finds the same", async () => {
    const { about, tasks } = await rerun(await recorded(), "good", { functions });
    expect(about).toBe("good");
    expect(tasks.map(({ function: name, result }) => [name, result])).toEqual([
      ["count", "same"],
      ["add", "same"],
      ["add", "same"],
    ]);
  });

  test("finds what differs, and says when there is no digest to compare", async () => {
    const { tasks } = await rerun(await recorded(), "random", { functions });
    expect(tasks.map(({ result }) => result)).toEqual(["different", "different"]);
    const without = await rerun(await recorded(false), "good", { functions });
    expect(new Set(without.tasks.map(({ result }) => result))).toEqual(new Set(["unknown"]));
  });

  test.each([
    ["good", {}, "was not given"],
    ["good", { ...functions, count: () => 3 }, "is not the recorded one"],
    ["good", Object.create(functions), "was not given"],
    ["large", functions, "not recorded whole"],
    ["inside", functions, "inside a container"],
  ])("refuses %s when it cannot, before anything runs", async (key, given, why) => {
    const document = await recorded();
    const before = calls;
    await expect(rerun(document, key, { functions: given })).rejects.toMatchObject({
      code: "ERR_RERUN",
      message: expect.stringContaining(why),
    });
    expect(calls).toBe(before);
  });

  test("a dry run says what would run, causes first, and runs nothing", async () => {
    const document = await recorded();
    const before = calls;
    const { tasks } = await rerun(document, "good", { functions, dryRun: true });
    expect(tasks.map(({ function: name, result }) => [name, result])).toEqual([
      ["count", "planned"],
      ["add", "planned"],
      ["add", "planned"],
    ]);
    expect(calls).toBe(before);
  });

  test("goes no further than the depth; what lies beyond is handed in, or it is refused", async () => {
    const document = await recorded();
    await expect(rerun(document, "good", { functions, depth: 0 })).rejects.toMatchObject({
      code: "ERR_RERUN",
      message: expect.stringMatching(
        /add-\d-\d+, which is further away than the depth 0.*--input add-/,
      ),
    });
    const [, twice] = (await rerun(document, "good", { functions, dryRun: true })).tasks;
    const inputs = { [twice?.key ?? ""]: 6 };
    const near = await rerun(document, "good", { functions, depth: 0, inputs });
    expect(near.tasks.map(({ key, result }) => [key, result])).toEqual([["good", "same"]]);
    const other = await rerun(document, "good", { functions, inputs: { [twice?.key ?? ""]: 7 } });
    expect(other.tasks.map(({ key, result }) => [key, result])).toEqual([["good", "different"]]);
    const all = await rerun(document, "good", { functions, depth: 2 });
    expect(all.tasks.length).toBe(3);
    await expect(rerun(document, "good", { functions, depth: -1 })).rejects.toMatchObject({
      code: "ERR_OPTION",
    });
  });

  test("a retried task is run again from the inputs of the attempt that worked", async () => {
    let fails = true;
    const flaky = (n: number): number => {
      if (fails) {
        fails = false;
        throw new Error("once");
      }
      return n;
    };
    const run = await tracked(
      (client) => client.with({ key: "flaky", retries: 1 }).submit(flaky, 3).result(),
      { digest: true },
    );
    const { tasks } = await rerun(run.summary.document ?? "", "flaky", { functions: { flaky } });
    expect(tasks.map(({ result }) => result)).toEqual(["same"]);
  });

  test("tells each task as it is compared, and stops when its signal says so", async () => {
    const document = await recorded();
    const controller = new AbortController();
    const told: string[] = [];
    const stopped = rerun(document, "good", {
      functions,
      signal: controller.signal,
      onTask: ({ function: name }) => {
        told.push(name);
        controller.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
    expect(told).toEqual(["count"]);
  });

  test("names what was given, and the nearest name, when a function is missing", async () => {
    const { add, count } = functions;
    await expect(
      rerun(await recorded(), "random", { functions: { add, count, rolls: count } }),
    ).rejects.toThrow("The function roll of roll-1-");
    await expect(
      rerun(await recorded(), "random", { functions: { add, count, rolls: count } }),
    ).rejects.toThrow("given: add, count, rolls. Did you mean rolls?");
  });

  test("the command runs nothing but the module that it is given", async () => {
    const folder = temporaryFolder();
    const module = join(folder, "steps.mjs");
    writeFileSync(module, "export const twice = (n) => 2 * n;\n");
    const steps = await import(/* @vite-ignore */ module);
    const run = await tracked(
      (client) => client.with({ key: "six" }).submit(steps.twice, 3).result(),
      { destination: folder, digest: true },
    );
    const document = run.summary.document ?? "";
    const bare = await cli(["rerun", "six", document]);
    expect(bare).toMatchObject({ status: 2, stdout: "" });
    expect(bare.stderr).toContain("A document brings no code");
    const good = await cli(["rerun", "six", document, "--module", module]);
    expect(good.stdout).toMatch(/^same +six {2}twice\n\nsix: 1 task run again, 1 the same/);
    expect(good.status).toBe(0);
    const dry = await cli(["rerun", "six", document, "--module", module, "--dry-run"]);
    expect(dry).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("1 task would run again"),
    });
    const wrong = await cli(["rerun", "six", document, "--module", module, "--input", "six"]);
    expect(wrong.stderr).toContain("KEY=JSON");
    const nowhere = await cli(["rerun", "six", document, "--module", join(folder, "x.mjs")]);
    expect(nowhere.status).toBe(2);
    expect(nowhere.stderr).not.toContain("    at ");
  });
});
