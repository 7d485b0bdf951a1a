import type { EpochSeconds } from "../base/clock.js";
import type { TaskNumber, Timed } from "./event-parts.js";

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
