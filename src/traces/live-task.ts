import type { EpochSeconds } from "../base/clock.js";
import type { DoneEvent, Span } from "../events/attempt-event.js";
import type { TaskNumber } from "../events/event-parts.js";
import type { OpenGraph } from "./open-graphs.js";
import type { AttemptFailure, AttemptRef, AttemptStatus } from "./trace-attempt.js";

/** An attempt that began and is not over. */
export interface OpenAttempt {
  readonly ref: AttemptRef;
  readonly number: number;
  readonly worker: number | undefined;
  readonly assigned: EpochSeconds;
  readonly inputs: readonly AttemptRef[];
  readonly gaps: number;
  messages: readonly string[];
  omittedMessages: number;
}

/** What is known of an attempt when it is over. */
export interface Outcome {
  readonly status: AttemptStatus;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly ran?: boolean;
  readonly worker?: number | undefined;
  readonly spans?: readonly Span[];
  readonly done?: DoneEvent;
  readonly failure?: AttemptFailure;
  readonly blamed?: AttemptRef | undefined;
}

/** What the next attempt of a task has to know of the one before. */
export interface EndedAttempt {
  readonly ref: AttemptRef;
  readonly status: AttemptStatus;
  readonly end: EpochSeconds;
  readonly retriesLeft: number | undefined;
}

/** A task whose number still means something. */
export interface LiveTask {
  readonly key: string;
  readonly group: string;
  readonly fn: string | undefined;
  /** Plain data or another name of a task: nothing is computed. */
  readonly isGiven: boolean;
  readonly dependencies: readonly TaskNumber[];
  readonly graph: OpenGraph | undefined;
  readonly gaps: number;
  attempts: number;
  running: OpenAttempt | undefined;
  last: EndedAttempt | undefined;
  hasData: boolean;
  /** The attempt that made the data. */
  made: AttemptRef | undefined;
}

/** Nothing was told of it yet, neither an attempt nor data. */
export function isUntold(task: LiveTask): boolean {
  return task.last === undefined && !task.hasData;
}

/** The attempt that the next one repeats. */
export function retried({ last }: LiveTask): EndedAttempt | undefined {
  return last?.status === "error" || last?.status === "lost" ? last : undefined;
}

/** The last attempt failed with retries left, or was lost: another was to come. */
export function isToBeRetried({ last }: LiveTask): boolean {
  return last?.status === "lost" || (last?.status === "error" && (last.retriesLeft ?? 0) > 0);
}
