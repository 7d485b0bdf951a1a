import { describe, expect, test } from "vitest";
import type { Encoded } from "../../src/describe/encoded.js";
import { argumentUses } from "../../src/track/arguments.js";

describe("the arguments of a task", () => {
  test("may be a list of a quarter of a million references", () => {
    const items = Array.from({ length: 250_000 }, (_, i): Encoded => ["r", i]);
    const { references, literals } = argumentUses([[0, ["l", items]]]);
    expect(references.size).toBe(250_000);
    expect(references.get(249_999)).toEqual(["0.249999"]);
    expect(literals).toEqual([]);
  });

  test("are literals with a path each where a list has references among them", () => {
    const { references, literals } = argumentUses([["x", ["l", [1, ["r", 7], ["l", [2, 3]]]]]]);
    expect([...references]).toEqual([[7, ["x.1"]]]);
    expect(literals).toEqual([
      [{ role: "x.0", id: "x.0" }, 1],
      [{ role: "x.2", id: "x.2" }, ["l", [2, 3]]],
    ]);
  });
});
