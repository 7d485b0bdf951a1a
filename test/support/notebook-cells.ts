import { readFileSync } from "node:fs";
import path from "node:path";

/** One cell of a fixture file: `=== TITLE [needs 3.12]`, then its source up to the next title. */
export interface FixtureCell {
  readonly title: string;
  /** Python version its syntax needs, as [major, minor]. */
  readonly needs: readonly [number, number];
  readonly source: string;
}

/** Reads the cells of `test/fixtures/notebooks/NAME`. */
export function fixtureCells(name: string): readonly FixtureCell[] {
  const file = path.resolve(import.meta.dirname, "../fixtures/notebooks", name);
  return readFileSync(file, "utf8")
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      const head = /^(.*?)(?: \[needs 3\.(\d+)\])?$/.exec(part.slice(0, end));
      return {
        title: head?.[1] ?? "",
        needs: [3, Number(head?.[2] ?? 10)] as const,
        source: part.slice(end + 1).replace(/\n$/, ""),
      };
    });
}

/** The text of `examples/notebooks/NAME`. */
export function exampleNotebook(name: string): string {
  return readFileSync(path.resolve(import.meta.dirname, "../../examples/notebooks", name), "utf8");
}
