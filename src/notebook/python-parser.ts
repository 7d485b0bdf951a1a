import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Parser, Query } from "web-tree-sitter";
import { TaskprovError } from "../base/errors.js";

/** The Python parser and the query that finds what the analysis needs; shared by all cells. */
export interface PythonParser {
  readonly parser: Parser;
  readonly query: Query;
}

/**
 * Patterns of tree-sitter-python 0.25. A method's own name is the last identifier of an attribute;
 * `scope` and `loop` captures carry no name, they only surround calls.
 */
const patterns = `
(call function: (identifier) @name) @call
(call function: (attribute object: (_) @receiver attribute: (identifier) @name)) @call
(call function: (subscript) @callee) @call
(call function: (parenthesized_expression) @callee) @call
(call arguments: (argument_list (keyword_argument name: (identifier) @keyword value: (_) @value))) @call
(function_definition name: (identifier) @scopeName body: (_) @scope)
(class_definition name: (identifier) @scopeName body: (_) @scope)
(lambda body: (_) @lambda)
(for_statement body: (_) @loop)
(while_statement condition: (_) @loop)
(while_statement body: (_) @loop)
(list_comprehension body: (_) @loop)
(set_comprehension body: (_) @loop)
(dictionary_comprehension body: (_) @loop)
(generator_expression body: (_) @loop)
(if_clause) @loop
(_ (for_in_clause) (for_in_clause) @loop)
(await (call) @awaited)
`;

let loading: Promise<PythonParser> | undefined;

/**
 * Loads web-tree-sitter and the Python grammar once; later calls share the same parser.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when the grammar is not where the package keeps it.
 */
export function loadPythonParser(): Promise<PythonParser> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Forgets the parser, so that the next cell gets a new one (after a failure inside it). */
export function dropPythonParser(): void {
  loading = undefined;
}

async function load(): Promise<PythonParser> {
  const { Language, Parser, Query } = await import("web-tree-sitter");
  const [language] = await Promise.all([Parser.init().then(() => Language.load(grammarPath()))]);
  const parser = new Parser();
  parser.setLanguage(language);
  return { parser, query: new Query(language, patterns) };
}

/** Beside this module in the built package; in the development dependency when run from sources. */
function grammarPath(): string {
  const built = fileURLToPath(new URL("./tree-sitter-python.wasm", import.meta.url));
  if (existsSync(built)) return built;
  try {
    const manifest = createRequire(import.meta.url).resolve(
      "@vscode/tree-sitter-wasm/package.json",
    );
    return path.join(path.dirname(manifest), "wasm", "tree-sitter-python.wasm");
  } catch (cause) {
    throw new TaskprovError(
      "ERR_FILE",
      `The Python grammar is missing at ${built}. Reinstall taskprov, or run "npm run build" in a checkout.`,
      { cause },
    );
  }
}
