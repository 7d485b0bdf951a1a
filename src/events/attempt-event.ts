import type { EpochSeconds } from "../base/clock.js";
import type { ObjectDescription } from "../describe/encoded.js";
import type { TaskNumber, Timed } from "./event-parts.js";

/** What a worker did for an attempt, and when, on the scheduler's clock. */
export interface Span {
  /** `compute`, `transfer`, `deserialize`, `disk-read`, `disk-write`. */
  readonly action: string;
  readonly start: EpochSeconds;
  readonly stop: EpochSeconds;
  /** Of a transfer: the address it came from. */
  readonly source?: string;
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
