import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { TaskprovError } from "../base/errors.js";

/** Reads one compiled module of the page. */
export type ReadScript = (path: string) => string;

/** Where the compiled page lies. */
export const pageEntry: string = fileURLToPath(new URL("./page/main.js", import.meta.url));

/** Reads modules from the disk. */
export const readScript: ReadScript = (path) => {
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new TaskprovError(
    "ERR_FILE",
    `The report's page is missing from the installation: ${path}. Install taskprov again, or run its build.`,
  );
};

const importLine = /^import\s*(?:type\s*)?\{([^}]*)\}\s*from\s*"(\.[^"]*)";\n?/gm;
const exportWord = /^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm;

/**
 * Joins the modules of the page into one script without imports: each becomes a function that is
 * called once and gives back what it exports. They are written for this: named imports and
 * exported declarations only, no circles.
 */
export function linkScripts(entry: string, read: ReadScript): string {
  const numbers = new Map<string, number>();
  const parts: string[] = [];
  const link = (path: string): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    const text = read(path).replace(/^\/\/# sourceMappingURL.*$/gm, "");
    const imports: string[] = [];
    const body = text.replace(importLine, (_, names: string, from: string) => {
      const other = link(join(dirname(path), from));
      imports.push(`const {${names.replaceAll(/(\w+) as (\w+)/g, "$1: $2")}} = m${other};`);
      return "";
    });
    const exported = [...body.matchAll(exportWord)].map(([, name = ""]) => name);
    const own = body
      .replace(/^export (?=async |function|const |let |class )/gm, "")
      .replace(/^export \{\};\n?/gm, "");
    const number = numbers.size;
    numbers.set(path, number);
    parts.push(
      `const m${number} = (() => {\n${imports.join("\n")}\n${own.trim()}\nreturn {${exported.join(", ")}};\n})();`,
    );
    return number;
  };
  link(entry);
  return `"use strict";\n(() => {\n${parts.join("\n")}\n})();\n`;
}
