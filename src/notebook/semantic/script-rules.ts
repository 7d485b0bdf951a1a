import { type Rule, rules } from "./rule.js";
import type { TypeName } from "./value.js";

/** Names that JavaScript itself or a kernel provides. */
export const scriptGlobals: ReadonlySet<string> = new Set(
  "Array BigInt Boolean Buffer Date Deno Error Intl JSON Map Math Number Object Promise Proxy Reflect RegExp Set String Symbol TypeError URL URLSearchParams WeakMap WeakSet console crypto document fetch globalThis isFinite isNaN parseFloat parseInt performance process queueMicrotask require setInterval setTimeout structuredClone window".split(
    " ",
  ),
);

/** The client API of taskprov's embedded engine. */
const functions = rules([
  ["taskprov.Client taskprov.getClient", "none", "client"],
  ["taskprov.delayed", "none", "delayer"],
  [
    "taskprov.LocalCluster taskprov.ProvTracker taskprov.annotate taskprov.ref taskprov.task",
    "none",
    "memory",
  ],
]);

const clientMethods = rules([
  ["submit map compute", "runs", "future"],
  ["persist", "runs", "unknown"],
  ["get", "runs", "memory"],
  ["with", "none", "self"],
  ["scatter", "none", "future"],
]);

/** What calling an imported function or class does in a script. */
export function scriptFunctionRule(path: string): Rule | undefined {
  const exact = functions.get(path);
  if (exact !== undefined) return exact;
  if (/^(?:globals|taskprov|fs|path|os|url|util|assert|d3|lodash|zod)\b/.test(path)) {
    return { effect: "none", result: "memory" };
  }
  return undefined;
}

/** What calling a method of a known type does in a script. */
export function scriptMethodRule(type: TypeName, name: string): Rule | undefined {
  switch (type) {
    case "client":
      return clientMethods.get(name) ?? { effect: "none", result: "memory" };
    case "delayed":
    case "delayer":
      return name === "compute" || name === "persist"
        ? { effect: "runs", result: "future" }
        : { effect: "none", result: "delayed" };
    default:
      return { effect: "none", result: "memory" };
  }
}
