import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Parser } from "web-tree-sitter";
import { TaskprovError } from "../base/errors.js";

let loading: Promise<Parser> | undefined;

/**
 * Loads web-tree-sitter and the Python grammar once; later calls share the same parser.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when the grammar is not where the package keeps it.
 */
export function loadPythonParser(): Promise<Parser> {
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

async function load(): Promise<Parser> {
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init();
  const language = await Language.load(grammarPath());
  return new Parser().setLanguage(language);
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
