import type {
  Argument,
  ComprehensionClause,
  Expression,
  FunctionDefinition,
  ImportedName,
  MappingEntry,
  Parameter,
  Statement,
  TextPart,
} from "./code-tree.js";
import type { TreeNode } from "./python-tree.js";

/** Nesting beyond which code is not understood any more; its calls keep what their names say. */
const maxDepth = 250;

/**
 * Turns the syntax tree of a Python cell into statements. Whatever is not understood becomes
 * `other`, whose parts are still evaluated: nothing is lost behind a syntax error.
 */
export function lowerPython(root: TreeNode, text: string): readonly Statement[] {
  let depth = 0;

  const textOf = (node: TreeNode): string => text.slice(node.start, node.end);
  const child = (node: TreeNode, field: string): TreeNode | undefined =>
    node.children.find((each) => each.field === field);
  const named = (node: TreeNode, field: string): TreeNode[] =>
    node.children.filter((each) => each.field === field);

  function expression(node: TreeNode | undefined): Expression {
    if (node === undefined) return { kind: "other", start: 0, end: 0, parts: [] };
    depth += 1;
    try {
      return depth > maxDepth ? opaque(node) : lowered(node);
    } finally {
      depth -= 1;
    }
  }

  function opaque({ start, end }: TreeNode): Expression {
    return { kind: "other", start, end, parts: [] };
  }

  function lowered(node: TreeNode): Expression {
    const { start, end, children } = node;
    const place = { start, end };
    switch (node.type) {
      case "identifier":
        return { kind: "name", ...place, name: textOf(node) };
      case "true":
      case "false":
        return { kind: "constant", ...place, value: node.type === "true" };
      case "none":
        return { kind: "constant", ...place, value: null };
      case "integer":
      case "float": {
        const value = Number(textOf(node).replaceAll("_", ""));
        return Number.isNaN(value)
          ? { kind: "other", ...place, parts: [] }
          : { kind: "constant", ...place, value };
      }
      case "string":
        return string(node);
      case "concatenated_string":
        return concatenated(node);
      case "parenthesized_expression":
        return expression(children[0]);
      case "attribute":
        return {
          kind: "attribute",
          ...place,
          object: expression(child(node, "object")),
          name: nameOf(child(node, "attribute")),
        };
      case "call":
        return call(node);
      case "subscript":
        return {
          kind: "index",
          ...place,
          object: expression(child(node, "value")),
          indices: named(node, "subscript").map(expression),
        };
      case "list":
      case "tuple":
      case "set":
      case "expression_list":
      case "pattern_list":
      case "tuple_pattern":
      case "list_pattern":
        return { kind: "sequence", ...place, items: children.map(expression) };
      case "list_splat":
      case "list_splat_pattern":
      case "dictionary_splat":
        return { kind: "star", ...place, value: expression(children[0]) };
      case "dictionary":
        return { kind: "mapping", ...place, entries: children.map(entry) };
      case "lambda":
        return { kind: "function", ...place, definition: lambda(node) };
      case "list_comprehension":
      case "set_comprehension":
      case "dictionary_comprehension":
      case "generator_expression":
        return comprehension(node);
      case "binary_operator":
        return {
          kind: "binary",
          ...place,
          operator: nameOf(child(node, "operator")),
          left: expression(child(node, "left")),
          right: expression(child(node, "right")),
        };
      case "comparison_operator":
        return comparison(node);
      case "boolean_operator": {
        const operator = nameOf(child(node, "operator")) === "and" ? "and" : "or";
        const items = [expression(child(node, "left")), expression(child(node, "right"))];
        return { kind: "logic", ...place, operator, items };
      }
      case "not_operator":
        return { kind: "not", ...place, value: expression(child(node, "argument")) };
      case "unary_operator": {
        const value = expression(child(node, "argument"));
        if (value.kind === "constant" && typeof value.value === "number") {
          return nameOf(child(node, "operator")) === "-"
            ? { ...value, value: -value.value }
            : value;
        }
        return { kind: "binary", ...place, operator: "unary", left: value, right: value };
      }
      case "conditional_expression": {
        const [yes, test, no] = children.map(expression);
        return yes !== undefined && test !== undefined && no !== undefined
          ? { kind: "choice", ...place, test, yes, no }
          : opaque(node);
      }
      case "await":
        return { kind: "await", ...place, value: expression(children[0]) };
      case "named_expression":
        return {
          kind: "assignment",
          ...place,
          target: expression(child(node, "name")),
          value: expression(child(node, "value")),
        };
      case "as_pattern":
        return expression(children[0]);
      case "type":
        return expression(children[0]);
      default:
        return { kind: "other", ...place, parts: children.map(expression) };
    }
  }

  function nameOf(node: TreeNode | undefined): string {
    return node === undefined ? "" : textOf(node);
  }

  function string(node: TreeNode): Expression {
    const { start, end } = node;
    const parts = fields(node);
    if (parts.length > 0) return { kind: "text", start, end, parts };
    const content = node.children.filter(({ type }) => type === "string_content");
    // What is long is no mode, path or option: it is not kept.
    const value = content.map(textOf).join("");
    return { kind: "constant", start, end, value: value.length > 200 ? "…" : value };
  }

  function fields(node: TreeNode): TextPart[] {
    return node.children.flatMap((part) => {
      if (part.type !== "interpolation") return part.type === "string" ? fields(part) : [];
      const format = child(part, "format_specifier");
      const inner = format === undefined ? [] : fieldsOfFormat(format);
      const value = expression(child(part, "expression"));
      return [{ value, formatted: format !== undefined }, ...inner];
    });
  }

  function fieldsOfFormat(format: TreeNode): TextPart[] {
    return format.children.flatMap((part) => {
      const inner = part.type === "format_expression" ? child(part, "expression") : undefined;
      return inner === undefined ? fields(part) : [{ value: expression(inner), formatted: false }];
    });
  }

  function concatenated(node: TreeNode): Expression {
    const { start, end } = node;
    const parts = fields(node);
    if (parts.length > 0) return { kind: "text", start, end, parts };
    return { kind: "constant", start, end, value: "…" };
  }

  function call(node: TreeNode): Expression {
    const callee = unwrapped(child(node, "function"));
    const list = child(node, "arguments");
    const args =
      list === undefined
        ? []
        : list.type === "argument_list"
          ? list.children.map(argument)
          : [{ value: expression(list) }];
    const calleeEnd = callee?.end ?? node.start;
    // The grammar reads `*f()` outside of arguments as a call of `*f`.
    const start = callee === undefined ? node.start : Math.min(callee.start, node.end);
    const { end } = node;
    return { kind: "call", start, end, callee: expression(callee), calleeEnd, args };
  }

  function unwrapped(node: TreeNode | undefined): TreeNode | undefined {
    let inner = node;
    while (inner?.type === "parenthesized_expression" || inner?.type === "list_splat") {
      inner = inner.children[0];
    }
    return inner;
  }

  function argument(node: TreeNode): Argument {
    switch (node.type) {
      case "keyword_argument":
        return { name: nameOf(child(node, "name")), value: expression(child(node, "value")) };
      case "list_splat":
        return { spread: "sequence", value: expression(node.children[0]) };
      case "dictionary_splat":
        return { spread: "mapping", value: expression(node.children[0]) };
      default:
        return { value: expression(node) };
    }
  }

  function entry(node: TreeNode): MappingEntry {
    if (node.type !== "pair") {
      return { value: expression(node.type === "dictionary_splat" ? node.children[0] : node) };
    }
    return { key: expression(child(node, "key")), value: expression(child(node, "value")) };
  }

  function comparison(node: TreeNode): Expression {
    const { start, end } = node;
    const operators = named(node, "operators").map(textOf);
    const operands = node.children.filter(({ field }) => field !== "operators").map(expression);
    const [left, right] = operands;
    if (operands.length !== 2 || left === undefined || right === undefined) {
      return { kind: "other", start, end, parts: operands };
    }
    return { kind: "binary", start, end, operator: operators.join(" "), left, right };
  }

  function comprehension(node: TreeNode): Expression {
    const { start, end } = node;
    const body = child(node, "body");
    const elements =
      body?.type === "pair"
        ? [expression(child(body, "key")), expression(child(body, "value"))]
        : [expression(body)];
    const clauses: (ComprehensionClause & { tests: Expression[] })[] = [];
    for (const part of node.children) {
      if (part.type === "for_in_clause") {
        const [target] = named(part, "left");
        const sources = named(part, "right");
        const source = expression(sources[0]);
        clauses.push({ target: expression(target), source, tests: [] });
      } else if (part.type === "if_clause") {
        clauses.at(-1)?.tests.push(expression(part.children[0]));
      }
    }
    const of =
      node.type === "generator_expression"
        ? "generator"
        : node.type === "dictionary_comprehension"
          ? "mapping"
          : "sequence";
    return { kind: "comprehension", start, end, of, elements, clauses };
  }

  function lambda(node: TreeNode): FunctionDefinition {
    const value = expression(child(node, "body"));
    const { start, end } = node;
    return {
      name: "<lambda>",
      parameters: parameters(child(node, "parameters")),
      decorators: [],
      body: [{ kind: "return", value }],
      start,
      end,
    };
  }

  function parameters(node: TreeNode | undefined): Parameter[] {
    return (node?.children ?? []).flatMap((each) => parameter(each) ?? []);
  }

  function parameter(node: TreeNode): Parameter | undefined {
    const type = child(node, "type");
    const typed = type === undefined ? {} : { type: expression(type) };
    switch (node.type) {
      case "identifier":
        return { name: textOf(node) };
      case "default_parameter":
      case "typed_default_parameter":
        return {
          name: nameOf(child(node, "name")),
          fallback: expression(child(node, "value")),
          ...typed,
        };
      case "typed_parameter": {
        const inner = node.children[0];
        const plain = inner === undefined ? undefined : parameter(inner);
        return plain === undefined ? undefined : { ...plain, ...typed };
      }
      case "list_splat_pattern":
        return { name: nameOf(node.children[0]), spread: "sequence" };
      case "dictionary_splat_pattern":
        return { name: nameOf(node.children[0]), spread: "mapping" };
      default:
        return undefined;
    }
  }

  function statements(nodes: readonly TreeNode[]): Statement[] {
    return nodes.flatMap(statement);
  }

  function block(node: TreeNode | undefined): Statement[] {
    return node === undefined ? [] : nested(() => statements(node.children));
  }

  function nested(lower: () => Statement[]): Statement[] {
    depth += 1;
    try {
      return depth > maxDepth ? [] : lower();
    } finally {
      depth -= 1;
    }
  }

  function statement(node: TreeNode): Statement[] {
    const { children } = node;
    switch (node.type) {
      case "expression_statement":
        return children.length === 1 && children[0] !== undefined
          ? simple(children[0])
          : [{ kind: "expression", value: { ...sequenceOf(node) } }];
      case "function_definition":
        return [{ kind: "define", definition: definition(node, []) }];
      case "decorated_definition":
        return decorated(node);
      case "class_definition":
        return [classOf(node)];
      case "if_statement":
        return [conditional(node, child(node, "condition"), named(node, "alternative"))];
      case "while_statement":
        return [
          {
            kind: "while",
            test: expression(child(node, "condition")),
            body: block(child(node, "body")),
          },
          ...block(child(node, "alternative")),
        ];
      case "for_statement":
        return [
          {
            kind: "for",
            target: expression(child(node, "left")),
            source: expression(child(node, "right")),
            body: block(child(node, "body")),
          },
          ...elseBody(child(node, "alternative")),
        ];
      case "with_statement":
        return [withBlock(node)];
      case "try_statement":
        return tried(node);
      case "match_statement":
        return matched(node);
      case "return_statement":
        return [
          children[0] === undefined
            ? { kind: "return" }
            : { kind: "return", value: expression(children[0]) },
        ];
      case "import_statement":
        return [{ kind: "import", names: named(node, "name").map(imported) }];
      case "import_from_statement":
        return [importFrom(node)];
      case "delete_statement":
        return [{ kind: "delete", targets: children.map(expression) }];
      case "global_statement":
      case "nonlocal_statement":
        return [{ kind: "global", names: children.map(textOf) }];
      case "assert_statement":
        return children[0] === undefined
          ? []
          : [
              { kind: "if", test: expression(children[0]), yes: [], no: [] },
              ...children.slice(1).map((each) => plain(expression(each))),
            ];
      case "block":
      case "else_clause":
      case "finally_clause":
      case "ERROR":
        return block(node);
      case "module":
        return statements(children);
      case "pass_statement":
      case "break_statement":
      case "continue_statement":
      case "future_import_statement":
      case "line_continuation":
        return [];
      default:
        return simple(node);
    }
  }

  function simple(node: TreeNode): Statement[] {
    if (node.type === "assignment") return [assignment(node)];
    if (node.type === "augmented_assignment") {
      return [
        {
          kind: "augment",
          target: expression(child(node, "left")),
          operator: nameOf(child(node, "operator")),
          value: expression(child(node, "right")),
        },
      ];
    }
    return [plain(expression(node))];
  }

  function plain(value: Expression): Statement {
    return { kind: "expression", value };
  }

  function sequenceOf({ start, end, children }: TreeNode): Expression {
    return { kind: "sequence", start, end, items: children.map(expression) };
  }

  function assignment(node: TreeNode): Statement {
    const targets = [expression(child(node, "left"))];
    const annotation = child(node, "type");
    let right = child(node, "right");
    while (right?.type === "assignment") {
      targets.push(expression(child(right, "left")));
      right = child(right, "right");
    }
    return {
      kind: "assign",
      targets,
      ...(right === undefined ? {} : { value: expression(right) }),
      ...(annotation === undefined ? {} : { type: expression(annotation) }),
    };
  }

  function definition(node: TreeNode, decorators: readonly Expression[]): FunctionDefinition {
    return {
      name: nameOf(child(node, "name")),
      parameters: parameters(child(node, "parameters")),
      decorators,
      body: block(child(node, "body")),
      start: node.start,
      end: node.end,
    };
  }

  function decorated(node: TreeNode): Statement[] {
    const decorators = node.children
      .filter(({ type }) => type === "decorator")
      .map((each) => expression(each.children[0]));
    const inner = child(node, "definition");
    if (inner?.type === "function_definition") {
      return [{ kind: "define", definition: definition(inner, decorators) }];
    }
    return [...decorators.map(plain), ...(inner === undefined ? [] : statement(inner))];
  }

  function classOf(node: TreeNode): Statement {
    const bases = child(node, "superclasses")?.children ?? [];
    return {
      kind: "class",
      name: nameOf(child(node, "name")),
      bases: bases.map((base) => argument(base).value),
      body: block(child(node, "body")),
    };
  }

  function conditional(
    node: TreeNode,
    test: TreeNode | undefined,
    alternatives: readonly TreeNode[],
  ): Statement {
    const [first, ...rest] = alternatives;
    let no: Statement[] = [];
    if (first?.type === "elif_clause") {
      no = nested(() => [conditional(first, child(first, "condition"), rest)]);
    } else if (first !== undefined) {
      no = elseBody(first);
    }
    return {
      kind: "if",
      test: expression(test),
      yes: block(child(node, "consequence")),
      no,
    };
  }

  function elseBody(node: TreeNode | undefined): Statement[] {
    return node === undefined ? [] : block(child(node, "body") ?? node);
  }

  function withBlock(node: TreeNode): Statement {
    const clause = node.children.find(({ type }) => type === "with_clause");
    const items = (clause?.children ?? []).flatMap((item) => {
      const value = child(item, "value");
      if (value?.type !== "as_pattern")
        return value === undefined ? [] : [{ value: expression(value) }];
      const alias = child(value, "alias")?.children[0];
      const inner = value.children[0];
      if (inner === undefined) return [];
      return [
        { value: expression(inner), ...(alias === undefined ? {} : { target: expression(alias) }) },
      ];
    });
    return { kind: "with", items, body: block(child(node, "body")) };
  }

  function tried(node: TreeNode): Statement[] {
    const handlers = node.children.filter(({ type }) => /^except/.test(type));
    const ways = handlers.map((handler) =>
      handler.children.flatMap((part) => (part.type === "block" ? block(part) : [])),
    );
    const rest = node.children.filter(({ type }) => type === "else_clause");
    const last = node.children.find(({ type }) => type === "finally_clause");
    return [
      { kind: "block", body: [...block(child(node, "body")), ...rest.flatMap(elseBody)] },
      { kind: "ways", ways: [[], ...ways] },
      ...(last === undefined ? [] : block(last.children.find(({ type }) => type === "block"))),
    ];
  }

  function matched(node: TreeNode): Statement[] {
    const subject = named(node, "subject").map((each) => plain(expression(each)));
    const body = child(node, "body");
    const cases = (body?.children ?? node.children).filter(({ type }) => type === "case_clause");
    const ways = cases.map((each) => [
      ...named(each, "guard").map((guard) => plain(expression(guard.children[0]))),
      ...block(child(each, "consequence")),
    ]);
    return [...subject, { kind: "ways", ways: [[], ...ways] }];
  }

  function imported(node: TreeNode): ImportedName {
    if (node.type === "aliased_import") {
      return { local: nameOf(child(node, "alias")), path: nameOf(child(node, "name")) };
    }
    const path = textOf(node);
    const first = path.split(".", 1)[0] ?? path;
    return { local: first, path: first };
  }

  function importFrom(node: TreeNode): Statement {
    const path = nameOf(child(node, "module_name"));
    if (node.children.some(({ type }) => type === "wildcard_import")) {
      return { kind: "import-all", path };
    }
    const names = named(node, "name").map((each): ImportedName => {
      const name = each.type === "aliased_import" ? nameOf(child(each, "name")) : textOf(each);
      const local = each.type === "aliased_import" ? nameOf(child(each, "alias")) : name;
      return { local, path: `${path}.${name}` };
    });
    return { kind: "import", names };
  }

  return statements(root.children);
}
