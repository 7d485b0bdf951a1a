import { TaskprovError } from "../base/errors.js";
import { aBoolean, aText, checkOptions, texts } from "../base/options.js";
import { beginAction } from "./action.js";
import type { ActionFields } from "./message.js";
import { runThrough } from "./start-action.js";

/** How {@link logCall} writes. */
export interface LogCallOptions {
  /** @defaultValue the function's name */
  readonly actionType?: string;
  /** Names for the arguments, which a running program does not know. @defaultValue `arg0`, `arg1` … */
  readonly args?: readonly string[];
  /** Only the arguments of these names. @defaultValue all */
  readonly include?: readonly string[];
  /** Whether the result stands in the last message. @defaultValue `true` */
  readonly includeResult?: boolean;
}

const expectations = {
  actionType: aText,
  args: texts,
  include: texts,
  includeResult: aBoolean,
};

/**
 * Makes every call of a function an action with its arguments and its result.
 *
 * @returns a function that is called alike; `this` is passed on.
 * @throws {@link TaskprovError} `ERR_OPTION` for an unknown option, or when `include` names an
 * argument that `args` does not.
 * @example
 * ```ts
 * const multiply = logCall((x: number, y: number) => x * y, {
 *   actionType: "multiply",
 *   args: ["x", "y"],
 * });
 * ```
 */
export function logCall<F extends (...args: never[]) => unknown>(
  fn: F,
  options: LogCallOptions = {},
): F {
  checkOptions(options, expectations, "logCall");
  const { args: names = [], include, includeResult = true } = options;
  const type = options.actionType ?? (fn.name === "" ? "anonymous" : fn.name);
  const wanted = include === undefined ? undefined : checkIncluded(include, names);
  const fieldsOf = (args: readonly unknown[]): ActionFields => {
    const fields: Record<string, unknown> = {};
    for (const [i, value] of args.entries()) {
      const name = names[i] ?? `arg${i}`;
      if (wanted === undefined || wanted.has(name)) fields[name] = value;
    }
    return fields;
  };
  const outcome = includeResult ? (result: unknown) => ({ result }) : undefined;
  const logged = function (this: unknown, ...args: never[]): unknown {
    return runThrough(
      beginAction(type, fieldsOf(args)),
      () => Reflect.apply(fn, this, args),
      outcome,
    );
  };
  Object.defineProperty(logged, "name", { value: fn.name });
  Object.defineProperty(logged, "length", { value: fn.length });
  // Called alike, as its type says.
  return logged as F;
}

function checkIncluded(include: readonly string[], names: readonly string[]): ReadonlySet<string> {
  const unknown = include.find((name) => !names.includes(name) && !/^arg\d+$/.test(name));
  if (unknown === undefined) return new Set(include);
  throw new TaskprovError(
    "ERR_OPTION",
    `logCall was told to include the argument ${JSON.stringify(unknown)}, which is not among its \`args\` (${names.join(", ") || "none"}).`,
  );
}
