import type { EpochSeconds } from "../base/clock.js";
import type { RunEvent, WorkerAddedEvent } from "../events/run-event.js";
import type { FailedTasks } from "./failure-text.js";

/** How an attempt ended, in the words of the document's `taskprov:status`. */
export type AttemptStatus =
  | "ok"
  | "error"
  | "blocked"
  | "lost"
  | "cancelled"
  | "running"
  | "pending"
  | "unknown";

/** An attempt as others name it: as input, as the one that is repeated, as culprit. */
export interface AttemptRef {
  /** Unique among the attempts and graphs of a run, from 2; 1 is the run. */
  readonly id: number;
  readonly key: string;
}

/** What an attempt raised. */
export interface AttemptFailure {
  readonly type: string | undefined;
  readonly text: string | undefined;
  readonly traceback: string | undefined;
  readonly retriesLeft: number | undefined;
}

/** An attempt before it is known what became of it. */
export interface TraceAttemptBegin {
  readonly ref: AttemptRef;
  /** Counts the attempts of its task, from 1. */
  readonly number: number;
  /** Id of the graph that brought the task; undefined where its announcement was lost. */
  readonly graph: number | undefined;
  /** Keys of its inputs, also of those that no attempt made. */
  readonly dependencies: readonly string[];
}

/** One attempt that is over, or that the record leaves open. */
export interface TraceAttempt {
  readonly ref: AttemptRef;
  /** Counts the attempts of its task, from 1. */
  readonly number: number;
  readonly group: string;
  /** With its module where that is known. */
  readonly functionName: string | undefined;
  readonly status: AttemptStatus;
  /** False for what never began: blocked, pending, cancelled before its start. */
  readonly ran: boolean;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly worker: WorkerAddedEvent | undefined;
  readonly thread: number | undefined;
  readonly transferSeconds: number;
  readonly nbytes: number | undefined;
  readonly typeName: string | undefined;
  readonly failure: AttemptFailure | undefined;
  /** What it logged, each a JSON object. */
  readonly messages: readonly string[];
  /** Messages that are not in the record. */
  readonly omittedMessages: number;
  /** Id of the graph that brought the task; undefined where its announcement was lost. */
  readonly graph: number | undefined;
  /** The attempts that made its inputs. */
  readonly inputs: readonly AttemptRef[];
  readonly retryOf: AttemptRef | undefined;
  /** The attempt that failed, of a blocked task. */
  readonly blamed: AttemptRef | undefined;
}

/** A graph whose first task is known. */
export interface TraceGraphBegin {
  readonly id: number;
  /** The engine's number. */
  readonly graph: number;
  /** The run, or the attempt that submitted it. */
  readonly parent: number;
  readonly client: string | undefined;
  readonly start: EpochSeconds;
}

/** A graph all of whose tasks are over. */
export interface TraceGraph extends TraceGraphBegin {
  readonly tasks: number;
  readonly end: EpochSeconds;
}

/** The run as a whole, told last. */
export interface TraceRun {
  readonly event: RunEvent;
  readonly start: EpochSeconds;
  /** The last time in the record. */
  readonly end: EpochSeconds;
  /** Of its tasks. */
  readonly failedTasks: FailedTasks;
  /** Events that were dropped while recording. */
  readonly dropped: number;
  /** Whether something is missing: dropped or damaged events, no end. */
  readonly incomplete: boolean;
}

/** Takes what {@link AttemptLog} finds; everything is told once, `run` last. */
export interface TraceSink {
  readonly attempt: (attempt: TraceAttempt) => void;
  readonly graph?: (graph: TraceGraph) => void;
  readonly graphBegan?: (graph: TraceGraphBegin) => void;
  /** An attempt is under way, or a task that will have none is told. */
  readonly attemptBegan?: (begin: TraceAttemptBegin) => void;
  /** A task is over, after its last attempt. */
  readonly task?: (
    group: string,
    status: AttemptStatus,
    last: AttemptRef,
    graph: number | undefined,
  ) => void;
}
