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
    expect(good.stdout).toContain("1 task run again, 1 the same");
    expect(good.status).toBe(0);
    const nowhere = await cli(["rerun", "six", document, "--module", join(folder, "x.mjs")]);
    expect(nowhere.status).toBe(2);
    expect(nowhere.stderr).not.toContain("    at ");
  });
});
