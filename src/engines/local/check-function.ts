import { TaskprovError } from "../../base/errors.js";
import { shown } from "../../base/options.js";

/**
 * Checks that something can be called.
 *
 * @param what - who was given it, for the message.
 * @throws {@link TaskprovError} `ERR_OPTION`
 */
export function checkFunction(fn: unknown, what: string): void {
  if (typeof fn === "function") return;
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected the first argument of ${what} to be a function, got ${shown(fn)} (${typeof fn}). Pass the function itself, and its arguments after it.`,
  );
}
