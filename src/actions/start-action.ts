import { TaskprovError } from "../base/errors.js";
import { shown } from "../base/options.js";
import {
  type Action,
  beginAction,
  beginContinued,
  beginTask,
  currentAction,
  runInAction,
  writeMessage,
} from "./action.js";
import { describeFailure, tracebackOf } from "./exception-fields.js";
import { type ActionFields, remoteTaskType, tracebackType } from "./message.js";

/** What runs inside an action. */
export type ActionBody<T> = (action: Action) => T;

/**
 * Runs a function as an action: a message says that it began, one how it ended, and whatever is
 * logged inside, also after an `await`, belongs to it. Inside another action it is a part of that
 * one.
 *
 * `fields` are those of the first message. When `fn` returns a promise, the action ends with it.
 *
 * @param type - what is done: `main`, `load`.
 * @returns what `fn` returns; without `fn` the {@link Action}, to be ended by `finish` or `fail`.
 * @throws what `fn` throws.
 * @example
 * ```ts
 * const rows = await startAction("load", { path }, async (action) => {
 *   const text = await readFile(path, "utf8");
 *   action.addSuccessFields({ bytes: text.length });
 *   return parse(text);
 * });
 * ```
 */
export function startAction<T>(type: string, fn: ActionBody<T>): T;
export function startAction<T>(type: string, fields: ActionFields, fn: ActionBody<T>): T;
export function startAction(type: string, fields?: ActionFields): Action;
export function startAction<T>(
  type: string,
  fields: ActionFields | ActionBody<T> = {},
  fn?: ActionBody<T>,
): T | Action {
  if (typeof fields === "function") return runThrough(beginAction(type, {}), fields);
  const action = beginAction(type, fields);
  return fn === undefined ? action : runThrough(action, fn);
}

/** Like {@link startAction}, but always the beginning of a new tree. */
export function startTask<T>(type: string, fn: ActionBody<T>): T;
export function startTask<T>(type: string, fields: ActionFields, fn: ActionBody<T>): T;
export function startTask(type: string, fields?: ActionFields): Action;
export function startTask<T>(
  type: string,
  fields: ActionFields | ActionBody<T> = {},
  fn?: ActionBody<T>,
): T | Action {
  if (typeof fields === "function") return runThrough(beginTask(type, {}), fields);
  const action = beginTask(type, fields);
  return fn === undefined ? action : runThrough(action, fn);
}

/**
 * Runs a function as a part of an action of another process or thread.
 *
 * @param id - what {@link Action.serializeTaskId} gave there, also Eliot's in Python.
 * @throws {@link TaskprovError} `ERR_OPTION` when `id` is no such text; and what `fn` throws.
 */
export function continueTask<T>(id: string, fn: ActionBody<T>): T;
export function continueTask<T>(id: string, fields: ActionFields, fn: ActionBody<T>): T;
export function continueTask<T>(
  id: string,
  fields: ActionFields | ActionBody<T>,
  fn?: ActionBody<T>,
): T {
  const place = placeOf(id);
  if (typeof fields === "function") {
    return runThrough(beginContinued(remoteTaskType, place, {}), fields);
  }
  if (fn === undefined)
    throw new TaskprovError("ERR_OPTION", "continueTask was given no function.");
  return runThrough(beginContinued(remoteTaskType, place, fields), fn);
}

/** A text for {@link continueTask}, of the current action; undefined outside any. */
export function serializeTaskId(): string | undefined {
  return currentAction()?.open?.serializeTaskId();
}

/**
 * Binds a function to the current action, to be called once from anywhere.
 *
 * @returns the function; a second call throws `ERR_USAGE`, since one place in the log has room for
 * one continuation.
 */
export function preserveContext<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
): (...args: A) => R {
  const id = serializeTaskId();
  if (id === undefined) return fn;
  let called = false;
  return (...args) => {
    if (called) {
      throw new TaskprovError(
        "ERR_USAGE",
        "A function made by preserveContext was called twice. Make one for each call.",
      );
    }
    called = true;
    return continueTask(id, () => fn(...args));
  };
}

/**
 * Writes a message into the current action; outside any it stands by itself.
 *
 * @param type - what it is about: `read-header`.
 */
export function logMessage(type: string, fields: ActionFields = {}): void {
  writeMessage(currentAction(), type, fields);
}

/** Writes an error with its stack into the current action. */
export function writeTraceback(thrown: unknown): void {
  const fields = { ...describeFailure(thrown), traceback: tracebackOf(thrown) };
  writeMessage(currentAction(), tracebackType, fields);
}

/** Runs a function in an action and ends the action with it. */
export function runThrough<T>(
  action: Action,
  fn: ActionBody<T>,
  outcome?: (result: unknown) => ActionFields,
): T {
  let result: T;
  try {
    result = runInAction(action, fn, action);
  } catch (thrown) {
    action.fail(thrown);
    throw thrown;
  }
  if (!(result instanceof Promise)) {
    action.finish(outcome?.(result));
    return result;
  }
  const settled = result.then(
    (value: unknown) => {
      action.finish(outcome?.(value));
      return value;
    },
    (thrown: unknown) => {
      action.fail(thrown);
      throw thrown;
    },
  );
  // A promise of the same value: T is the promise that the function returned.
  return settled as T;
}

const longestId = 10_000;

function placeOf(id: unknown): { readonly taskUuid: string; readonly level: readonly number[] } {
  if (typeof id === "string" && id.length <= longestId) {
    const [, taskUuid, path] = /^([^@\s]{1,200})@((?:\/[1-9]\d{0,14})+)$/.exec(id) ?? [];
    if (taskUuid !== undefined && path !== undefined) {
      return { taskUuid, level: path.slice(1).split("/").map(Number) };
    }
  }
  throw new TaskprovError(
    "ERR_OPTION",
    `Expected the id of a task such as "UUID@/2/3", got ${shown(id)} (${typeof id}). Pass on what serializeTaskId() gave.`,
  );
}
