import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TaskprovError } from "../../../base/errors.js";
import { shown } from "../../../base/options.js";
import type { TaskFunction } from "../task-state.js";

/** An exported function of a module that worker threads load. */
export interface ThreadFunction {
  /** Absolute URL of the module. */
  readonly module: string;
  readonly name: string;
}

/** The functions of a module, each a stand-in that tasks can be made from. */
export type WorkerModule<M> = {
  readonly [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: M[K];
};

const threadFunctions = new WeakMap<TaskFunction, ThreadFunction>();

/** What a stand-in stands for; undefined for any other function. */
export function threadFunctionOf(fn: TaskFunction): ThreadFunction | undefined {
  return threadFunctions.get(fn);
}

const sourceHashes = new Map<string, string | undefined>();

/**
 * SHA-256 of the text of a module, which stands for the source of its functions: theirs is known to
 * the threads only. Absent when it cannot be read as a file.
 */
export function moduleHash(module: string): string | undefined {
  if (sourceHashes.has(module)) return sourceHashes.get(module);
  let hash: string | undefined;
  try {
    hash = createHash("sha256")
      .update(readFileSync(fileURLToPath(module)))
      .digest("hex");
  } catch {
    // Not a file, or not there: the tasks themselves will say so.
    hash = undefined;
  }
  sourceHashes.set(module, hash);
  return hash;
}

/**
 * The exported functions of a module, as stand-ins whose tasks run on worker threads. The module is
 * loaded by the threads, when a task first needs it; not here.
 *
 * Arguments and results travel by structured clone: no functions, and instances of your own classes
 * lose their methods. A `SharedArrayBuffer` is shared.
 *
 * @typeParam M - the type of the module: `typeof import("./tasks.js")`.
 * @param url - of the JavaScript to load: `new URL("./tasks.js", import.meta.url)`, or its text.
 * @throws {@link TaskprovError} `ERR_OPTION` when it is no absolute URL of a file or `data:` module.
 * @example
 * const tasks = workerModule<typeof import("./tasks.js")>(new URL("./tasks.js", import.meta.url));
 * const future = client.submit(tasks.countPrimes, 1_000_000);
 */
export function workerModule<M extends object>(url: URL | string): WorkerModule<M> {
  const module = checkModule(url);
  const functions = new Map<string, TaskFunction>();
  const stand: object = new Proxy(Object.create(null), {
    get(_, name): TaskFunction | undefined {
      // A module is no promise: `await tasks` must not make a task of it.
      if (typeof name !== "string" || name === "then") return undefined;
      const known = functions.get(name);
      if (known !== undefined) return known;
      const fn = standIn(module, name);
      functions.set(name, fn);
      return fn;
    },
    has: (_, name) => typeof name === "string" && name !== "then",
  });
  return stand as WorkerModule<M>;
}

function standIn(module: string, name: string): TaskFunction {
  const fn = (): never => {
    throw new TaskprovError(
      "ERR_USAGE",
      `${name} of ${module} runs on worker threads and cannot be called here. Submit it: client.submit(tasks.${name}, …).`,
    );
  };
  Object.defineProperty(fn, "name", { value: name });
  threadFunctions.set(fn, Object.freeze({ module, name }));
  return fn;
}

function checkModule(url: unknown): string {
  let parsed: URL | undefined;
  try {
    if (url instanceof URL || typeof url === "string") parsed = new URL(url);
  } catch {
    // Told below.
  }
  if (parsed === undefined || !["file:", "data:", "node:"].includes(parsed.protocol)) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected workerModule to be given the absolute URL of a module, got ${shown(url)}. Write new URL("./tasks.js", import.meta.url).`,
    );
  }
  return parsed.href;
}
