import { checkOptions, type Expectation } from "../../base/options.js";
import type { Key } from "./scheduler-plugin.js";
import type { Movable } from "./threads/move-result.js";

/** Options that a submission can carry. */
export interface TaskOptions {
  /**
   * The key of the task; of `map`, the prefix of the keys (`KEY-0`, `KEY-1` …). By default
   * `NAME-C-N`: function name, number of the client, counter.
   */
  readonly key?: Key;
  /** How many more attempts a failing task gets. Default 0. */
  readonly retries?: number;
  /** Tasks of higher priority run first. Default 0. */
  readonly priority?: number;
  /** Cancels what was submitted with it. */
  readonly signal?: AbortSignal;
  /** Seconds an attempt may take; afterwards it has failed with `ERR_TIMEOUT`. Default: no limit. */
  readonly timeout?: number;
  /** Facts of your own that go with the tasks; plugins see them. */
  readonly annotations?: Readonly<Record<string, unknown>>;
  /**
   * What in the arguments is handed over to the worker thread instead of copied; it is empty here
   * afterwards, so that the task can be tried once only. No effect on functions of this process.
   */
  readonly transfer?: readonly Movable[];
}

/** Any finite number. */
const aNumber: Expectation = {
  words: "a finite number",
  accepts: (value) => typeof value === "number" && Number.isFinite(value),
};

/** A limit in seconds. */
const seconds: Expectation = {
  words: "seconds, more than 0 and at most 2,147,483",
  // Beyond 2^31 ms Node's timers fire at once.
  accepts: (value) => typeof value === "number" && value > 0 && value <= 2_147_483,
};

const aSignal: Expectation = {
  words: "an AbortSignal",
  accepts: (value) => value instanceof AbortSignal,
};

/** What a wait can be limited by. */
export const secondsOrSignal: Readonly<Record<"timeout" | "signal", Expectation>> = {
  timeout: seconds,
  signal: aSignal,
};

const expectations: Readonly<Record<keyof TaskOptions, Expectation>> = {
  // checkKey says more than true or false.
  key: { words: "a key", accepts: () => true },
  retries: {
    words: "an integer from 0 and up or Infinity",
    accepts: (value) =>
      value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) >= 0),
  },
  priority: aNumber,
  signal: aSignal,
  timeout: seconds,
  annotations: {
    words: "a plain object",
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
  transfer: {
    words: "an array of ArrayBuffers and MessagePorts",
    accepts: (value) =>
      Array.isArray(value) &&
      value.every((item) => item instanceof ArrayBuffer || item instanceof MessagePort),
  },
};

/**
 * Checks the options of a submission.
 *
 * @param what - whose options they are, for the message.
 * @throws {@link TaskprovError} `ERR_OPTION` with the name and the value, or `ERR_KEY`.
 */
export function checkTaskOptions(options: unknown, what: string): asserts options is TaskOptions {
  checkOptions(options, expectations, what);
}

/** Options with those of `inner` preferred; annotations are merged. */
export function mergeTaskOptions(outer: TaskOptions, inner: TaskOptions): TaskOptions {
  if (outer === noTaskOptions) return inner;
  if (inner === noTaskOptions) return outer;
  const merged = { ...outer, ...inner };
  if (outer.annotations === undefined || inner.annotations === undefined) return merged;
  return { ...merged, annotations: { ...outer.annotations, ...inner.annotations } };
}

/** The options of who gives none. */
export const noTaskOptions: TaskOptions = Object.freeze({});
