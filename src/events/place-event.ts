import type { Timed } from "./event-parts.js";

/** A piece of source text, once per hash. */
export interface SourceEvent extends Timed {
  readonly type: "source";
  readonly hash: string;
  readonly text: string;
}

/** A place in a piece of code. Lines and columns count from 1, columns in UTF-16 units. */
export interface CodeSpan {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** One frame of a call stack, innermost first in a {@link SiteEvent}. */
export interface SiteFrame extends CodeSpan {
  readonly file?: string;
  readonly cell?: string;
  readonly function?: string;
}

/** A notebook cell was executed, or began to be. */
export interface CellEvent extends Timed {
  readonly type: "cell";
  /** Number of this execution. */
  readonly cell: number;
  /** Jupyter's id of the cell. */
  readonly id?: string;
  /** Execution count, what `In [n]` shows. */
  readonly count?: number;
  /** Position in the notebook, from 0. */
  readonly index?: number;
  /** Of the cell's text, which a `source` event has. */
  readonly sourceHash?: string;
  /** Of the text after IPython's transformations, when it is another one. */
  readonly codeHash?: string;
  /** The execution inside which this one took place (`%%capture`, `%run`). */
  readonly within?: number;
  /** `python`, `typescript`, `javascript`. */
  readonly language?: string;
  /** Identity of the kernel: execution counts begin again in another one. */
  readonly kernel?: string;
  /** Path of the notebook, where it is known. */
  readonly notebook?: string;
}

/** The execution of a notebook cell ended. */
export interface CellEndEvent extends Timed {
  readonly type: "cell-end";
  readonly cell: number;
  /** `ok`, `error` or `aborted`. */
  readonly status?: string;
}

/** What a calling frame's lines and columns refer to. */
export type FrameText = "cell" | "exec" | "eval" | "timeit";

/**
 * A frame as a Python kernel tells it, in the coordinates of the code it ran: lines from 1, columns
 * in bytes of UTF-8 from 0.
 */
export interface KernelFrame {
  /** Number of the execution whose text this is. */
  readonly cell: number;
  /** The cell's code; or what `%%time`, `%time` or `%timeit` made of a part of it. */
  readonly text: FrameText;
  readonly line: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
  readonly function?: string;
}

/**
 * How a call site was found out: from the calling frames; from where the kernel's main thread
 * stood; from what Dask records itself; from the running cell; the last one before.
 */
export type SiteMatch = "frame" | "thread" | "code" | "cell" | "last-used";

/** A place that submitted work, announced once. */
export interface SiteEvent extends Timed {
  readonly type: "site";
  readonly site: number;
  readonly file?: string;
  readonly cell?: string;
  readonly sourceHash?: string;
  readonly span: CodeSpan;
  /** The calling frames, innermost first, the site itself left out. */
  readonly stack: readonly SiteFrame[];
  /** Of a notebook: all frames that belong to cells, innermost first. */
  readonly frames?: readonly KernelFrame[];
  /** Of a notebook: the execution that it belongs to. */
  readonly run?: number;
  readonly match?: SiteMatch;
}
