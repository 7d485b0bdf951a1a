/** What a message or an action says, besides where it stands: any names, any values. */
export type ActionFields = Readonly<Record<string, unknown>>;

/**
 * A message of the action log, in the form that Eliot and its tools know: `timestamp` (seconds since
 * the epoch), `task_uuid`, `task_level`, then either `action_type` and `action_status`, or
 * `message_type`, and the fields of whoever wrote it with their values as they were given.
 */
export type ActionMessage = Readonly<Record<string, unknown>> & {
  readonly timestamp: number;
  readonly task_uuid: string;
  readonly task_level: readonly number[];
};

/** How an action stands or ended. */
export type ActionStatus = "started" | "succeeded" | "failed";

/** Of an action that somebody else began; see {@link serializeTaskId}. */
export const remoteTaskType = "eliot:remote_task";
/** First message of a task's action: its key and the keys it depends on. */
export const graphTaskType = "dask:task";
/** One try of a task that was tried more than once, or may be. */
export const attemptType = "taskprov:attempt";
/** Asking the embedded engine for results. */
export const computeType = "taskprov:compute";
/** The same, the results kept. */
export const persistType = "taskprov:persist";
/** A stack that was written down by itself. */
export const tracebackType = "eliot:traceback";
/** A destination threw. */
export const destinationFailureType = "eliot:destination_failure";
