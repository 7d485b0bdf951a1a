import { checkOptions, type Expectation, oneOf } from "../base/options.js";
import { Callback } from "./callback.js";
import type { ComputationGraph, ComputationState } from "./computation.js";
import { notebookOutput } from "./notebook-output.js";
import { fractionOf, plainLine, progressOf, richLines } from "./progress-text.js";

/** Where a progress bar writes: `process.stdout`, or anything with `write`. */
export interface ProgressOutput {
  write(text: string): unknown;
  /** Of a terminal; only there is the rich form used by default. */
  readonly isTTY?: boolean;
  /** Of a terminal: its width in characters. */
  readonly columns?: number;
}

/** How a {@link ProgressBar} looks; all optional. */
export interface ProgressBarOptions {
  /** Seconds a computation must take before anything is written. Default 0. */
  readonly minimum?: number;
  /** Characters of the bar, 1 to 1,000. Default 40. */
  readonly width?: number;
  /** Seconds between two drawings, 0.001 to 3,600. Default 0.1. */
  readonly dt?: number;
  /**
   * Where to write. Default: a display of the notebook where its kernel takes one (Deno's), else
   * standard output.
   */
  readonly out?: ProgressOutput;
  /**
   * `plain`: Dask's line. `rich`: rate, remaining time, failures, a bar per group. Default `auto`:
   * rich on a terminal.
   */
  readonly form?: "auto" | "plain" | "rich";
}

function aNumber(least: number, most: number): Expectation {
  return {
    words: `a number from ${least} to ${most}`,
    accepts: (value) => typeof value === "number" && value >= least && value <= most,
  };
}

const expectations: Readonly<Record<keyof ProgressBarOptions, Expectation>> = {
  minimum: aNumber(0, 1e9),
  width: {
    words: "an integer from 1 to 1000",
    accepts: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1000,
  },
  dt: aNumber(0.001, 3600),
  out: {
    words: "an object with a method `write(text)`",
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      "write" in value &&
      typeof value.write === "function",
  },
  form: oneOf(["auto", "plain", "rich"]),
};

/**
 * Shows how far a computation is, as Dask's `ProgressBar`.
 *
 * @example
 * ```ts
 * await withCallbacks([new ProgressBar()], () => client.gather(futures));
 * // [########################################] | 100% Completed | 703.40 ms
 * ```
 */
export class ProgressBar extends Callback {
  /** Seconds the last computation took; undefined before the first one ended. */
  lastDuration: number | undefined;
  readonly #minimum: number;
  readonly #width: number;
  readonly #interval: number;
  readonly #out: ProgressOutput;
  readonly #rich: boolean;
  #timer: NodeJS.Timeout | undefined;
  #graph: ComputationGraph = new Map();
  #state: ComputationState | undefined;
  #began = 0;
  #lines = 0;

  /** @throws {@link TaskprovError} `ERR_OPTION` */
  constructor(options: ProgressBarOptions = {}) {
    super();
    checkOptions(options, expectations, "ProgressBar");
    this.#minimum = options.minimum ?? 0;
    this.#width = options.width ?? 40;
    this.#interval = (options.dt ?? 0.1) * 1000;
    this.#out = options.out ?? notebookOutput() ?? process.stdout;
    const form = options.form ?? "auto";
    this.#rich = form === "rich" || (form === "auto" && this.#out.isTTY === true);
  }

  /** Starts the drawing. */
  override startState(graph: ComputationGraph, state: ComputationState): void {
    this.#stop();
    this.#graph = graph;
    this.#state = state;
    this.#began = performance.now();
    this.#lines = 0;
    this.#draw();
    // Tasks that run back to back give way to timers every few milliseconds. A progress bar alone
    // keeps no process alive.
    this.#timer = setInterval(() => this.#draw(), this.#interval).unref();
  }

  /** Draws a last time. */
  override finish(_graph: ComputationGraph, _state: ComputationState, failed: boolean): void {
    this.#stop();
    const elapsed = (performance.now() - this.#began) / 1000;
    this.lastDuration = elapsed;
    if (elapsed >= this.#minimum) {
      this.#write(!failed);
      this.#out.write("\n");
    }
    this.#state = undefined;
    this.#graph = new Map();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #draw(): void {
    if ((performance.now() - this.#began) / 1000 >= this.#minimum) this.#write(false);
  }

  #write(complete: boolean): void {
    if (this.#state === undefined) return;
    const elapsed = (performance.now() - this.#began) / 1000;
    const progress = progressOf(this.#state, elapsed);
    if (this.#rich) {
      this.#rewrite(richLines(progress, this.#graph, this.#richWidth()));
      return;
    }
    const fraction = complete ? 1 : fractionOf(progress);
    // The 100 % are drawn at the end, as in Dask.
    if (fraction === 1 && !complete) return;
    this.#out.write(`\r${plainLine(fraction, this.#width, elapsed)}`);
  }

  #richWidth(): number {
    const { columns } = this.#out;
    return columns === undefined ? this.#width : Math.max(4, Math.min(this.#width, columns - 50));
  }

  /** Goes back to the first line of the last drawing and clears what follows. */
  #rewrite(lines: readonly string[]): void {
    const up = this.#lines > 1 ? `\u001B[${this.#lines - 1}A` : "";
    this.#lines = lines.length;
    this.#out.write(`\r${up}\u001B[J${lines.join("\n")}`);
  }
}
