import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const page = readFileSync(path.join(root, "docs/parity.md"), "utf8");
const [promises = "", differences = ""] = page.split(/^## Deliberate differences$/m);

/** Rows of the tables, cells trimmed; head and ruler left out. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|(-+\|)+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    )
    .filter(([first]) => !["promise", "case", "there"].includes(first ?? ""));
}

const rows = rowsOf(promises);

describe("docs/parity.md", () => {
  test("has a table for each of the four systems", () => {
    const systems = [...promises.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(systems).toEqual([
      "yProv4DASK 1.0",
      "Eliot with Dask",
      "dask.diagnostics",
      "Dask's observability tools",
    ]);
    expect(rows.length).toBeGreaterThan(80);
  });

  test.each(rows)("%s: %s: %s", (_promise, file, state, ...rest) => {
    expect(rest).toEqual([]);
    expect(state).toMatch(/^(done|planned|partly: .+)$/);
    // What works is proved by a test that exists; what does not has none to name.
    if (state === "planned") expect(file).toBe("");
    else expect(existsSync(path.join(root, file ?? "")) && file?.endsWith(".test.ts")).toBe(true);
  });

  test("every deliberate difference has its reason", () => {
    const broken = rowsOf(differences).filter(
      (row) => row.length !== 3 || row.some((cell) => cell === ""),
    );
    expect(rowsOf(differences).length).toBeGreaterThan(8);
    expect(broken).toEqual([]);
  });
});
