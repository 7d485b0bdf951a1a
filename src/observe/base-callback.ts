import type { EpochSeconds } from "../base/clock.js";
import { checkOptions, type Expectation } from "../base/options.js";
import type { Key } from "../engines/local/scheduler-plugin.js";
import type { ComputationGraph, ComputationState } from "./computation.js";

/** When the function of a task ran. */
export interface TaskSpan {
  readonly start: EpochSeconds;
  readonly stop: EpochSeconds;
}

/** The functions of a {@link BaseCallback}; all optional. */
export interface CallbackHooks {
  /** A computation begins: its first task is about to run. */
  readonly start?: (graph: ComputationGraph) => void;
  /** Its state exists. */
  readonly startState?: (graph: ComputationGraph, state: ComputationState) => void;
  /** A task is about to run. */
  readonly pretask?: (key: Key, graph: ComputationGraph, state: ComputationState) => void;
  /** A task has a result. A failed attempt gets none of these, as in Dask. */
  readonly posttask?: (
    key: Key,
    result: unknown,
    graph: ComputationGraph,
    state: ComputationState,
    workerId: string | undefined,
    span: TaskSpan | undefined,
  ) => void;
  /** A result was dropped, because nobody needs it any more. Dask has no such hook. */
  readonly release?: (key: Key, graph: ComputationGraph, state: ComputationState) => void;
  /** The computation is over: no task is waiting for anything. `failed`: a task has failed. */
  readonly finish?: (graph: ComputationGraph, state: ComputationState, failed: boolean) => void;
}

const aFunction: Expectation = {
  words: "a function",
  accepts: (value) => typeof value === "function",
};

const expectations: Readonly<Record<keyof CallbackHooks, Expectation>> = {
  start: aFunction,
  startState: aFunction,
  pretask: aFunction,
  posttask: aFunction,
  release: aFunction,
  finish: aFunction,
};

/**
 * What is told how computations go, wherever it is registered; {@link Callback} is the class to
 * make or to extend.
 */
export class BaseCallback {
  /**
   * @param hooks - plain functions; none for a subclass.
   * @throws {@link TaskprovError} `ERR_OPTION` for an unknown name or what is no function.
   */
  constructor(hooks: CallbackHooks = {}) {
    checkOptions(hooks, expectations, "Callback");
    for (const name of hookNames) {
      const hook = hooks[name];
      if (hook !== undefined) Object.defineProperty(this, name, { value: hook });
    }
  }

  /** See {@link CallbackHooks.start}. */
  start(_graph: ComputationGraph): void {}

  /** See {@link CallbackHooks.startState}. */
  startState(_graph: ComputationGraph, _state: ComputationState): void {}

  /** See {@link CallbackHooks.pretask}. */
  pretask(_key: Key, _graph: ComputationGraph, _state: ComputationState): void {}

  /** See {@link CallbackHooks.posttask}. */
  posttask(
    _key: Key,
    _result: unknown,
    _graph: ComputationGraph,
    _state: ComputationState,
    _workerId: string | undefined,
    _span: TaskSpan | undefined,
  ): void {}

  /** See {@link CallbackHooks.release}. */
  release(_key: Key, _graph: ComputationGraph, _state: ComputationState): void {}

  /** See {@link CallbackHooks.finish}. */
  finish(_graph: ComputationGraph, _state: ComputationState, _failed: boolean): void {}

  /** A scope of {@link withCallbacks} with this callback begins. */
  enter(): void {}

  /** A scope of {@link withCallbacks} with this callback ends. */
  exit(): void {}
}

const hookNames = ["start", "startState", "pretask", "posttask", "release", "finish"] as const;

/** Tells whether a callback does anything in a hook. */
export function hears(callback: BaseCallback, hook: (typeof hookNames)[number]): boolean {
  return callback[hook] !== BaseCallback.prototype[hook];
}
