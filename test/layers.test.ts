import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** The order of docs/design.md, section 3: a folder imports only from itself and from before it. */
const order = [
  "base",
  "prov",
  "formats",
  "check",
  "describe",
  "actions",
  "events",
  "engines/local",
  "engines/dask",
  "notebook",
  "traces",
  "plot",
  "observe",
  "track",
  "lineage",
  "exchange",
  "report",
  "cli",
] as const;
type Layer = (typeof order)[number];

/** These know nothing of tasks and run in a browser. */
const portable: readonly Layer[] = ["base", "prov", "formats", "check"];
/** The parts of `base` that the portable layers may use have no Node built-ins either. */
const taskLayers: readonly Layer[] = [
  "describe",
  "actions",
  "events",
  "engines/local",
  "engines/dask",
  "notebook",
  "traces",
  "plot",
  "observe",
];

/** An import, export-from or `import()` in a file, as the compiler sees it. */
interface Import {
  readonly from: string;
  readonly to: string;
  readonly lazy: boolean;
  readonly typeOnly: boolean;
}

const source = path.resolve(import.meta.dirname, "../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => file.endsWith(".ts"));

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const to = node.moduleSpecifier;
      if (to !== undefined && ts.isStringLiteral(to)) {
        found.push({ from: file, to: to.text, lazy: false, typeOnly: isTypeOnly(node) });
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [to] = node.arguments;
      const text = to !== undefined && ts.isStringLiteralLike(to) ? to.text : "(computed)";
      found.push({ from: file, to: text, lazy: true, typeOnly: false });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) {
        found.push({ from: file, to: literal.text, lazy: true, typeOnly: true });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function layerOf(file: string): Layer | undefined {
  return order.find((layer) => file.startsWith(`${layer}/`));
}

function targetOf({ from, to }: Import): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(from), to));
}

const isRelative = (to: string): boolean => to.startsWith("./") || to.startsWith("../");

/** Sentences for what an import breaks; empty when it keeps to the order. */
function offences(one: Import): string[] {
  const layer = layerOf(one.from);
  if (one.from === "index.ts") return [];
  if (layer === undefined) return [`${one.from} lies in no folder of docs/design.md, section 3`];
  if (!isRelative(one.to)) return packageOffences(one, layer);
  const target = layerOf(targetOf(one));
  if (target === undefined) return [`${one.from} imports ${one.to}, which lies in no layer`];
  const problems: string[] = [];
  if (order.indexOf(target) > order.indexOf(layer)) {
    problems.push(`${one.from} imports ${one.to}: ${target} stands after ${layer}`);
  }
  const meetsProv = target === "prov" || target === "formats" || target === "check";
  if (taskLayers.includes(layer) && meetsProv) {
    problems.push(`${one.from} imports ${one.to}: ${layer} knows nothing of PROV`);
  }
  return problems;
}

function packageOffences(one: Import, layer: Layer): string[] {
  if (!portable.includes(layer) || layer === "base" || one.typeOnly) return [];
  if (isBuiltin(one.to)) return [`${one.from} imports the Node built-in ${one.to}`];
  // Loaded on demand only: a browser without a bundler can still load the folder.
  const lazyAjv = /^ajv(-|\/|$)/.test(one.to) && one.lazy && layer === "check";
  const lazyParser =
    /^(saxes|n3|@hpcc-js\/wasm-graphviz)$/.test(one.to) && one.lazy && layer === "formats";
  return lazyAjv || lazyParser ? [] : [`${one.from} imports the package ${one.to}`];
}

const imports = files.flatMap((file) =>
  importsOf(file, readFileSync(path.join(source, file), "utf8")),
);

/** Files reachable at run time from the portable folders, `base` files included. */
function reachable(): Set<string> {
  const reached = new Set(files.filter((file) => /^(prov|formats|check)\//.test(file)));
  for (const file of reached) {
    for (const one of imports) {
      if (one.from !== file || one.typeOnly || !isRelative(one.to)) continue;
      reached.add(targetOf(one).replace(/\.js$/, ".ts"));
    }
  }
  return reached;
}

describe("the layers of src", () => {
  test("files import only from their own folder and from folders that stand before it", () => {
    expect(imports.length).toBeGreaterThan(20);
    expect(imports.flatMap(offences)).toEqual([]);
  });

  test("what prov, formats and check pull in from base uses no Node built-ins", () => {
    const reached = reachable();
    const builtins = imports.filter(
      (one) => reached.has(one.from) && !one.typeOnly && isBuiltin(one.to),
    );
    expect(builtins.map((one) => `${one.from} imports ${one.to}`)).toEqual([]);
  });

  test.each([
    ["prov/a.ts", 'import { x } from "../track/x.js";', /track stands after prov/],
    ["prov/a.ts", 'export { x } from "../formats/x.js";', /formats stands after prov/],
    ["events/a.ts", 'import type { E } from "../prov/records.js";', /knows nothing of PROV/],
    ["engines/local/a.ts", 'import { x } from "../dask/x.js";', /engines\/dask stands after/],
    ["formats/a.ts", 'import { readFile } from "node:fs";', /built-in node:fs/],
    ["formats/a.ts", 'const a = await import("ajv");', /package ajv/],
    ["check/a.ts", 'import Ajv from "ajv";', /package ajv/],
    ["formats/a.ts", 'import { SaxesParser } from "saxes";', /package saxes/],
    ["prov/a.ts", 'type T = import("../cli/main.js").T;', /cli stands after prov/],
    ["nowhere/a.ts", 'import "./b.js";', /no folder of docs\/design.md/],
  ])("%s with %s is an offence", (file, text, reason) => {
    expect(importsOf(file, text).flatMap(offences).join("\n")).toMatch(reason);
  });

  test.each([
    ["track/a.ts", 'import { x } from "../prov/x.js";'],
    ["check/a.ts", 'const { default: Ajv } = await import("ajv");'],
    ["formats/a.ts", 'const { SaxesParser } = await import("saxes");'],
    ["describe/a.ts", 'import { inspect } from "node:util";'],
    ["formats/prov-json/a.ts", 'import { x } from "../text.js";'],
    ["index.ts", 'export { main } from "./cli/main.js";'],
  ])("%s with %s is fine", (file, text) => {
    expect(importsOf(file, text).flatMap(offences)).toEqual([]);
  });
});
