import type TS from "typescript";
import { eraseTypes } from "./erase-types.js";

/** A cell as a script for V8. */
export interface CellProgram {
  readonly code: string;
  /** What the first line's columns are off, because of what was put before it. */
  readonly columnOffset: number;
  /**
   * Whether its value is a function that promises the cell's value. It is not called in the code,
   * because that call would stand on every stack as a place in the cell.
   */
  readonly isAsync: boolean;
}

/** Name of the function that imports for cells. */
export const importName = "__taskprovImport";

/**
 * Makes a script of a cell, in which every line and column is where it was. A cell without imports
 * and `await` is a script of its own; else it is the body of a function, whose names are given to
 * the cells after it.
 */
export function cellProgram(ts: typeof TS, source: string, file: string): CellProgram {
  const tree = parse(ts, source, file);
  const imports = tree.statements.filter(ts.isImportDeclaration);
  const erased = eraseTypes(ts, tree);
  const edits = imports.map((node) => importEdit(ts, node, tree));
  edits.push(...exportEdits(ts, tree));
  if (imports.length === 0 && !awaits(ts, tree)) {
    for (const node of tree.statements) {
      // `const` may be said again by a later cell.
      if (!ts.isVariableStatement(node)) continue;
      const word = node.declarationList.getStart(tree);
      const length = erased.startsWith("const", word) ? 5 : 3;
      edits.push({ start: word, end: word + length, text: "var".padEnd(length) });
    }
    return { code: edited(erased, edits), columnOffset: 0, isAsync: false };
  }
  const names = tree.statements.flatMap((node) => declaredNames(ts, node));
  const last = tree.statements.at(-1);
  const before = tree.statements.at(-2);
  let prefix = "(async () => {";
  let end = "";
  if (last !== undefined && ts.isExpressionStatement(last)) {
    if (before === undefined) prefix += "return (";
    else edits.push({ start: before.end, end: before.end, text: ";return (" });
    edits.push({ start: last.expression.end, end: last.end, text: ")" });
  }
  const shared = names.map(
    (name) =>
      `${JSON.stringify(name)}: { configurable: true, enumerable: true, get: () => ${name}, set: (value) => { ${name} = value; } }`,
  );
  // Before the body, because it may return; a name is looked at only when it is used.
  prefix = prefix.replace("{", `{ Object.defineProperties(globalThis, { ${shared.join(", ")} });`);
  end = "\n})";
  return {
    code: prefix + edited(erased, edits) + end,
    columnOffset: -prefix.length,
    isAsync: true,
  };
}

function parse(ts: typeof TS, source: string, file: string): TS.SourceFile {
  const { Latest } = ts.ScriptTarget;
  return ts.createSourceFile(file, source, Latest, true, ts.ScriptKind.TS);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: put } of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + put + result.slice(end);
  }
  return result;
}

/** `import` only works in modules; the lines stay as many. */
function importEdit(ts: typeof TS, node: TS.ImportDeclaration, file: TS.SourceFile): Edit {
  const [start, end] = [node.getStart(file), node.end];
  const lines = "\n".repeat(file.text.slice(start, end).split("\n").length - 1);
  const clause = node.importClause;
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return { start, end, text: lines };
  const from = `await ${importName}(${node.moduleSpecifier.getText(file)})`;
  const bindings: string[] = [];
  if (clause?.name !== undefined) bindings.push(`{ default: ${clause.name.text} } = ${from}`);
  const named = clause?.namedBindings;
  if (named !== undefined && ts.isNamespaceImport(named)) {
    bindings.push(`${named.name.text} = ${from}`);
  } else if (named !== undefined) {
    const parts = named.elements
      .filter((element) => !element.isTypeOnly)
      .map(({ name, propertyName }) => `${propertyName?.getText(file) ?? name.text}: ${name.text}`);
    bindings.push(`{ ${parts.join(", ")} } = ${from}`);
  }
  const text = bindings.length === 0 ? `${from};` : `var ${bindings.join(", ")};`;
  return { start, end, text: text + lines };
}

/** `export const x` is `const x`. */
function exportEdits(ts: typeof TS, file: TS.SourceFile): Edit[] {
  return file.statements.flatMap((node) => {
    if (!ts.canHaveModifiers(node)) return [];
    const words = (ts.getModifiers(node) ?? []).filter(
      ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
    );
    return words.map((word) => ({ start: word.getStart(file), end: word.end, text: "      " }));
  });
}

/** Whether the cell itself waits, outside of its functions. */
function awaits(ts: typeof TS, file: TS.SourceFile): boolean {
  const look = (node: TS.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isAwaitExpression(node)) return true;
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true;
    return ts.forEachChild(node, look) ?? false;
  };
  return look(file);
}

function declaredNames(ts: typeof TS, node: TS.Statement): string[] {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name }) => namesIn(ts, name));
  }
  const isNamed = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);
  if (isNamed && node.name !== undefined) {
    const isOverload = ts.isFunctionDeclaration(node) && node.body === undefined;
    return isOverload ? [] : [node.name.text];
  }
  if (!ts.isImportDeclaration(node)) return [];
  const clause = node.importClause;
  if (clause === undefined || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const named = clause.namedBindings;
  const own = clause.name === undefined ? [] : [clause.name.text];
  if (named === undefined) return own;
  if (ts.isNamespaceImport(named)) return [...own, named.name.text];
  return [
    ...own,
    ...named.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name.text),
  ];
}

function namesIn(ts: typeof TS, name: TS.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : namesIn(ts, element.name),
  );
}
