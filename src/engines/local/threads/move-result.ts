import type { MessagePort } from "node:worker_threads";
import { TaskprovError } from "../../../base/errors.js";

/** What worker threads can hand over instead of copying. */
export type Movable = ArrayBuffer | MessagePort;

/** A result and what of it is handed over. */
interface MovedResult {
  readonly value: unknown;
  readonly transfer: readonly Movable[];
}

// Registered: a task's module and the engine may have loaded the package twice.
const mark = Symbol.for("taskprov.movedResult");

/**
 * Wraps a result in a function of a {@link workerModule}, so that its memory is handed over to the
 * thread of the client instead of being copied. The function must not use it afterwards.
 *
 * @param value - the result.
 * @param transfer - what in it is handed over. Default: the buffer of `value`, which must then be
 * an ArrayBuffer, a typed array or a DataView.
 * @returns something for `return` only; typed as the value, which is what the future holds.
 * @throws {@link TaskprovError} `ERR_USAGE` without `transfer` for any other value.
 * @example
 * export function noise(n: number) {
 *   return moveResult(new Float64Array(n).map(Math.random));
 * }
 */
export function moveResult<T>(value: T, transfer?: readonly Movable[]): T {
  const moved: MovedResult = { value, transfer: transfer ?? [bufferOf(value)] };
  return { [mark]: moved } as T;
}

/** What was wrapped, when it was. */
export function movedResult(result: unknown): MovedResult | undefined {
  if (typeof result !== "object" || result === null || !(mark in result)) return undefined;
  return result[mark] as MovedResult;
}

function bufferOf(value: unknown): ArrayBuffer {
  if (value instanceof ArrayBuffer) return value;
  if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) return value.buffer;
  throw new TaskprovError(
    "ERR_USAGE",
    "moveResult was given neither an ArrayBuffer nor a view of one. Say as second argument what is to be handed over.",
  );
}
