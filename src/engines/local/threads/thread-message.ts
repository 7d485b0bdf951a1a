import type { MessagePort } from "node:worker_threads";
import type { LoggedMessages } from "../../../actions/attempt-messages.js";
import type { HandedAction, ReturnedAction } from "../../../actions/hand-over.js";
import type { ActionMessage } from "../../../actions/message.js";

/** What a thread is given to begin with. */
export interface ThreadConnection {
  /** Requests come, answers go, in the same order. */
  readonly port: MessagePort;
  /** What was sent ahead, see thread-claims. */
  readonly claims: Int32Array;
}

/** What a thread is asked. */
export interface ThreadRequest {
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
  /** Sent ahead: the function is called if this place can be taken then. */
  readonly place?: number;
  /** The action that the function runs in. */
  readonly action?: HandedAction;
  /** W3C trace context of the attempt. */
  readonly traceparent?: string;
  /** Whether what it logs is kept with it. */
  readonly isObserved?: true;
}

/** What a thread says. */
export type ThreadMessage = ThreadReply | ThreadLog | ThreadMessages | LastWords;

/** What was logged so far, while a function still runs. */
export interface ThreadLog {
  readonly log: readonly ActionMessage[];
}

/** What the function that runs has logged so far, to be kept with it. */
export interface ThreadMessages {
  readonly messages: LoggedMessages;
}

/** When the function was called and when its outcome was there; milliseconds since the epoch. */
export interface ThreadSpan {
  readonly started: number;
  readonly stopped: number;
}

/** How it went: with a result, with what was thrown, or why the result cannot be sent. */
export type ThreadOutcome =
  | ({ readonly is: "value"; readonly value: unknown } & ThreadFacts)
  | ({ readonly is: "thrown"; readonly thrown: CarriedError } & ThreadFacts)
  | ({ readonly is: "unsent"; readonly why: string } & ThreadFacts);

/** The answer to a request, also to one that was taken back. */
export type ThreadReply = ThreadOutcome | { readonly is: "skipped" };

/** What is told whatever the outcome. */
export interface ThreadFacts {
  readonly span: ThreadSpan;
  readonly action?: ReturnedAction;
  readonly messages?: LoggedMessages;
}

/** What ended a thread, as it said itself. */
export interface LastWords {
  readonly name: string;
  readonly message: string;
}

/**
 * Something thrown, in a form that every thread can read. Structured clone alone would lose the
 * name of an error's class and everything added to it.
 */
export type CarriedError =
  | { readonly is: "value"; readonly value: unknown }
  | {
      readonly is: "error";
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
      readonly cause?: CarriedError;
      /** Of an AggregateError. */
      readonly errors?: readonly CarriedError[];
      /** Own data that can be cloned, `code` for example. */
      readonly more: Readonly<Record<string, unknown>>;
    };

const deepest = 8;
const mostErrors = 100;

/** Packs what a function threw. Never throws. */
export function packThrown(thrown: unknown, depth = 0): CarriedError {
  if (!(thrown instanceof Error)) return { is: "value", value: cloned(thrown) };
  const { cause } = thrown;
  const carried = {
    is: "error" as const,
    name: textOf(thrown, "name") ?? "Error",
    message: textOf(thrown, "message") ?? "",
    more: dataOf(thrown),
  };
  const stack = textOf(thrown, "stack");
  return {
    ...carried,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && depth < deepest && { cause: packThrown(cause, depth + 1) }),
    ...(thrown instanceof AggregateError &&
      depth < deepest && {
        errors: thrown.errors.slice(0, mostErrors).map((each) => packThrown(each, depth + 1)),
      }),
  };
}

/** Unpacks it again: an error of the same name, message, stack, cause and data. */
export function unpackThrown(carried: CarriedError): unknown {
  if (carried.is === "value") return carried.value;
  const { name, message, stack, cause, errors, more } = carried;
  const options = cause === undefined ? {} : { cause: unpackThrown(cause) };
  const error =
    errors === undefined
      ? new (standardErrors[name] ?? Error)(message, options)
      : new AggregateError(errors.map(unpackThrown), message, options);
  if (error.name !== name) define(error, "name", name);
  if (stack !== undefined) define(error, "stack", stack);
  for (const [key, value] of Object.entries(more)) define(error, key, value, true);
  return error;
}

const standardErrors: Readonly<Record<string, ErrorConstructor>> = Object.assign(
  Object.create(null),
  { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError },
);

const told = new Set(["name", "message", "stack", "cause", "errors"]);

/** Own enumerable data of an error, as far as it can be cloned; getters are not run. */
function dataOf(error: Error): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (!("value" in property) || property.enumerable !== true || told.has(name)) continue;
    try {
      define(data, name, structuredClone(property.value), true);
    } catch {
      // A function or the like: it stays behind.
    }
  }
  return data;
}

function textOf(error: Error, name: "name" | "message" | "stack"): string | undefined {
  try {
    const text: unknown = error[name];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

function cloned(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return `${typeof value} that cannot be cloned`;
  }
}

function define(target: object, name: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
}
