import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { analyseCell } from "../../src/notebook/analyse-cell.js";
import { maskIPython } from "../../src/notebook/mask-ipython.js";
import { exampleNotebook, fixtureCells } from "../support/notebook-cells.js";

type Call = readonly [
  name: string,
  startLine: number,
  startColumn: number,
  calleeEndLine: number,
  calleeEndColumn: number,
];
interface Answer {
  readonly version: readonly [number, number];
  readonly cells: readonly (readonly Call[] | string)[];
}

const oldest = 10;
const python = findPython();
if (python === undefined) {
  process.stderr.write(
    `Skipped: comparison with CPython's parser — no Python 3.${oldest} or newer was found; install one or set TASKPROV_PYTHON to it.\n`,
  );
}

describe.skipIf(python === undefined)("call sites and CPython's ast", () => {
  const cells = [
    ...fixtureCells("python-cells.txt"),
    ...codeOf(exampleNotebook("climate.ipynb")).map((source, at) => ({
      title: `climate.ipynb, code cell ${at}`,
      needs: [3, 10] as const,
      source,
    })),
  ];
  const answer = askPython(cells.map(({ source }) => maskIPython(source).text));

  test.for(cells.map((cell, at) => ({ ...cell, at })))(
    "both find the same calls at the same places: $title",
    async ({ source, needs, at, title }, { skip }) => {
      // Newer syntax; and before 3.12 CPython's own columns inside f-strings are wrong.
      if (needs[1] > answer.version[1]) skip(`${title} needs Python ${needs.join(".")}`);
      const theirs = answer.cells[at];
      if (typeof theirs === "string") throw new Error(`CPython rejects the cell: ${theirs}`);
      const { sites, parse } = await analyseCell(source, {
        language: "python",
        notebookMode: "strict",
      });
      const ours = sites
        .map(({ name, form, span, nameSpan }): Call => {
          const { endLine, endColumn } = nameSpan;
          const shown = form === "subscript" ? "[]" : name.normalize("NFKC");
          return [shown, span.startLine, span.startColumn, endLine, endColumn];
        })
        .sort(byPlace);
      expect(ours).toEqual(theirs?.toSorted(byPlace));
      expect(parse).toBe("ok");
    },
  );
});

/** Callees in the order of their ends; parentheses around a callee belong to neither. */
function byPlace(a: Call, b: Call): number {
  return a[3] - b[3] || a[4] - b[4] || a[1] - b[1] || a[2] - b[2];
}

function codeOf(notebook: string): string[] {
  const { cells }: { cells: { cell_type: string; source: string[] }[] } = JSON.parse(notebook);
  return cells.filter((cell) => cell.cell_type === "code").map(({ source }) => source.join(""));
}

function askPython(sources: readonly string[]): Answer {
  if (python === undefined) return { version: [0, 0], cells: [] };
  const script = path.resolve(import.meta.dirname, "../support/python-calls.py");
  return JSON.parse(
    execFileSync(python, [script], { input: JSON.stringify(sources), encoding: "utf8" }),
  );
}

function findPython(): string | undefined {
  const chosen = process.env["TASKPROV_PYTHON"];
  const named = ["python3.14", "python3.13", "python3.12", "python3", "python"];
  return (chosen ? [chosen] : named).find((command) => {
    try {
      const check = `import sys; sys.exit(sys.version_info < (3, ${oldest}))`;
      execFileSync(command, ["-c", check], { stdio: "ignore" });
      return true;
    } catch {
      // Not there, or too old: the next one may do.
      return false;
    }
  });
}
