import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diff } from "../../src/lineage/diff/diff.js";
import type { DiffAnswer } from "../../src/lineage/diff/diff-answer.js";
import { describeWith, peer } from "../support/peers.js";
import { daskProgram, runTracked } from "../support/tracked-program.js";

const dask = await peer("dask");

const text = readFileSync(daskProgram("planted.py"), "utf8");

describeWith("diff of two Dask runs", dask, ({ python }) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "taskprov-test-")));
  let runs = 0;

  /** Runs the program with one thing changed; always in the same folder under the same name. */
  async function run(
    change: readonly [from: string, to: string] = ["", ""],
    env: Readonly<Record<string, string>> = {},
    second = "4\n5\n",
  ): Promise<string> {
    expect(text).toContain(change[0]);
    writeFileSync(join(folder, "planted.py"), text.replace(...change));
    writeFileSync(join(folder, "one.txt"), "1\n2\n3\n");
    writeFileSync(join(folder, "two.txt"), second);
    writeFileSync(join(folder, "three.txt"), "6\n");
    const destination = `run-${++runs}`;
    const options = ["--destination", destination, "--digest", "--file-tracking"];
    const command = [python, "planted.py"];
    const result = await runTracked({ cwd: folder, options, command, env });
    expect(result.status, result.stderr).toBe(0);
    return join(folder, destination, "yprov4wfs.json");
  }

  let plain = "";

  beforeAll(async () => {
    plain = await run();
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Every difference is explained by the change. */
  function expectExplained({ firstData, failures, aligned }: DiffAnswer): void {
    expect(firstData.filter(({ explained }) => !explained)).toEqual([]);
    expect(failures).toEqual([]);
    expect(aligned).toMatchObject({ onlyA: 0, onlyB: 0 });
  }

  test("of the same program finds nothing", async () => {
    const answer = await diff(plain, await run());
    expect(answer.changes).toEqual([]);
    expect(answer.different).toBe(false);
  });

  test("finds changed code, and only that", async () => {
    const same = await diff(plain, await run(["value * factor", "factor * value"]));
    expect(same.changes).toMatchObject([{ kind: "code", subject: "__main__.scale", count: 3 }]);
    expect(same.dataCount).toBe(0);
    const other = await diff(plain, await run(["value * factor", "value + factor"]));
    expect(other.changes).toMatchObject([{ kind: "code", subject: "__main__.scale", count: 3 }]);
    expect(other.firstData.map(({ a }) => a?.slice(0, 6))).toEqual(Array(3).fill("scale-"));
    expectExplained(other);
  });

  test("finds a changed parameter, and only that", async () => {
    const answer = await diff(plain, await run(["FACTOR = 2", "FACTOR = 3"]));
    expect(answer.changes).toMatchObject([
      { kind: "parameter", subject: "__main__.scale(factor)", before: "2", after: "3", count: 3 },
    ]);
    expectExplained(answer);
  });

  test("finds another content of an input file, and only that", async () => {
    const answer = await diff(plain, await run(["", ""], {}, "4\n7\n"));
    expect(answer.changes).toMatchObject([
      { kind: "input", subject: join(folder, "two.txt"), count: 1 },
    ]);
    // What the task read of it, and what came from that.
    expect(answer.dataCount).toBe(3);
    expectExplained(answer);
  });

  test("finds another input file, and only that", async () => {
    const answer = await diff(plain, await run(['"two.txt"', '"./one.txt"']));
    expect(answer.changes.map(({ kind }) => kind)).not.toContain("code");
    expect(answer.changes).toContainEqual(
      expect.objectContaining({ kind: "input", before: '"two.txt"', after: '"./one.txt"' }),
    );
    expect(new Set(answer.changes.map(({ kind }) => kind))).toEqual(new Set(["input"]));
  });

  test("finds another environment, and only that", async () => {
    const answer = await diff(plain, await run(["", ""], { WORKERS: "3" }));
    // Dask divides the machine's memory among its workers.
    expect(answer.changes).toMatchObject([
      { kind: "environment", subject: "number of workers", before: "2", after: "3" },
      { kind: "environment", subject: "memory of a worker" },
    ]);
    expect(answer.dataCount).toBe(0);
    expect(
      (await diff(plain, await run(["", ""], { WORKERS: "3" }), { ignore: ["environment"] }))
        .different,
    ).toBe(false);
  });

  test("finds inputs in another order, and only that", async () => {
    const answer = await diff(plain, await run(["order = [0, 1, 2]", "order = [2, 1, 0]"]));
    expect(answer.changes).toMatchObject([
      {
        kind: "structure",
        subject: "__main__.join",
        what: "the same inputs in another order",
        count: 1,
      },
    ]);
    expectExplained(answer);
  });
});
