import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary.js";

const script = path.resolve(import.meta.dirname, "../../scripts/conformance.mjs");

const documents: Readonly<Record<string, string>> = {
  "order/good.provn": "entity(ex:a)",
  // Two generations of one entity by one activity: constraint 24.
  "order/twice.provn": "wasGeneratedBy(ex:g1; ex:e, ex:a, -)\nwasGeneratedBy(ex:g2; ex:e, ex:a, -)",
  "typing/both.provn": "entity(ex:a)\nactivity(ex:a)",
};

function folder(): string {
  const root = temporaryFolder();
  for (const [name, body] of Object.entries(documents)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(
      path.join(root, name),
      `document\nprefix ex <http://example.org/>\n${body}\nendDocument\n`,
    );
  }
  writeFileSync(path.join(root, "typing/both.json"), '{"entity":{"ex:');
  writeFileSync(path.join(root, "notes.txt"), "no document");
  return root;
}

function judged(lines: readonly string[], ...more: string[]): { status: number; out: string } {
  const root = folder();
  const expectations = path.join(temporaryFolder(), "expect.txt");
  writeFileSync(expectations, `# what is expected\n\n${lines.join("\n")}\n`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, root, expectations, ...more],
    { encoding: "utf8" },
  );
  return { status: status ?? -1, out: stdout + stderr };
}

describe("scripts/conformance.mjs", () => {
  test("has status 0 when every document is as expected", () => {
    const { status, out } = judged([
      "order/good.provn PASS",
      "order/twice.provn FAIL 24",
      "typing/both.* FAIL",
    ]);
    expect([status, out]).toEqual([0, "4 as expected, 0 not\n"]);
  });

  test("shows what is not as expected: verdict, constraint, a document that is missing", () => {
    const { status, out } = judged([
      "order/good.provn FAIL",
      "order/twice.provn FAIL 42",
      "order/nowhere.provn PASS",
    ]);
    expect(status).toBe(1);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^document +expected +found +constraints$/);
    expect(lines).toContainEqual(expect.stringMatching(/^order\/good\.provn +FAIL +PASS$/));
    expect(lines).toContainEqual(expect.stringMatching(/^order\/twice\.provn +FAIL 42 +FAIL +24$/));
    expect(lines).toContain("no such document: order/nowhere.provn PASS");
    expect(lines).toContainEqual(expect.stringMatching(/^typing\/both\.provn +- +FAIL +.*55/));
    expect(lines.at(-1)).toBe("0 as expected, 3 not, 2 without an expectation");
  });

  test("gives the rows as JSON", () => {
    const { status, out } = judged(["order/* PASS"], "--json");
    expect(status).toBe(1);
    const { rows, missing } = JSON.parse(out);
    expect(missing).toEqual([]);
    expect(rows).toContainEqual(
      expect.objectContaining({ file: "order/good.provn", verdict: "PASS", isExpected: true }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ file: "order/twice.provn", constraints: [24], isExpected: false }),
    );
  });

  test("says what is wrong with the expectations", () => {
    const { status, out } = judged(["order/good.provn VALID"]);
    expect([status, out]).toEqual([2, expect.stringContaining("Expected PASS or FAIL")]);
  });
});
