import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { linkScripts } from "../../src/report/page-scripts.js";

const entry = fileURLToPath(new URL("../../src/report/page/main.js", import.meta.url));

/** The page's program as the build makes it, from its sources. */
export function pageScript(): string {
  return linkScripts(entry, (path) => {
    const source = readFileSync(path.replace(/\.js$/, ".ts"), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    return outputText;
  });
}
