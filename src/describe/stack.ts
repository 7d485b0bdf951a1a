import { types } from "node:util";
import { ownData } from "./inspect.js";

/** In newer V8 `stack` is an accessor of the runtime's own; only that one may be called. */
const nativeGetter = Object.getOwnPropertyDescriptor(new Error("probe"), "stack")?.get;

/**
 * The stack text of an error; undefined when it has none that can be read without running its
 * code.
 */
export function stackOf(target: object): string | undefined {
  if (types.isProxy(target)) return undefined;
  try {
    const stack = nativeStack(target) ?? ownData(target, "stack");
    return typeof stack === "string" ? stack : undefined;
  } catch {
    // Reading a stack for the first time runs the program's Error.prepareStackTrace, if it has one,
    // and what that throws is no fault of this error: it counts as having no stack.
    return undefined;
  }
}

function nativeStack(target: object): unknown {
  const getter = Object.getOwnPropertyDescriptor(target, "stack")?.get;
  if (getter === undefined || getter !== nativeGetter) return undefined;
  return Reflect.apply(getter, target, []);
}
