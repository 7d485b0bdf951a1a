import { createHash } from "node:crypto";
import type { EpochSeconds } from "../../base/clock.js";
import type { TaskEvent } from "../../events/task-event.js";
import { functionName } from "./function-name.js";
import { moduleHash, threadFunctionOf } from "./threads/worker-module.js";

type AnyFunction = (...args: never[]) => unknown;

const nativeCode = /\{\s*\[native code\]\s*\}\s*$/;

/**
 * Numbers the functions that tasks run and announces each once. Functions of the same name and
 * source are the same one: a closure made anew for every submission is not a new function.
 */
export class FunctionTable {
  readonly #append: (event: TaskEvent) => void;
  readonly #numbers = new WeakMap<AnyFunction, number>();
  readonly #bySource = new Map<string, number>();

  /** @param append - takes the announcements. */
  constructor(append: (event: TaskEvent) => void) {
    this.#append = append;
  }

  /** The number of a function; announced first when it is new. */
  numberOf(fn: AnyFunction, time: EpochSeconds): number {
    const known = this.#numbers.get(fn);
    if (known !== undefined) return known;
    const name = functionName(fn);
    const thread = threadFunctionOf(fn);
    const source = sourceOf(fn);
    const sourceHash = thread === undefined ? hashOf(source) : moduleHash(thread.module);
    const identity = `${name}\n${sourceHash ?? ""}\n${thread?.module ?? ""}`;
    const number = this.#bySource.get(identity) ?? this.#bySource.size;
    if (number === this.#bySource.size) {
      this.#bySource.set(identity, number);
      this.#append({
        type: "fn",
        time,
        function: number,
        name,
        ...(thread !== undefined && { module: thread.module }),
        kind: thread === undefined ? kindOf(fn, source) : "function",
        ...(sourceHash !== undefined && { sourceHash }),
      });
    }
    this.#numbers.set(fn, number);
    return number;
  }
}

function hashOf(source: string | undefined): string | undefined {
  return source === undefined ? undefined : createHash("sha256").update(source).digest("hex");
}

/** The text of a function; absent for native and bound ones, whose text says nothing. */
function sourceOf(fn: AnyFunction): string | undefined {
  const text = Function.prototype.toString.call(fn);
  return nativeCode.test(text) ? undefined : text;
}

function kindOf(fn: AnyFunction, source: string | undefined): string {
  if (source === undefined) return "native";
  if (/^class\b/.test(source)) return "class";
  if (/^async\b/.test(source)) return "async";
  return functionName(fn) === "lambda" ? "lambda" : "function";
}
