import { AssertionError } from "node:assert";
import { runWithSink } from "./action.js";
import { encodeMessage } from "./encode-message.js";
import { type ActionMessage, tracebackType } from "./message.js";
import { checkTyped } from "./typed-fields.js";

/**
 * Keeps messages for a test to look at; {@link captureLogging} makes one.
 */
export class MemoryLogger {
  #messages: ActionMessage[] = [];
  #tracebacks: ActionMessage[] = [];

  /** Everything logged so far, in order. */
  get messages(): readonly ActionMessage[] {
    return this.#messages;
  }

  /** What `writeTraceback` logged and nobody has asked for. */
  get tracebackMessages(): readonly ActionMessage[] {
    return this.#tracebacks;
  }

  /** Takes a message. */
  write(message: ActionMessage): void {
    this.#messages.push(message);
    if (message["message_type"] === tracebackType) this.#tracebacks.push(message);
  }

  /**
   * The logged errors of a class, from now on expected: errors that nobody asks for fail the test.
   *
   * @param name - of the class, with or without its module. Default: all.
   */
  flushTracebacks(name?: string): readonly ActionMessage[] {
    const isAsked = (message: ActionMessage): boolean => {
      const exception = String(message["exception"]);
      return name === undefined || exception === name || exception.endsWith(`.${name}`);
    };
    const asked = this.#tracebacks.filter(isAsked);
    this.#tracebacks = this.#tracebacks.filter((message) => !isAsked(message));
    return asked;
  }

  /** The messages as they would stand in a file, read back. */
  serialize(): readonly Readonly<Record<string, unknown>>[] {
    return this.#messages.map((message) => JSON.parse(encodeMessage(message)));
  }

  /**
   * Checks every message of a type that `defineAction` or `defineMessage` knows.
   *
   * @throws AssertionError that names message and field.
   */
  validate(): void {
    for (const message of this.#messages) {
      const problem = checkTyped(message);
      if (problem !== undefined) throw new AssertionError({ message: problem });
    }
  }

  /** Forgets everything. */
  reset(): void {
    this.#messages = [];
    this.#tracebacks = [];
  }
}

/**
 * Runs a test with everything it logs going to a logger in memory instead of the destinations; tests
 * that run at the same time have loggers of their own.
 *
 * @returns what `fn` returns.
 * @throws AssertionError when a message does not fit its definition, or an error was logged that
 * nobody asked for with {@link MemoryLogger.flushTracebacks}; and what `fn` throws.
 * @example
 * ```ts
 * await captureLogging(async (logger) => {
 *   await load("a.csv");
 *   assertHasAction(logger, "load", true, { path: "a.csv" });
 * });
 * ```
 */
export function captureLogging<T>(fn: (logger: MemoryLogger) => T): T {
  const logger = new MemoryLogger();
  const result = runWithSink(
    (message) => logger.write(message),
    () => fn(logger),
  );
  if (!(result instanceof Promise)) {
    checkLogged(logger);
    return result;
  }
  const checked = result.then((value: unknown) => {
    checkLogged(logger);
    return value;
  });
  // A promise of the same value: T is the promise that the function returned.
  return checked as T;
}

function checkLogged(logger: MemoryLogger): void {
  logger.validate();
  const [unexpected] = logger.tracebackMessages;
  if (unexpected === undefined) return;
  throw new AssertionError({
    message: `An error was logged that nobody expected: ${unexpected["exception"]}: ${unexpected["reason"]}\nIf it is to be logged, ask for it with logger.flushTracebacks().`,
  });
}
