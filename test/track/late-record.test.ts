import { join } from "node:path";
import { expect, test } from "vitest";
import { buildDocument } from "../../src/track/build-document.js";
import { attribute, readRaw, sectionOf, statusesOf } from "../support/raw-document.js";
import { temporaryFolder } from "../support/temporary.js";

const runId = "123e4567-e89b-42d3-a456-426614174000";

/** A record that begins when `a` and `b` are made, `c` has failed and `d` waits for it. */
const lines = [
  { producer: "test", versions: {}, runId, created: 100 },
  ["run", 100, { runId, engine: "dask", versions: {}, options: {} }],
  ["worker+", 100, 0, { address: "tcp://w:1" }],
  ["fn", 100, 0, { module: "m", name: "f" }],
  [
    ...["graph", 100, 0, null, null, null, null, null],
    [
      [0, "a", null, 0, [], []],
      [1, "b", null, 0, [["x", ["r", 0]]], [0]],
      [2, "c", null, 0, [["x", ["r", 1]]], [1]],
      [3, "d", null, 0, [["x", ["r", 2]]], [2]],
      [4, "alias", null, null, [], [1]],
      [5, "e", null, 0, [["x", ["r", 4]]], [4]],
    ],
  ],
  ["known", 100, 0, "a", 28, "int"],
  ["known", 100, 1, "b", 800, "list"],
  ["known", 100, 4, "alias"],
  ["failed", 100, 2, null, 0, "ValueError", "ValueError(1)", null, null, 0],
  ["failed", 100, 3, null, null, null, null, null, null, null, 2],
  ["assign", 100, 5, 0],
  ["done", 102, 5, null, 0, null, [["c", 99, 101]], 28, "int"],
  ["end", 103, { tasks: 6 }],
];

test("what was there before the record keeps what is known of it, and nothing is made up", async () => {
  const output = join(temporaryFolder(), "late.json");
  const journal = Buffer.from(lines.map((line) => JSON.stringify(line)).join("\n"));
  const summary = await buildDocument([journal], { output });
  expect(summary).toMatchObject({ incomplete: false, problems: [] });
  const document = readRaw(output);
  const entity = (id: string) => document["entity"]?.[id];
  expect(attribute(entity("data:b"), "yprov4wfs:nbytes")).toBe("800");
  expect(attribute(entity("data:b"), "yprov4wfs:dtype")).toBe("list");
  // Made by nobody that is known, from something that is.
  const made = sectionOf(document, "wasGeneratedBy").map(([, r]) => r["prov:entity"]);
  expect(made).toEqual(expect.arrayContaining(["data:e"]));
  expect(made).not.toContain("data:b");
  const derived = sectionOf(document, "wasDerivedFrom").map(([, r]) => [
    r["prov:generatedEntity"],
    r["prov:usedEntity"],
  ]);
  expect(derived).toContainEqual(["data:b", "data:a"]);
  expect(sectionOf(document, "alternateOf").map(([, r]) => r["prov:alternate1"])).toEqual([
    "data:alias",
  ]);
  expect([statusesOf(document, "a"), statusesOf(document, "b")]).toEqual([[], []]);
  expect([statusesOf(document, "c"), statusesOf(document, "d")]).toEqual([["error"], ["blocked"]]);
  const failed = document["activity"]?.["task:c"];
  expect(failed).not.toHaveProperty("prov:startTime");
  expect(failed).not.toHaveProperty("prov:endTime");
  expect(document["activity"]?.["task:e"]?.["prov:startTime"]).toContain("T00:01:39");
});
