import { types } from "node:util";

const nameGetter = Object.getOwnPropertyDescriptor(DOMException.prototype, "name")?.get;
const messageGetter = Object.getOwnPropertyDescriptor(DOMException.prototype, "message")?.get;
const maxPrototypes = 16;

/**
 * Name and message of a DOMException (as `AbortSignal` throws), which keeps them in getters of the
 * runtime's own; undefined for anything else.
 */
export function domExceptionParts(
  target: object,
): { readonly name: string; readonly message: string } | undefined {
  if (!inheritsDomException(target)) return undefined;
  try {
    const name = callGetter(nameGetter, target);
    const message = callGetter(messageGetter, target);
    return name === undefined || message === undefined ? undefined : { name, message };
  } catch (error) {
    // An object that only borrows the prototype is none.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function callGetter(getter: (() => unknown) | undefined, target: object): string | undefined {
  const value = getter === undefined ? undefined : Reflect.apply(getter, target, []);
  return typeof value === "string" ? value : undefined;
}

/** Like `instanceof`, without running the traps of a Proxy among the prototypes. */
function inheritsDomException(target: object): boolean {
  let holder: object | null = target;
  for (let i = 0; i < maxPrototypes && holder !== null && !types.isProxy(holder); i++) {
    if (holder === DOMException.prototype) return true;
    holder = Object.getPrototypeOf(holder);
  }
  return false;
}
