import type ts from "typescript";
import type {
  Argument,
  Expression,
  FunctionDefinition,
  MappingEntry,
  Parameter,
  Statement,
} from "./code-tree.js";

/** Nesting beyond which code is not understood any more; its calls keep what their names say. */
const maxDepth = 250;

/**
 * Turns a TypeScript or JavaScript cell into statements, as {@link lowerPython} does. The
 * compiler's own parser is used since it carries on behind errors.
 */
export async function lowerScript(source: string): Promise<readonly Statement[]> {
  const { default: compiler } = await import("typescript");
  const { ScriptKind, ScriptTarget } = compiler;
  const parse = (kind: ts.ScriptKind): ts.SourceFile =>
    compiler.createSourceFile("cell.tsx", source, ScriptTarget.Latest, false, kind);
  // Read as JSX, `<T>x` hides the code behind it.
  const file = parse(
    /^\s*<\w|[=(,]\s*<\w+(?:,|\s+extends\b|>\()/m.test(source) ? ScriptKind.TS : ScriptKind.TSX,
  );
  return lowerFile(compiler, file);
}

function lowerFile(compiler: typeof ts, file: ts.SourceFile): readonly Statement[] {
  const { SyntaxKind } = compiler;
  let depth = 0;

  function placeOf(node: ts.Node): { start: number; end: number } {
    return { start: node.getStart(file), end: node.end };
  }

  function expression(node: ts.Node): Expression {
    depth += 1;
    try {
      return depth > maxDepth ? { kind: "other", ...placeOf(node), parts: [] } : lowered(node);
    } finally {
      depth -= 1;
    }
  }

  function lowered(node: ts.Node): Expression {
    const place = placeOf(node);
    const inner = unwrapped(node);
    if (inner !== node) return expression(inner);
    if (compiler.isIdentifier(node)) return { kind: "name", ...place, name: node.text };
    if (compiler.isStringLiteralLike(node)) {
      return { kind: "constant", ...place, value: node.text.length > 200 ? "…" : node.text };
    }
    if (compiler.isNumericLiteral(node)) {
      return { kind: "constant", ...place, value: Number(node.text) };
    }
    switch (node.kind) {
      case SyntaxKind.TrueKeyword:
      case SyntaxKind.FalseKeyword:
        return { kind: "constant", ...place, value: node.kind === SyntaxKind.TrueKeyword };
      case SyntaxKind.NullKeyword:
        return { kind: "constant", ...place, value: null };
      case SyntaxKind.ThisKeyword:
        return { kind: "name", ...place, name: "this" };
      default:
    }
    if (compiler.isPropertyAccessExpression(node)) {
      const object = expression(node.expression);
      return { kind: "attribute", ...place, object, name: node.name.text };
    }
    if (compiler.isElementAccessExpression(node)) {
      const indices = [expression(node.argumentExpression)];
      return { kind: "index", ...place, object: expression(node.expression), indices };
    }
    if (compiler.isCallExpression(node) || compiler.isNewExpression(node)) {
      const callee = unwrapped(node.expression);
      const args = (node.arguments ?? []).map(argument);
      // `new` is no call of the cell: its place must not be that of one.
      const calleeEnd = compiler.isCallExpression(node) ? callee.end : -1;
      return { kind: "call", ...place, callee: expression(callee), calleeEnd, args };
    }
    if (compiler.isArrayLiteralExpression(node)) {
      return { kind: "sequence", ...place, items: node.elements.map(expression) };
    }
    if (compiler.isSpreadElement(node)) {
      return { kind: "star", ...place, value: expression(node.expression) };
    }
    if (compiler.isObjectLiteralExpression(node)) {
      return { kind: "mapping", ...place, entries: node.properties.map(entry) };
    }
    if (compiler.isArrowFunction(node) || compiler.isFunctionExpression(node)) {
      return { kind: "function", ...place, definition: definition(node, node.name?.text) };
    }
    if (compiler.isClassExpression(node)) {
      return { kind: "other", ...place, parts: node.members.map(expression) };
    }
    if (compiler.isBinaryExpression(node)) return binary(node);
    if (compiler.isPrefixUnaryExpression(node)) {
      const value = expression(node.operand);
      return node.operator === SyntaxKind.ExclamationToken
        ? { kind: "not", ...place, value }
        : { kind: "binary", ...place, operator: "unary", left: value, right: value };
    }
    if (compiler.isConditionalExpression(node)) {
      return {
        kind: "choice",
        ...place,
        test: expression(node.condition),
        yes: expression(node.whenTrue),
        no: expression(node.whenFalse),
      };
    }
    if (compiler.isAwaitExpression(node)) {
      return { kind: "await", ...place, value: expression(node.expression) };
    }
    if (compiler.isTemplateExpression(node)) {
      const parts = node.templateSpans.map((span) => ({
        value: expression(span.expression),
        formatted: false,
      }));
      return { kind: "text", ...place, parts };
    }
    if (compiler.isTypeNode(node)) return { kind: "other", ...place, parts: [] };
    const parts: Expression[] = [];
    const statements: Statement[] = [];
    compiler.forEachChild(node, (part) => {
      if (compiler.isStatement(part)) statements.push(...statement(part));
      else parts.push(expression(part));
    });
    return { kind: "other", ...place, parts };
  }

  function unwrapped<N extends ts.Node>(node: N): ts.Node {
    let inner: ts.Node = node;
    while (
      compiler.isParenthesizedExpression(inner) ||
      compiler.isNonNullExpression(inner) ||
      compiler.isAsExpression(inner) ||
      compiler.isSatisfiesExpression(inner) ||
      compiler.isTypeAssertionExpression(inner) ||
      compiler.isExpressionWithTypeArguments(inner)
    ) {
      inner = inner.expression;
    }
    return inner;
  }

  function argument(node: ts.Expression): Argument {
    return compiler.isSpreadElement(node)
      ? { spread: "sequence", value: expression(node.expression) }
      : { value: expression(node) };
  }

  function entry(node: ts.ObjectLiteralElementLike): MappingEntry {
    if (compiler.isSpreadAssignment(node)) return { value: expression(node.expression) };
    const key = propertyKey(node.name);
    if (compiler.isPropertyAssignment(node)) return { key, value: expression(node.initializer) };
    if (compiler.isShorthandPropertyAssignment(node)) return { key, value: expression(node.name) };
    const place = placeOf(node);
    return { key, value: { kind: "function", ...place, definition: definition(node, "") } };
  }

  function propertyKey(node: ts.PropertyName): Expression {
    const value = "text" in node ? String(node.text) : undefined;
    return value === undefined || compiler.isPrivateIdentifier(node)
      ? { kind: "other", ...placeOf(node), parts: [] }
      : { kind: "constant", ...placeOf(node), value };
  }

  function binary(node: ts.BinaryExpression): Expression {
    const place = placeOf(node);
    const left = expression(node.left);
    const right = expression(node.right);
    switch (node.operatorToken.kind) {
      case SyntaxKind.EqualsToken:
        return { kind: "assignment", ...place, target: left, value: right };
      case SyntaxKind.AmpersandAmpersandToken:
        return { kind: "logic", ...place, operator: "and", items: [left, right] };
      case SyntaxKind.BarBarToken:
      case SyntaxKind.QuestionQuestionToken:
        return { kind: "logic", ...place, operator: "or", items: [left, right] };
      default:
        return { kind: "binary", ...place, operator: "", left, right };
    }
  }

  function definition(
    node: ts.SignatureDeclaration & { readonly body?: ts.Node | undefined },
    name: string | undefined,
  ): FunctionDefinition {
    const { body } = node;
    let statements: readonly Statement[] = [];
    if (body !== undefined) {
      statements = compiler.isBlock(body)
        ? block(body.statements)
        : [{ kind: "return", value: expression(body) }];
    }
    return {
      name: name === undefined || name === "" ? "<anonymous>" : name,
      parameters: node.parameters.map(parameter),
      decorators: [],
      body: statements,
      ...placeOf(node),
    };
  }

  function parameter(node: ts.ParameterDeclaration): Parameter {
    const fallback = node.initializer === undefined ? undefined : expression(node.initializer);
    const type = node.type === undefined ? undefined : typeName(node.type);
    return {
      name: compiler.isIdentifier(node.name) ? node.name.text : "",
      ...(node.dotDotDotToken === undefined ? {} : { spread: "sequence" }),
      ...(fallback === undefined ? {} : { fallback }),
      ...(type === undefined ? {} : { type }),
      ...(compiler.isIdentifier(node.name) ? {} : { pattern: pattern(node.name) }),
    };
  }

  function typeName(node: ts.TypeNode): Expression | undefined {
    if (!compiler.isTypeReferenceNode(node) || !compiler.isIdentifier(node.typeName))
      return undefined;
    return { kind: "name", ...placeOf(node.typeName), name: node.typeName.text };
  }

  function pattern(node: ts.BindingName | ts.ArrayBindingElement): Expression {
    const place = placeOf(node);
    if (compiler.isIdentifier(node)) return { kind: "name", ...place, name: node.text };
    if (compiler.isObjectBindingPattern(node)) {
      const entries = node.elements.map((element): MappingEntry => {
        const value = pattern(element.name);
        if (element.dotDotDotToken !== undefined) return { value };
        const key = element.propertyName ?? element.name;
        return {
          key: compiler.isPropertyName(key)
            ? propertyKey(key)
            : { kind: "other", ...placeOf(key), parts: [] },
          value,
        };
      });
      return { kind: "mapping", ...place, entries };
    }
    if (compiler.isArrayBindingPattern(node)) {
      return { kind: "sequence", ...place, items: node.elements.map(pattern) };
    }
    return compiler.isBindingElement(node)
      ? pattern(node.name)
      : { kind: "other", ...place, parts: [] };
  }

  function block(nodes: readonly ts.Statement[]): Statement[] {
    depth += 1;
    try {
      return depth > maxDepth ? [] : nodes.flatMap(statement);
    } finally {
      depth -= 1;
    }
  }

  function single(node: ts.Statement | undefined): Statement[] {
    return node === undefined ? [] : block([node]);
  }

  function statement(node: ts.Statement): Statement[] {
    if (compiler.isExpressionStatement(node)) return [plain(node.expression)];
    if (compiler.isVariableStatement(node)) return declarations(node.declarationList);
    if (compiler.isFunctionDeclaration(node)) {
      return [{ kind: "define", definition: definition(node, node.name?.text) }];
    }
    if (compiler.isClassDeclaration(node)) return [classOf(node)];
    if (compiler.isBlock(node)) return [{ kind: "block", body: block(node.statements) }];
    if (compiler.isIfStatement(node)) {
      const test = expression(node.expression);
      return [
        { kind: "if", test, yes: single(node.thenStatement), no: single(node.elseStatement) },
      ];
    }
    if (compiler.isForOfStatement(node) || compiler.isForInStatement(node)) {
      const target = compiler.isVariableDeclarationList(node.initializer)
        ? node.initializer.declarations[0]?.name
        : undefined;
      return [
        {
          kind: "for",
          target:
            target === undefined
              ? { kind: "other", ...placeOf(node.initializer), parts: [] }
              : pattern(target),
          source: expression(node.expression),
          body: single(node.statement),
        },
      ];
    }
    if (compiler.isForStatement(node)) {
      const { initializer } = node;
      const first =
        initializer === undefined
          ? []
          : compiler.isVariableDeclarationList(initializer)
            ? declarations(initializer)
            : [plain(initializer)];
      const parts = [node.condition, node.incrementor].flatMap((part) =>
        part === undefined ? [] : [plain(part)],
      );
      return [...first, { kind: "block", body: [...parts, ...single(node.statement)] }];
    }
    if (compiler.isWhileStatement(node) || compiler.isDoStatement(node)) {
      return [{ kind: "while", test: expression(node.expression), body: single(node.statement) }];
    }
    if (compiler.isReturnStatement(node)) {
      return node.expression === undefined
        ? [{ kind: "return" }]
        : [{ kind: "return", value: expression(node.expression) }];
    }
    if (compiler.isTryStatement(node)) {
      return [
        { kind: "block", body: block(node.tryBlock.statements) },
        { kind: "ways", ways: [[], block(node.catchClause?.block.statements ?? [])] },
        ...block(node.finallyBlock?.statements ?? []),
      ];
    }
    if (compiler.isSwitchStatement(node)) {
      const ways = node.caseBlock.clauses.map((clause) => block(clause.statements));
      return [plain(node.expression), { kind: "ways", ways: [[], ...ways] }];
    }
    if (compiler.isImportDeclaration(node)) return imported(node);
    if (compiler.isLabeledStatement(node)) return single(node.statement);
    if (compiler.isExportAssignment(node)) return [plain(node.expression)];
    if (compiler.isThrowStatement(node)) return [plain(node.expression)];
    return [];
  }

  function plain(node: ts.Expression): Statement {
    return { kind: "expression", value: expression(node) };
  }

  function declarations(list: ts.VariableDeclarationList): Statement[] {
    return list.declarations.map((declaration): Statement => {
      const type = declaration.type === undefined ? undefined : typeName(declaration.type);
      const { initializer } = declaration;
      return {
        kind: "assign",
        targets: [pattern(declaration.name)],
        ...(initializer === undefined ? {} : { value: expression(initializer) }),
        ...(type === undefined ? {} : { type }),
      };
    });
  }

  function classOf(node: ts.ClassDeclaration): Statement {
    const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types.map(expression));
    const body = node.members.flatMap((member): Statement[] => {
      const name =
        member.name !== undefined && "text" in member.name ? String(member.name.text) : "";
      if (compiler.isMethodDeclaration(member)) {
        return [{ kind: "define", definition: definition(member, name) }];
      }
      if (compiler.isConstructorDeclaration(member)) {
        return [{ kind: "define", definition: definition(member, "constructor") }];
      }
      if (compiler.isPropertyDeclaration(member) && member.initializer !== undefined) {
        const value = expression(member.initializer);
        const target: Expression = { kind: "name", ...placeOf(member), name };
        return [{ kind: "assign", targets: [target], value }];
      }
      return [];
    });
    return { kind: "class", name: node.name?.text ?? "", bases, body };
  }

  function imported(node: ts.ImportDeclaration): Statement[] {
    if (!compiler.isStringLiteral(node.moduleSpecifier)) return [];
    const path = moduleName(node.moduleSpecifier.text);
    const names: { local: string; path: string }[] = [];
    const clause = node.importClause;
    if (clause?.name !== undefined) names.push({ local: clause.name.text, path });
    const bindings = clause?.namedBindings;
    if (bindings !== undefined && compiler.isNamespaceImport(bindings)) {
      names.push({ local: bindings.name.text, path });
    } else if (bindings !== undefined) {
      for (const element of bindings.elements) {
        const name = (element.propertyName ?? element.name).text;
        names.push({ local: element.name.text, path: `${path}.${name}` });
      }
    }
    return [{ kind: "import", names }];
  }

  return block(file.statements);
}

/** `taskprov` for `npm:taskprov@1.2`, `taskprov/…` and what a CDN makes of it. */
function moduleName(specifier: string): string {
  return specifier
    .replace(/^(?:npm|jsr|node):/, "")
    .replace(/^https?:\/\/[^/]+\//, "")
    .replace(/(?<=.)@[^/]*$/, "");
}
