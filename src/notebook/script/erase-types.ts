import type TS from "typescript";
import { TaskprovError } from "../../base/errors.js";

/** A stretch of source, by offsets. */
type Stretch = readonly [start: number, end: number];

/**
 * Erases TypeScript's types in place: what is left is JavaScript in which every line and column is
 * where it was.
 *
 * @throws {@link TaskprovError} `ERR_NOTEBOOK` for what cannot be erased: enums, namespaces,
 *   parameter properties.
 */
export function eraseTypes(ts: typeof TS, file: TS.SourceFile): string {
  const source = file.text;
  const erased: Stretch[] = [];
  const blank = (start: number, end: number): void => {
    erased.push([start, end]);
  };
  /** `<…>` around a list, whose own range has no brackets. */
  const brackets = (list: TS.NodeArray<TS.Node> | undefined): void => {
    if (list !== undefined) blank(list.pos - 1, source.indexOf(">", list.end) + 1);
  };
  /** A type, with the colon before it. */
  const annotation = (type: TS.TypeNode | undefined): void => {
    if (type !== undefined) blank(type.pos - 1, type.end);
  };
  const token = (node: TS.Node | undefined): void => {
    if (node !== undefined) blank(node.getStart(file), node.end);
  };
  const visit = (node: TS.Node): void => {
    if (isTypeOnly(ts, node)) {
      // A parameter takes its comma with it.
      const comma = ts.isParameter(node) ? /^\s*,/.exec(source.slice(node.end)) : null;
      blank(node.getStart(file), node.end + (comma?.[0].length ?? 0));
      return;
    }
    if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) {
      throw notErasable(file, node, ts.isEnumDeclaration(node) ? "enum" : "namespace");
    }
    if (ts.canHaveModifiers(node)) {
      for (const modifier of ts.getModifiers(node) ?? []) {
        if (!typeModifiers(ts).has(modifier.kind)) continue;
        if (ts.isParameter(node)) throw notErasable(file, node, "parameter property");
        token(modifier);
      }
    }
    if (ts.isFunctionLike(node)) {
      brackets(node.typeParameters);
      annotation(node.type);
    }
    if (ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) {
      annotation(node.type);
      if (!ts.isVariableDeclaration(node)) token(node.questionToken);
      if (!ts.isParameter(node)) token(node.exclamationToken);
    }
    if (ts.isMethodDeclaration(node)) token(node.questionToken);
    if (ts.isClassLike(node)) brackets(node.typeParameters);
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) {
      blank(node.getStart(file), node.end);
      return;
    }
    if (
      ts.isCallExpression(node) ||
      ts.isNewExpression(node) ||
      ts.isTaggedTemplateExpression(node) ||
      ts.isExpressionWithTypeArguments(node)
    ) {
      brackets(node.typeArguments);
    }
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
      blank(node.expression.end, node.end);
    }
    if (ts.isNonNullExpression(node)) blank(node.end - 1, node.end);
    if (ts.isTypeAssertionExpression(node)) {
      blank(node.getStart(file), node.expression.getStart(file));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return blanked(source, erased);
}

/** The text with stretches blanked; their line breaks stay. */
function blanked(source: string, erased: readonly Stretch[]): string {
  const text = source.split("");
  for (const [start, end] of erased) {
    for (let at = Math.max(0, start); at < end; at++) {
      if (text[at] !== "\n" && text[at] !== "\r") text[at] = " ";
    }
  }
  return text.join("");
}

function typeModifiers(ts: typeof TS): ReadonlySet<TS.SyntaxKind> {
  const { SyntaxKind } = ts;
  return new Set([
    SyntaxKind.PublicKeyword,
    SyntaxKind.PrivateKeyword,
    SyntaxKind.ProtectedKeyword,
    SyntaxKind.ReadonlyKeyword,
    SyntaxKind.AbstractKeyword,
    SyntaxKind.OverrideKeyword,
  ]);
}

function isTypeOnly(ts: typeof TS, node: TS.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isIndexSignatureDeclaration(node)) return true;
  if (ts.isParameter(node) && node.name.getText() === "this") return true;
  if (ts.canHaveModifiers(node)) {
    const modifiers = ts.getModifiers(node) ?? [];
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)) return true;
  }
  const isOverload =
    (ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isConstructorDeclaration(node)) &&
    node.body === undefined;
  return isOverload;
}

function notErasable(file: TS.SourceFile, node: TS.Node, what: string): TaskprovError {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return new TaskprovError(
    "ERR_NOTEBOOK",
    `${file.fileName}:${line + 1}:${character + 1}: a TypeScript ${what} is no type and cannot be erased. Write it in JavaScript.`,
  );
}
