import type { EpochSeconds } from "../base/clock.js";
import type { Encoded, ObjectDescription } from "../describe/encoded.js";

/** JSON as events carry it in free-form places (options, versions, annotations). */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json };

/** Number of a task or of scattered data, given by the `graph` or `scatter` event that names it. */
export type TaskNumber = number;

/** What a worker did for an attempt, and when, on the scheduler's clock. */
export interface Span {
  /** `compute`, `transfer`, `deserialize`, `disk-read`, `disk-write`. */
  readonly action: string;
  readonly start: EpochSeconds;
  readonly stop: EpochSeconds;
  /** Of a transfer: the address it came from. */
  readonly source?: string;
}

interface Timed {
  /** Seconds since the epoch on the scheduler's clock. */
  readonly time: EpochSeconds;
}

/** What ran the tasks: this package, Dask distributed, or one of Dask's local schedulers. */
export type EngineName = "local" | "dask" | "dask-local";

/** Who runs, where and how; always the first event of a journal. */
export interface RunEvent extends Timed {
  readonly type: "run";
  /** A UUID. */
  readonly runId: string;
  readonly engine: EngineName;
  readonly versions: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly user?: string;
  readonly argv?: readonly string[];
  readonly cwd?: string;
  readonly git?: { readonly commit: string; readonly dirty?: boolean; readonly remote?: string };
  /** The W3C trace context of the caller. */
  readonly traceContext?: { readonly traceparent: string; readonly tracestate?: string };
  /** Settings of the scheduler and the workers that decide how tasks run. */
  readonly config?: Readonly<Record<string, Json>>;
  /** The source copied beside the document: files with their path below `destination`. */
  readonly executionSource?: {
    readonly path: string;
    readonly files: readonly {
      readonly path: string;
      readonly size: number;
      readonly sha256: string;
    }[];
  };
  /** The tracker's resolved options, so that `build` can replay them. */
  readonly options: Readonly<Record<string, Json>>;
}

/** The run ended cleanly. */
export interface EndEvent extends Timed {
  readonly type: "end";
  readonly counts: Readonly<Record<string, number>>;
}

export interface ClientAddedEvent extends Timed {
  readonly type: "client+";
  readonly client: number;
  readonly name: string;
  readonly address?: string;
}

export interface ClientRemovedEvent extends Timed {
  readonly type: "client-";
  readonly client: number;
}

export interface WorkerAddedEvent extends Timed {
  readonly type: "worker+";
  readonly worker: number;
  readonly address: string;
  readonly name?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly threads?: number;
  /** Bytes. */
  readonly memoryLimit?: number;
  readonly cpuCount?: number;
  readonly cpuModel?: string;
  readonly versions?: Readonly<Record<string, string>>;
}

export interface WorkerRemovedEvent extends Timed {
  readonly type: "worker-";
  readonly worker: number;
  readonly reason?: string;
}

/** A function that tasks run, announced once. */
export interface FunctionEvent extends Timed {
  readonly type: "fn";
  readonly function: number;
  readonly module?: string;
  readonly name: string;
  /** `function`, `async`, `class`, `method`, `builtin`, `partial`, `lambda`, `alias`, `data` … */
  readonly kind?: string;
  /** SHA-256 of the source text, hex. */
  readonly sourceHash?: string;
}

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

/** A step of a fused task. */
export interface InnerStep {
  readonly key: Encoded;
  readonly function: number | null;
  readonly dependencies: readonly Encoded[];
  /** `["q", i]` in them is the result of the task's step `i`, counted from 0. */
  readonly arguments: readonly GraphArgument[];
}

/** An argument: its name where known, else its position; and what was passed. */
export type GraphArgument = readonly [role: string | number, value: Encoded];

/** A new task of a graph. */
export interface GraphTask {
  readonly task: TaskNumber;
  readonly key: Encoded;
  readonly group: string;
  /** Null for aliases and plain data in the graph. */
  readonly function: number | null;
  readonly arguments: readonly GraphArgument[];
  readonly dependencies: readonly TaskNumber[];
  readonly inner?: readonly InnerStep[];
}

/** New tasks. A large graph is several events with the same number. */
export interface GraphEvent extends Timed {
  readonly type: "graph";
  readonly graph: number;
  readonly client: number | null;
  readonly stimulus?: string;
  /** The task that submitted this graph. */
  readonly parent?: TaskNumber;
  readonly annotations?: Readonly<Record<string, Json>>;
  readonly site?: number;
  readonly tasks: readonly GraphTask[];
}

/**
 * Re-announces a live task after a drop. After the `graph` of its task: its data was there before
 * it could be seen made.
 */
export interface KnownEvent extends Timed {
  readonly type: "known";
  readonly task: TaskNumber;
  readonly key: Encoded;
  /** Of the data. */
  readonly nbytes?: number;
  readonly typeName?: string;
  readonly richType?: string;
}

/** A task was sent to a worker: an attempt begins. */
export interface AssignEvent extends Timed {
  readonly type: "assign";
  readonly task: TaskNumber;
  readonly worker: number;
  readonly runId?: number;
}

/** A file an attempt read or wrote. */
export interface FileUse {
  /** An absolute path, or a URL without user, password and query. */
  readonly path: string;
  readonly mode: "read" | "write";
  /** Bytes; when it was opened for reading, or after the attempt had written it. */
  readonly size?: number;
  readonly mtime?: EpochSeconds;
  readonly sha256?: string;
  /** Variables or arrays inside the file. */
  readonly parts?: readonly string[];
}

/** An attempt finished; the key holds data from now on. */
export interface DoneEvent extends Timed {
  readonly type: "done";
  readonly task: TaskNumber;
  readonly runId?: number;
  readonly worker: number;
  readonly thread?: number;
  readonly spans: readonly Span[];
  readonly nbytes?: number;
  readonly typeName?: string;
  readonly richType?: string;
  /** Digest of the data, with the scheme it was made by (docs/digests.md). */
  readonly digest?: string;
  readonly files?: readonly FileUse[];
  /** The same as the rich type, as numbers and names. */
  readonly about?: ObjectDescription;
}

/** An attempt raised, or a dependent never ran because its input failed. */
export interface FailedEvent extends Timed {
  readonly type: "failed";
  readonly task: TaskNumber;
  readonly runId?: number;
  /** Null for a dependent that never ran. */
  readonly worker: number | null;
  /** The exception's type, with its module where it has one. */
  readonly exceptionType?: string;
  readonly text?: string;
  readonly traceback?: string;
  readonly spans?: readonly Span[];
  readonly retriesLeft?: number;
  /** The task whose failure is the cause, for a dependent that never ran. */
  readonly blamed?: TaskNumber;
  readonly files?: readonly FileUse[];
}

/** What an attempt printed; comes before its end. */
export interface OutputEvent extends Timed {
  readonly type: "output";
  readonly task: TaskNumber;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** Characters that were printed and are not in the record. */
  readonly omitted?: number;
}

/** What an attempt logged with `logMessage` and `startAction`; comes before its end. */
export interface MessagesEvent extends Timed {
  readonly type: "messages";
  readonly task: TaskNumber;
  /** Messages of the action log, each as a JSON object, in order. */
  readonly texts: readonly string[];
  /** Messages that were logged and are not in the record. */
  readonly omitted?: number;
}

/** Why an attempt or a result was lost. */
export type LostReason = "worker-died" | "cancelled" | "restart" | "rescheduled";

/** An attempt (while it ran or waited) or a result (afterwards) was lost. */
export interface LostEvent extends Timed {
  readonly type: "lost";
  readonly task: TaskNumber;
  readonly runId?: number;
  readonly reason: LostReason | (string & {});
  readonly spans?: readonly Span[];
}

/** The result was dropped. */
export interface ReleaseEvent extends Timed {
  readonly type: "release";
  readonly task: TaskNumber;
  readonly reason?: string;
}

/** The number means nothing from now on. */
export interface ForgetEvent extends Timed {
  readonly type: "forget";
  readonly task: TaskNumber;
}

/** Data put in by a client; gives a number to a key like `graph` does. */
export interface ScatterEvent extends Timed {
  readonly type: "scatter";
  readonly task: TaskNumber;
  readonly key: Encoded;
  readonly client: number | null;
  readonly nbytes?: number;
  readonly workers?: readonly number[];
  readonly typeName?: string;
  readonly richType?: string;
  /** See {@link DoneEvent.digest}. */
  readonly digest?: string;
}

/** Bytes of memory by kind; what is neither managed nor spilled is `process - managed`. */
export interface MemoryFigures {
  /** Resident memory of the process. */
  readonly process: number;
  /** Data that the engine holds in memory. */
  readonly managed?: number;
  /** Data that the engine has put on disk. */
  readonly spilled?: number;
  /** The part of the unmanaged memory that has been there for some time (Dask: 30 s). */
  readonly unmanagedOld?: number;
}

/** What a worker, or the scheduler, used at a moment. What cannot be measured is absent. */
export interface SampleEvent extends Timed {
  readonly type: "sample";
  /** Null: the scheduler's process; on the embedded engine the program's. */
  readonly worker: number | null;
  /** Percent of one processor, since the last measurement. */
  readonly cpu?: number;
  readonly memory?: MemoryFigures;
  /** Bytes of task results that came from other workers, since the worker began. */
  readonly received?: number;
  /** Bytes of task results that went to other workers, since the worker began. */
  readonly sent?: number;
  /** Seconds by which the event loop was late. */
  readonly delay?: number;
  /** Share of the time, 0 to 1, in which the event loop had something to do. */
  readonly busy?: number;
  /** How many tasks are where: `processing`, `held`, `executing`, `ready` … */
  readonly tasks?: Readonly<Record<string, number>>;
}

/** How grave a log record is. */
export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/** A log record of a worker or of the scheduler. */
export interface LogEvent extends Timed {
  readonly type: "log";
  /** Null: the scheduler's process. */
  readonly worker: number | null;
  readonly level: LogLevel;
  /** Name of the logger, `distributed.worker.memory`. */
  readonly logger: string;
  readonly text: string;
  /** The task that ran in the thread of the record. */
  readonly task?: TaskNumber;
  /** Records before this one that are not in the journal, because too many came at once. */
  readonly omitted?: number;
}

/** A place that a profile found a thread at. */
export interface ProfileFrame {
  readonly function: string;
  readonly file?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
}

/** How often a call was seen, itself or anything it called. */
export type ProfileNode = readonly [parent: number | null, frame: number, count: number];

/** What a sampling profiler saw in a stretch of time, as a tree of calls. */
export interface ProfileEvent extends Timed {
  readonly type: "profile";
  /** Null: the scheduler's process. */
  readonly worker: number | null;
  readonly start: EpochSeconds;
  readonly stop: EpochSeconds;
  /** What was watched: the threads that run tasks, or the event loop. */
  readonly of: "tasks" | "event-loop";
  /** Seconds between two looks. */
  readonly interval?: number;
  readonly frames: readonly ProfileFrame[];
  /** A node's parent stands before it; null is a root. Counts include those of the children. */
  readonly nodes: readonly ProfileNode[];
}

/** Transfers with something in common. */
export interface TransferFigures {
  readonly bytes: number;
  readonly seconds: number;
  readonly count: number;
}

/** What a worker has received, since it began: the last of these events counts. */
export interface BandwidthEvent extends Timed {
  readonly type: "bandwidth";
  readonly worker: number;
  /** By the worker it came from; an address where that has no number. */
  readonly from: readonly (TransferFigures & { readonly source: number | string })[];
  /** By the type of the data. */
  readonly types: readonly (TransferFigures & { readonly typeName: string })[];
}

/** Tracking lost events. */
export interface DroppedEvent extends Timed {
  readonly type: "dropped";
  readonly count: number;
  readonly reason?: string;
}

/** Tracking could not do something. */
export interface ErrorEvent extends Timed {
  readonly type: "error";
  readonly text: string;
  readonly code?: string;
}

/** Shutdown began: releases that follow are noise. */
export interface ClosingEvent extends Timed {
  readonly type: "closing";
}

/**
 * An event of a kind this version gives no meaning to: `action`, or one from a newer version. Kept
 * and ignored.
 */
export interface OtherEvent extends Timed {
  readonly type: "other";
  readonly kind: string;
  readonly fields: readonly Json[];
}

/** One fact from an engine. */
export type TaskEvent =
  | RunEvent
  | EndEvent
  | ClientAddedEvent
  | ClientRemovedEvent
  | WorkerAddedEvent
  | WorkerRemovedEvent
  | FunctionEvent
  | SourceEvent
  | CellEvent
  | CellEndEvent
  | SiteEvent
  | GraphEvent
  | KnownEvent
  | AssignEvent
  | DoneEvent
  | FailedEvent
  | OutputEvent
  | MessagesEvent
  | LostEvent
  | ReleaseEvent
  | ForgetEvent
  | ScatterEvent
  | SampleEvent
  | LogEvent
  | ProfileEvent
  | BandwidthEvent
  | DroppedEvent
  | ErrorEvent
  | ClosingEvent
  | OtherEvent;
