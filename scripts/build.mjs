// Builds dist/: compiled JavaScript with declarations, the report's page (a browser's program, with
// types of its own), and the Python grammar for the notebook analyser.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const require = createRequire(import.meta.url);

rmSync(path.join(root, "dist"), { recursive: true, force: true });
for (const project of ["tsconfig.build.json", "tsconfig.page.json"]) {
  const compiled = spawnSync(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "-p", project],
    { cwd: root, stdio: "inherit" },
  );
  // tsc has said what is wrong, with place; nothing to add.
  if (compiled.status !== 0) process.exit(1);
}
const grammars = path.dirname(require.resolve("@vscode/tree-sitter-wasm/package.json"));
cpSync(
  path.join(grammars, "wasm", "tree-sitter-python.wasm"),
  path.join(root, "dist", "notebook", "tree-sitter-python.wasm"),
);
