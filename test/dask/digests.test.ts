import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import { daskProgram } from "../support/tracked-program.js";

const daskData = await peer("daskdata");
const package_ = path.resolve(import.meta.dirname, "../../python");

interface Told {
  readonly same: Readonly<Record<string, readonly (string | null)[]>>;
  readonly none: readonly (string | null)[];
}

async function digests(python: string, seed: string): Promise<Told> {
  const args = [daskProgram("digests.py"), package_];
  const env = { ...process.env, PYTHONHASHSEED: seed };
  const { stdout } = await promisify(execFile)(python, args, { env });
  return JSON.parse(stdout);
}

describe("digests of Python's values", () => {
  describeWith("with numpy and pandas", daskData, ({ python }) => {
    test("are equal for equal values, differ for others, and never are where they could be wrong", async () => {
      const { same, none } = await digests(python, "1");
      for (const [name, values] of Object.entries(same)) {
        expect(new Set(values).size, name).toBe(1);
        expect(values[0], name).toMatch(/^py1:[0-9a-f]{64}$/);
      }
      const all = Object.values(same).map(([first]) => first);
      expect(new Set(all).size).toBe(all.length);
      expect(new Set(none)).toEqual(new Set([null]));
    });

    test("are the same in another process that orders sets in another way", async () => {
      expect(await digests(python, "2")).toEqual(await digests(python, "3"));
    });
  });
});
