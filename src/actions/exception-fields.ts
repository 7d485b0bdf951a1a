import { typeNameOf } from "../describe/type-name.js";
import type { ActionFields } from "./message.js";

/** Finds fields in an error, to stand in the message of the action that it ended. */
export type ExceptionExtractor<E extends Error = Error> = (error: E) => ActionFields;

const extractors = new Map<unknown, ExceptionExtractor>();

/**
 * Has the fields of an error of this class, or one below it, written where it ends an action or is
 * logged. The nearest class wins. What the function throws is left out.
 *
 * @example
 * ```ts
 * registerExceptionExtractor(HttpError, (error) => ({ status: error.status }));
 * ```
 */
export function registerExceptionExtractor<C extends abstract new (...args: never[]) => Error>(
  errorClass: C,
  extractor: ExceptionExtractor<InstanceType<C>>,
): void {
  // The map asks by class, so that only errors of that class get there.
  extractors.set(errorClass, extractor as ExceptionExtractor);
}

/** `exception`, `reason`, and what an extractor finds; never throws. */
export function describeFailure(thrown: unknown): ActionFields {
  return { ...extracted(thrown), exception: exceptionName(thrown), reason: reasonOf(thrown) };
}

const ownErrors = new Set([
  "AggregateError",
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** `builtins.TypeError` for the language's own, in the form that Eliot's readers expect. */
function exceptionName(thrown: unknown): string {
  const name = safely(() => (thrown instanceof Error ? nameOfError(thrown) : typeNameOf(thrown)));
  if (name === undefined || name === "") return "builtins.Error";
  return ownErrors.has(name) ? `builtins.${name}` : name;
}

/** Errors that came from a worker thread have a name and no class. */
function nameOfError(error: Error): string {
  const { name } = error;
  const ofClass = error.constructor?.name;
  if (typeof name === "string" && name !== "" && name !== "Error") return name;
  return ofClass !== undefined && ofClass !== "" ? ofClass : "Error";
}

function reasonOf(thrown: unknown): string {
  const text = safely(() => (thrown instanceof Error ? thrown.message : String(thrown)));
  return typeof text === "string" ? text : "something that has no text";
}

/** The stack, or the text where there is none. */
export function tracebackOf(thrown: unknown): string {
  const stack = safely(() => (thrown instanceof Error ? thrown.stack : undefined));
  return typeof stack === "string" ? stack : reasonOf(thrown);
}

function extracted(thrown: unknown): ActionFields {
  if (!(thrown instanceof Error)) return {};
  const own = safely(() => extractorFor(thrown)?.(thrown));
  return typeof own === "object" && own !== null ? own : (safely(() => systemFields(thrown)) ?? {});
}

function extractorFor(error: Error): ExceptionExtractor | undefined {
  if (extractors.size === 0) return undefined;
  for (let at: object | null = error; at !== null; at = Object.getPrototypeOf(at)) {
    const extractor = extractors.get(Object.getOwnPropertyDescriptor(at, "constructor")?.value);
    if (extractor !== undefined) return extractor;
  }
  return undefined;
}

/** Errors of the operating system say which one. */
function systemFields(error: Error): ActionFields {
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  if (typeof errno !== "number" || typeof syscall !== "string") return {};
  return { code, errno, syscall };
}

function safely<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    // An error with a getter that throws: what it would have said is unknown.
    return undefined;
  }
}
