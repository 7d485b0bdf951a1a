import { AssertionError } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import type { MemoryLogger } from "./memory-logger.js";
import type { ActionFields, ActionMessage } from "./message.js";

/** An action as a test finds it among logged messages. */
export interface LoggedAction {
  readonly type: string;
  readonly startMessage: ActionMessage;
  /** Undefined while it is open. */
  readonly endMessage: ActionMessage | undefined;
  readonly succeeded: boolean;
  /** The actions and messages in it, in order. */
  readonly children: readonly (LoggedAction | ActionMessage)[];
}

/** The actions of a type among messages, in the order in which they began. */
export function loggedActions(
  messages: readonly ActionMessage[],
  type: string,
): readonly LoggedAction[] {
  return messages
    .filter((message) => message["action_type"] === type && isStart(message))
    .map((start) => loggedAction(messages, start));
}

/** The messages of a type among messages. */
export function loggedMessages(
  messages: readonly ActionMessage[],
  type: string,
): readonly ActionMessage[] {
  return messages.filter((message) => message["message_type"] === type);
}

/** All actions in an action, at any depth. */
export function descendants(action: LoggedAction): readonly LoggedAction[] {
  return action.children.flatMap((child) =>
    "startMessage" in child ? [child as LoggedAction, ...descendants(child as LoggedAction)] : [],
  );
}

/**
 * Checks that the first action of a type ended as expected.
 *
 * @param startFields - the first message has these fields, and perhaps others.
 * @param endFields - the same of the last message.
 * @returns the action.
 * @throws AssertionError that says what is there instead.
 */
export function assertHasAction(
  logger: MemoryLogger,
  type: string,
  succeeded: boolean,
  startFields: ActionFields = {},
  endFields: ActionFields = {},
): LoggedAction {
  const [action] = loggedActions(logger.messages, type);
  if (action === undefined) throw absent("action", type, typesOf(logger, "action_type"));
  if (action.endMessage === undefined) throw failure(`The action ${type} has not ended.`);
  if (action.succeeded !== succeeded) {
    const { exception, reason } = action.endMessage as ActionFields;
    const how = action.succeeded ? "succeeded" : `failed with ${exception}: ${reason}`;
    throw failure(`The action ${type} ${how}.`);
  }
  assertContainsFields(action.startMessage, startFields);
  assertContainsFields(action.endMessage, endFields);
  return action;
}

/**
 * Checks that a message of a type was logged.
 *
 * @returns the first one.
 * @throws AssertionError that says what is there instead.
 */
export function assertHasMessage(
  logger: MemoryLogger,
  type: string,
  fields: ActionFields = {},
): ActionMessage {
  const [message] = loggedMessages(logger.messages, type);
  if (message === undefined) throw absent("message", type, typesOf(logger, "message_type"));
  assertContainsFields(message, fields);
  return message;
}

/**
 * Checks that a message has these fields, and perhaps others.
 *
 * @throws AssertionError that shows both values of the first field that differs.
 */
export function assertContainsFields(message: ActionMessage, fields: ActionFields): void {
  for (const [name, expected] of Object.entries(fields)) {
    const actual = message[name];
    if (isDeepStrictEqual(actual, expected)) continue;
    const message_ = `The field ${name} is not as expected.`;
    throw new AssertionError({ message: message_, actual, expected, operator: "deepStrictEqual" });
  }
}

const isStart = (message: ActionMessage): boolean => message["action_status"] === "started";

function loggedAction(messages: readonly ActionMessage[], start: ActionMessage): LoggedAction {
  const level = start.task_level.slice(0, -1);
  const own = messages
    .filter((message) => message.task_uuid === start.task_uuid && isBelow(message, level))
    .sort((a, b) => (a.task_level[level.length] ?? 0) - (b.task_level[level.length] ?? 0));
  const direct = own.filter(
    (message) => message !== start && message.task_level.length === level.length + 1,
  );
  const endMessage = direct.find((message) => message["action_status"] !== undefined);
  const children = own.flatMap((message): (LoggedAction | ActionMessage)[] => {
    if (message === start || message === endMessage) return [];
    if (direct.includes(message)) return [message];
    const isChild = isStart(message) && message.task_level.length === level.length + 2;
    return isChild ? [loggedAction(messages, message)] : [];
  });
  return {
    type: String(start["action_type"]),
    startMessage: start,
    endMessage,
    succeeded: endMessage?.["action_status"] === "succeeded",
    children,
  };
}

function isBelow(message: ActionMessage, level: readonly number[]): boolean {
  return level.every((part, i) => message.task_level[i] === part);
}

function typesOf(logger: MemoryLogger, name: string): string[] {
  const found = logger.messages.flatMap((message) => message[name] ?? []);
  return [...new Set(found.map(String))];
}

function absent(what: string, type: string, found: readonly string[]): AssertionError {
  return failure(`No ${what} of type ${type} was logged; there are ${found.join(", ") || "none"}.`);
}

function failure(message: string): AssertionError {
  return new AssertionError({ message });
}
