/** Every code a {@link TaskprovError} can carry; each has a section in `docs/errors.md`. */
export const errorCodes = [
  "ERR_BUDGET",
  "ERR_CANCELLED",
  "ERR_CLONE",
  "ERR_CLOSED",
  "ERR_CONNECT",
  "ERR_DEPENDENCY",
  "ERR_DESTINATION",
  "ERR_DOCUMENT",
  "ERR_EVENT_INVALID",
  "ERR_FILE",
  "ERR_GRAPH_CYCLE",
  "ERR_GRAPH_MISSING_KEY",
  "ERR_ITEM",
  "ERR_JOURNAL",
  "ERR_JOURNAL_VERSION",
  "ERR_KEY",
  "ERR_NOTEBOOK",
  "ERR_OPTION",
  "ERR_PUSH",
  "ERR_RERUN",
  "ERR_TIMEOUT",
  "ERR_USAGE",
  "ERR_WORKER_LOST",
] as const;

/** The stable name of a kind of error; branch on it, never on the message. */
export type ErrorCode = (typeof errorCodes)[number];

/**
 * The one error class of taskprov.
 *
 * The message says what happened, with which value, where, and what to do next.
 */
export class TaskprovError extends Error {
  override readonly name: string = "TaskprovError";
  /** The stable name of the kind of error. */
  readonly code: ErrorCode;

  /**
   * @param code - the stable name of the kind of error.
   * @param message - one line: what happened, with which value, where, what to do next.
   * @param options - `cause`: the error that led to this one.
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells whether a value is a {@link TaskprovError}, optionally of one code. */
export function isTaskprovError(value: unknown, code?: ErrorCode): value is TaskprovError {
  return value instanceof TaskprovError && (code === undefined || value.code === code);
}

/** Marks a place that the types say cannot be reached. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected value ${JSON.stringify(value)}: a case is missing here.`);
}
