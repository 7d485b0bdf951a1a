import { AsyncLocalStorage } from "node:async_hooks";
import { TaskprovError } from "../../base/errors.js";
import {
  checkTaskOptions,
  mergeTaskOptions,
  noTaskOptions,
  type TaskOptions,
} from "./task-options.js";

/** Options for whatever is submitted in a piece of code; other names are facts of your own. */
export type AnnotateOptions = Pick<TaskOptions, "retries" | "priority" | "timeout"> &
  Readonly<Record<string, unknown>>;

/** The options of the surrounding {@link annotate}. */
export const currentAnnotations: AsyncLocalStorage<TaskOptions> = new AsyncLocalStorage();

/**
 * Runs a function; what it submits or makes `delayed`, also later in its promises, gets these
 * options. Inner calls are preferred to outer ones, `client.with` to both.
 *
 * @param options - `retries`, `priority`, `timeout`, and any other names as annotations that
 * plugins see.
 * @throws {@link TaskprovError} `ERR_OPTION` when one of the known options does not fit.
 * @example
 * annotate({ retries: 2, step: "download" }, () => client.map(fetchPage, urls));
 */
export function annotate<R>(options: AnnotateOptions, fn: () => R): R {
  const { retries, priority, timeout, ...annotations } = options;
  if ("key" in annotations || "signal" in annotations) {
    throw new TaskprovError(
      "ERR_OPTION",
      "annotate takes no `key` and no `signal`: give them to client.with.",
    );
  }
  const known: TaskOptions = {
    ...(retries === undefined ? {} : { retries }),
    ...(priority === undefined ? {} : { priority }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  checkTaskOptions(known, "annotate");
  const outer = currentAnnotations.getStore() ?? noTaskOptions;
  return currentAnnotations.run(mergeTaskOptions(outer, known), fn);
}
