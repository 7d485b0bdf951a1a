import type { GeneratingNames } from "../generating-names.js";
import { builtinRules, canonicalPath, conventionalNames, functionRule } from "./function-rules.js";
import type { Dialect } from "./machine.js";
import { scriptFunctionRule, scriptGlobals, scriptMethodRule } from "./script-rules.js";
import { attributeRule, methodRule } from "./type-rules.js";
import { typed, unknown, type Value } from "./value.js";

/** Python cells. */
export function pythonDialect(names: GeneratingNames): Dialect {
  return {
    free: (name): Value => {
      if (name === "client") return typed("client", 0.8);
      if (builtinRules.has(name) || builtinNames.has(name)) {
        return { kind: "imported", path: `builtins.${name}`, sure: 1 };
      }
      const path = conventionalNames.get(name);
      return path === undefined ? unknown : { kind: "imported", path, sure: 0.8 };
    },
    functionRule: (path) =>
      path.startsWith("builtins.") ? builtinRules.get(path.slice(9)) : functionRule(path),
    methodRule: ({ type }, name) => methodRule(type, name),
    attributeRule: ({ type }, name) => attributeRule(type, name),
    canonical: canonicalPath,
    nameRule: (name) => names.inPython(name),
    isAdded: (name) => names.added.has(name),
    isRemoved: (name) => names.removed.has(name),
    converts: true,
    constructorName: "__init__",
  };
}

const builtinNames: ReadonlySet<string> = new Set([
  "enumerate",
  "zip",
  "map",
  "filter",
  "reversed",
  "next",
  "iter",
  "getattr",
  "setattr",
]);

/** TypeScript and JavaScript cells. */
export function scriptDialect(names: GeneratingNames): Dialect {
  return {
    free: (name): Value => {
      if (name === "client") return typed("client", 0.8);
      return scriptGlobals.has(name)
        ? { kind: "imported", path: `globals.${name}`, sure: 1 }
        : unknown;
    },
    functionRule: scriptFunctionRule,
    methodRule: ({ type }, name) => scriptMethodRule(type, name),
    attributeRule: () => undefined,
    canonical: (path) => path.replace(/^(?:@[\w-]+\/)?taskprov(?:\/[\w/]+)?\./, "taskprov."),
    nameRule: (name) => names.inScript(name),
    isAdded: (name) => names.added.has(name),
    isRemoved: (name) => names.removed.has(name),
    converts: false,
    constructorName: "constructor",
  };
}
