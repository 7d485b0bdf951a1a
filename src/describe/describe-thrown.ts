import { types } from "node:util";
import { cutTextStated } from "../base/cut-text.js";
import { wellFormed } from "../base/well-formed.js";
import { domExceptionParts } from "./dom-exception.js";
import { encodeArgument } from "./encode-argument.js";
import { inheritedData, isObject, ownData } from "./inspect.js";
import { previewText } from "./preview-text.js";
import type { Redactor } from "./redact.js";
import { stackOf } from "./stack.js";
import { safeName, typeNameOf } from "./type-name.js";

/** What is said of something thrown. */
export interface ThrownDescription {
  /** The name of the error's class, or of the type of what was thrown. */
  readonly type: string;
  readonly text: string;
  readonly traceback?: string;
}

/** What of something thrown may be recorded. */
export interface ThrownPolicy {
  /** Whether the stack is. */
  readonly keepTraceback: boolean;
  readonly redactor: Redactor;
  /** Text and traceback in bytes, each. Default 64 KiB. A cut is stated in the text. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 64 * 1024;
/** Errors told in one chain of causes, and members of one AggregateError. */
const maxCauses = 8;
const maxMembers = 16;
/** Errors told in all. */
const maxErrors = 64;
/** So many times the bytes of the result are looked at for secrets, in all. */
const readFactor = 4;

/** How the texts of the errors in an error are put together. */
interface Telling {
  readonly policy: ThrownPolicy;
  readonly maxBytes: number;
  /** What was told already: causes may go in circles. */
  readonly told: Set<unknown>;
  /** Characters that may still be looked at. */
  chars: number;
}

/**
 * Describes anything thrown: an Error with its members (AggregateError) and causes, or any other
 * value. Lone surrogates are escaped, secrets removed, long texts cut. Runs no code of the value's,
 * except for `Error.prepareStackTrace` where a program has set it; never throws.
 */
export function describeThrown(thrown: unknown, policy: ThrownPolicy): ThrownDescription {
  const maxBytes = policy.maxBytes ?? defaultMaxBytes;
  const description = {
    type: thrownTypeOf(thrown),
    text: tell(thrown, newTelling(policy, maxBytes), textOf, headline),
  };
  if (!policy.keepTraceback || !isErrorLike(thrown)) return description;
  const traceback = tell(thrown, newTelling(policy, maxBytes), stackText, stackText);
  return { ...description, traceback };
}

function newTelling(policy: ThrownPolicy, maxBytes: number): Telling {
  return { policy, maxBytes, told: new Set(), chars: readFactor * maxBytes };
}

/**
 * The class of an error; its `name` where the class says less (an `Error` renamed by its maker).
 */
function thrownTypeOf(thrown: unknown): string {
  const type = typeNameOf(thrown);
  if (!isErrorLike(thrown)) return type;
  const name = nameOf(thrown);
  const isBuiltIn = type === "DOMException" || /^(?:[A-Z][a-z]*)?Error$/.test(type);
  const isBetter = isBuiltIn && name !== undefined && name !== "" && name !== "Error";
  return isBetter ? safeName(name) : type;
}

/** Errors, and objects that look like one (`message` as data). */
function isErrorLike(thrown: unknown): thrown is object {
  if (!isObject(thrown) || types.isProxy(thrown)) return false;
  return types.isNativeError(thrown) || messageOf(thrown) !== undefined;
}

function messageOf(target: object): string | undefined {
  const message = domExceptionParts(target)?.message ?? inheritedData(target, "message");
  return typeof message === "string" ? message : undefined;
}

function nameOf(target: object): string | undefined {
  const name = domExceptionParts(target)?.name ?? inheritedData(target, "name");
  return typeof name === "string" ? name : undefined;
}

function tell(thrown: unknown, telling: Telling, first: Teller, further: Teller): string {
  const lines = [first(thrown, telling), ...relatedLines(thrown, telling, further)];
  const text = lines.join("\n");
  return cutTextStated(text, telling.maxBytes);
}

type Teller = (thrown: unknown, telling: Telling) => string;

/** The members of an AggregateError, then the cause, each with its own. */
function relatedLines(thrown: unknown, telling: Telling, teller: Teller, depth = 0): string[] {
  telling.told.add(thrown);
  if (!isErrorLike(thrown) || depth >= maxCauses || telling.told.size >= maxErrors) return [];
  const lines: string[] = [];
  const members = ownData(thrown, "errors");
  if (!types.isProxy(members) && Array.isArray(members)) {
    const shown = Math.min(members.length, maxMembers);
    for (let i = 0; i < shown; i++) {
      const label = `[${i + 1}/${members.length}] `;
      lines.push(...relatedTo(ownData(members, i), label, telling, teller, depth));
    }
    if (members.length > shown) lines.push(`… and ${members.length - shown} more`);
  }
  if (Object.hasOwn(thrown, "cause")) {
    lines.push(...relatedTo(ownData(thrown, "cause"), "Caused by: ", telling, teller, depth));
  }
  return lines;
}

function relatedTo(
  thrown: unknown,
  label: string,
  telling: Telling,
  teller: Teller,
  depth: number,
): string[] {
  if (isObject(thrown) && telling.told.has(thrown))
    return [`${label}${headline(thrown, telling)} (told above)`];
  const line = `${label}${teller(thrown, telling)}`;
  return [line, ...relatedLines(thrown, telling, teller, depth + 1)];
}

/** The message of an error; of any other value a preview. */
function textOf(thrown: unknown, telling: Telling): string {
  if (isObject(thrown) && types.isProxy(thrown)) return "a Proxy, not looked into";
  if (isErrorLike(thrown)) {
    const message = messageOf(thrown);
    return safe(message ?? messageInStack(thrown), telling);
  }
  if (typeof thrown === "string") return safe(thrown, telling);
  if (typeof thrown === "symbol") return safe(`Symbol(${thrown.description ?? ""})`, telling);
  if (typeof thrown === "undefined") return "undefined";
  const { redactor } = telling.policy;
  const maxValueBytes = Math.min(telling.maxBytes, 4096);
  const summary = { values: "summary", maxValueBytes, richTypes: false, redactor } as const;
  return safe(previewText(encodeArgument(thrown, summary)), telling);
}

/** `TypeError: what happened`. */
function headline(thrown: unknown, telling: Telling): string {
  const text = textOf(thrown, telling);
  return text === "" ? thrownTypeOf(thrown) : `${thrownTypeOf(thrown)}: ${text}`;
}

/** A class may compute its message in a getter; the stack has what it was in the beginning. */
function messageInStack(thrown: object): string {
  const stack = stackOf(thrown) ?? "";
  const frames = stack.indexOf("\n    at ");
  return (frames < 0 ? stack : stack.slice(0, frames)).replace(/^[\w$.]+(?:: )?/, "");
}

/** The stack, which begins with name and message; where there is none, those. */
function stackText(thrown: unknown, telling: Telling): string {
  const stack = isObject(thrown) ? stackOf(thrown) : undefined;
  return stack === undefined || stack === "" ? headline(thrown, telling) : safe(stack, telling);
}

/** Secrets removed, then what UTF-8 cannot carry escaped, then cut to what the whole may have. */
function safe(text: string, telling: Telling): string {
  const isCut = text.length > telling.chars;
  const clean = wellFormed(telling.policy.redactor.redactText(text, telling.chars));
  telling.chars -= Math.min(text.length, telling.chars);
  return cutTextStated(
    clean,
    telling.maxBytes,
    isCut ? Math.max(text.length, clean.length + 1) : clean.length,
  );
}
