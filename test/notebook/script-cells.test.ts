import { Script } from "node:vm";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { cellProgram } from "../../src/notebook/script/cell-program.js";
import { eraseTypes } from "../../src/notebook/script/erase-types.js";

function erased(source: string): string {
  const { Latest } = ts.ScriptTarget;
  return eraseTypes(ts, ts.createSourceFile("c", source, Latest, true, ts.ScriptKind.TS));
}

describe("types of a cell", () => {
  test.each([
    "const a: Map<string, number[]> = new Map<string, number[]>();",
    "function f<T extends object>(this: Window, a?: T, ...b: number[]): asserts a is T { g(a!); }",
    "interface A { x: number }\ntype B = A | undefined;\nconst c = { x: 1 } satisfies A as B;",
    "class P<T> extends Q<T> implements R, S { private readonly a: T = 1; b!: number; m?(): void; [k: string]: unknown; }",
    "const f = async <T,>(x: T): Promise<T> => await x;",
    "declare const z: number;\nexport abstract class K { abstract m(): void; protected n(): number { return 1; } }",
    "for (const [a, b] of Object.entries<number>(x)) out.push(client.submit<number>(q as any));",
    "let x = <number>y; let v = y!.z!; tag<string>`a`;",
  ])("are erased in place: %s", (source) => {
    const text = erased(source).replace("export", "      ");
    expect(text).toHaveLength(source.length);
    expect(text.split("\n")).toHaveLength(source.split("\n").length);
    for (const [at, char] of [...text].entries()) expect([" ", source[at]]).toContain(char);
    expect(() => new Script(`(async () => { ${text}\n})`)).not.toThrow();
  });

  test.each([
    "enum E { A }",
    "namespace N { const a = 1 }",
    "class C { constructor(private a: 1) {} }",
  ])("that are more than types are refused: %s", (source) => {
    expect(() => erased(source)).toThrow(/c:1:\d+: a TypeScript .* cannot be erased/);
  });
});

describe("a cell as a script", () => {
  test("with imports or await gives its names to later cells, live", async () => {
    const run = async (source: string): Promise<unknown> => {
      const { code, isAsync } = cellProgram(ts, source, "c");
      const value = new Script(code).runInThisContext();
      return isAsync ? await value() : value;
    };
    await run("let counted = await Promise.resolve(1);\nfunction up() { counted++; }");
    await run("up(); counted");
    expect(await run("const { a, ...b } = { a: await 1, c: 2 };\n// the end\ncounted + a")).toBe(3);
    expect(await run("b.c")).toBe(2);
    Reflect.set(globalThis, "__taskprovImport", async () => ({ default: 4, five: 5 }));
    expect(await run('import four, {\n  five as V,\n  type T,\n} from "npm:x";\nfour + V')).toBe(9);
  });
});
