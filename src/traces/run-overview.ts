import type { EpochSeconds } from "../base/clock.js";
import type { EngineName } from "../events/run-event.js";

/** Tasks by where they are; each is counted once. */
export interface TaskCounts {
  readonly total: number;
  /** Not with a worker: an input is missing, or it waits for its turn. */
  readonly waiting: number;
  /** With a worker: it runs there, or is about to. */
  readonly running: number;
  /** They have a result, or had one. */
  readonly done: number;
  /** They raised and have no retries left. */
  readonly failed: number;
  /** They never ran, because something that they need has failed. */
  readonly blocked: number;
  readonly cancelled: number;
}

/** How the tasks of one group are doing. */
export interface GroupOverview extends TaskCounts {
  readonly group: string;
  /** Tasks that ended a second: over the last ten seconds, and over the whole run when that is over. */
  readonly rate: number;
  /** Mean seconds of computing of what worked; absent before anything did. */
  readonly meanSeconds?: number;
}

/** What a worker has to do, and what it uses, by its last sample. */
export interface WorkerOverview {
  readonly address: string;
  readonly name: string;
  readonly threads?: number;
  /** Tasks that it was given and that have not ended. */
  readonly running: number;
  /** Tasks that ended there. */
  readonly ended: number;
  /** Percent of one processor. */
  readonly cpu?: number;
  /** Bytes of resident memory. */
  readonly memory?: number;
  /** Bytes that it may use. */
  readonly memoryLimit?: number;
  /** Bytes of results on its disk. */
  readonly spilled?: number;
}

/** A task that is with a worker. */
export interface RunningTask {
  readonly key: string;
  readonly group: string;
  /** Name of the worker. */
  readonly worker: string;
  /** Seconds since it was sent there. */
  readonly seconds: number;
}

/** Attempts that failed with one type of exception. */
export interface FailureOverview {
  readonly type: string;
  readonly count: number;
  /** Of the last one. */
  readonly key: string;
  /** Message of the last one, its first 200 characters. */
  readonly text?: string;
}

/** How a run stands at a moment. */
export interface RunOverview {
  readonly runId: string;
  readonly engine: EngineName;
  /** As its tracker was told. */
  readonly name?: string;
  /** Address of the scheduler. */
  readonly address?: string;
  readonly start: EpochSeconds;
  /** The moment, on the scheduler's clock. */
  readonly time: EpochSeconds;
  /** When the last event was. */
  readonly heard: EpochSeconds;
  /** The record has its end. */
  readonly isOver: boolean;
  /** Events that the record lacks, as far as their number is known. */
  readonly droppedEvents: number;
  readonly tasks: TaskCounts;
  /** Tasks that ended a second, as in {@link GroupOverview}. */
  readonly rate: number;
  /** Attempts that repeat one that failed. */
  readonly retries: number;
  readonly workersLost: number;
  /** The scheduler's process, or the program's own on the embedded engine. */
  readonly scheduler?: { readonly cpu?: number; readonly memory?: number };
  /** Those that came last and are not done first. */
  readonly groups: readonly GroupOverview[];
  readonly workers: readonly WorkerOverview[];
  /** The ten that are with a worker longest. */
  readonly longest: readonly RunningTask[];
  /** The most frequent first. */
  readonly failures: readonly FailureOverview[];
}

/** What one line of progress needs. */
export interface RunProgress {
  readonly tasks: TaskCounts;
  readonly rate: number;
  readonly workers: number;
  readonly droppedEvents: number;
  readonly isOver: boolean;
}
