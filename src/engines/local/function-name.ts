const longestName = 50;

/**
 * The name a function gives its tasks, as Dask's `funcname`: what it is called, "lambda" when it
 * has no name, 50 characters at most; `bind` leaves it unchanged.
 *
 * Reads the property without running getters: a class may define `static get name()`.
 */
export function functionName(fn: (...args: never[]) => unknown): string {
  let name: unknown;
  try {
    name = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  } catch {
    // A revoked Proxy, or one whose trap throws: a function without a name to us.
    return "lambda";
  }
  if (typeof name !== "string") return "lambda";
  let plain = name;
  while (plain.startsWith("bound ")) plain = plain.slice("bound ".length);
  if (plain === "") return "lambda";
  return plain.length > longestName ? plain.slice(0, longestName) : plain;
}
