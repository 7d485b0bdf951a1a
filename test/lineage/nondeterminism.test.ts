import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Client } from "../../src/engines/local/client.js";
import { nondeterminism } from "../../src/lineage/nondeterminism.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { tracked } from "../support/tracked.js";
import { documentOf } from "./random-runs.js";

const one = `js1:${"1".repeat(64)}`;
const two = `js1:${"2".repeat(64)}`;

function done(run: EventRun, key: string, digest: string): void {
  run.assign(key).add({ type: "done", task: run.number(key), worker: 0, spans: [], digest });
}

let calls = 0;
const roll = (sides: number): number => sides + calls++;
const double = (n: number): number => 2 * n;

/** The document of a run with digests. */
async function recorded(
  work: (client: Client) => unknown,
  options: { values?: "none" | "summary"; digest?: boolean } = {},
): Promise<string> {
  const folder = temporaryFolder();
  const run = await tracked(work, { destination: folder, digest: true, ...options });
  return run.summary.document ?? "";
}

describe("nondeterminism", () => {
  test("finds two results of one task that was computed again, and not what came from them", async () => {
    const run = new EventRun();
    run.task("a").task("b", ["a"]);
    done(run, "a", one);
    done(run, "b", one);
    run.lost("a", "worker-died").lost("b", "worker-died");
    done(run, "a", two);
    done(run, "b", two);
    const answer = await nondeterminism([documentOf(run.end().events)]);
    expect(answer).toMatchObject({ runs: 1, compared: 4 });
    expect(answer.findings).toMatchObject([
      {
        function: "a",
        withinRun: true,
        results: [
          { digest: one, count: 1, key: "a", data: "data:a" },
          { digest: two, count: 1, key: "a", data: "data:a.g2" },
        ],
      },
    ]);
  });

  test("finds a computation that was submitted twice with the same arguments", async () => {
    const document = await recorded(async (client) => {
      await client.gather([client.submit(roll, 6), client.submit(roll, 6), client.submit(roll, 7)]);
      await client.gather([client.submit(double, 6), client.submit(double, 6)]);
    });
    const { compared, findings } = await nondeterminism([document]);
    expect(compared).toBe(5);
    expect(findings).toMatchObject([{ function: "roll", withinRun: true, inputs: { 0: "6" } }]);
  });

  test("finds over several runs the first function that gave something else", async () => {
    const run = async (): Promise<string> =>
      await recorded(async (client) => {
        await client.submit(double, client.submit(roll, 6)).result();
        await client.submit(double, 4).result();
      });
    const { findings, runs, compared } = await nondeterminism([
      await run(),
      await run(),
      await run(),
    ]);
    expect({ runs, compared }).toEqual({ runs: 3, compared: 9 });
    expect(findings).toMatchObject([{ function: "roll", withinRun: false }]);
    expect(findings[0]?.results.map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  test("claims nothing where code or inputs are not known for certain", async () => {
    const long = "x".repeat(5000);
    const closed = { other: 0 };
    const work = async (client: Client): Promise<void> => {
      await client.submit(Math.round, 1).result();
      await client.submit(roll, { password: "p" } as never).result();
      await client.submit((a: unknown) => [a, closed.other++].length, new WeakMap()).result();
      await client.submit((a: string, b: number) => a.length + b, long, calls++).result();
    };
    const documents = [await recorded(work), await recorded(work)];
    const { findings, leftOut, compared } = await nondeterminism(documents);
    expect(findings).toEqual([]);
    expect(leftOut).toEqual({ noDigest: 0, unknownCode: 2, unknownInputs: 4 });
    expect(compared).toBe(2);
    const hidden = await nondeterminism([
      await recorded((client) => client.submit(roll, 6).result(), { values: "none" }),
      await recorded((client) => client.submit(roll, 6).result(), { values: "none" }),
    ]);
    expect(hidden).toMatchObject({ findings: [], leftOut: { unknownInputs: 2 } });
  });

  test("the command takes documents, journals and folders, and exits with 1 when it found any", async () => {
    const folder = temporaryFolder();
    const work = (client: Client): unknown => client.submit(roll, 6).result();
    const files: string[] = [];
    for (const fileName of ["one.json", "two.json"]) {
      const run = await tracked(work, { destination: folder, fileName, digest: true });
      files.push(run.summary.document ?? "", run.summary.journal ?? "");
    }
    const [a = "", journal = "", b = ""] = files;
    const text = await cli(["nondeterminism", a, b]);
    expect(text.status).toBe(1);
    expect(text.stdout).toMatch(/roll\(0: 6\) {2}from run to run/);
    expect(text.stdout).toContain(`first as roll-1-1 in ${b}`);
    const whole = await cli(["nondeterminism", folder, "--json"]);
    expect(JSON.parse(whole.stdout)).toMatchObject({ runs: 2, compared: 2 });
    expect((await cli(["nondeterminism", a, journal])).status).toBe(0);
    const none = await recorded(work, { digest: false });
    const without = await cli(["nondeterminism", none]);
    expect(without.status).toBe(0);
    expect(without.stdout).toContain("Record with `digest: true`");
    expect((await cli(["nondeterminism", join(folder, "nowhere")])).status).toBe(2);
  });
});
