import { TaskprovError } from "../base/errors.js";
import { shown } from "../base/options.js";
import { type Action, beginAction, currentAction, writeMessage } from "./action.js";
import type { ActionFields, ActionMessage } from "./message.js";
import { runThrough } from "./start-action.js";

/** What a field of a defined action or message may be. */
export interface FieldDefinition<T> {
  /** Completes "Expected to be …". */
  readonly words: string;
  readonly accepts: (value: unknown) => boolean;
  /** The form in which it is logged. @defaultValue as it is */
  readonly serialize?: (value: T) => unknown;
}

/** Words for the usual kinds of fields. */
export interface FieldWords {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly bigint: bigint;
  readonly object: object;
  readonly any: unknown;
}

/** A word, or a definition of one's own. */
export type FieldKind = keyof FieldWords | FieldDefinition<never>;

/** Names and kinds of the fields of a message. */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/** The values that fit kinds of fields. */
export type FieldValues<K extends FieldKinds> = {
  readonly [N in keyof K]: K[N] extends keyof FieldWords
    ? FieldWords[K[N]]
    : K[N] extends FieldDefinition<infer T>
      ? T
      : never;
};

/** A kind of action whose fields are known to the compiler; {@link defineAction} makes one. */
export interface DefinedAction<S extends FieldKinds, E extends FieldKinds> {
  readonly type: string;
  /** Runs a function as such an action; `succeed` says what its last message holds. */
  readonly run: <T>(
    fields: FieldValues<S>,
    fn: (succeed: (fields: FieldValues<E>) => void, action: Action) => T,
  ) => T;
}

/** A kind of message whose fields are known to the compiler; {@link defineMessage} makes one. */
export interface DefinedMessage<F extends FieldKinds> {
  readonly type: string;
  readonly log: (fields: FieldValues<F>) => void;
}

interface Definition {
  readonly start?: FieldKinds;
  readonly success?: FieldKinds;
  readonly fields?: FieldKinds;
}

const actions = new Map<string, Definition>();
const messages = new Map<string, Definition>();

/**
 * Defines a kind of action with typed fields. Tests with {@link captureLogging} check every such
 * action against it.
 *
 * @param start - fields of the first message.
 * @param success - fields of the last one, when all went well.
 * @throws {@link TaskprovError} `ERR_OPTION` when the type is defined already.
 * @example
 * ```ts
 * const loading = defineAction("load", { path: "string" }, { rows: "number" });
 * loading.run({ path }, (succeed) => succeed({ rows: read(path).length }));
 * ```
 */
export function defineAction<const S extends FieldKinds, const E extends FieldKinds>(
  type: string,
  start: S,
  success: E,
): DefinedAction<S, E> {
  define(actions, type, { start, success });
  return {
    type,
    run: (fields, fn) =>
      runThrough(beginAction(type, serialized(fields, start)), (action: Action) =>
        fn((end) => action.addSuccessFields(serialized(end, success)), action),
      ),
  };
}

/**
 * Defines a kind of message with typed fields; see {@link defineAction}.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` when the type is defined already.
 */
export function defineMessage<const F extends FieldKinds>(
  type: string,
  fields: F,
): DefinedMessage<F> {
  define(messages, type, { fields });
  return { type, log: (values) => writeMessage(currentAction(), type, serialized(values, fields)) };
}

/** What is wrong with a message of a defined kind. */
export function checkTyped(message: ActionMessage): string | undefined {
  const { action_type: action, message_type: plain, action_status: status } = message;
  if (typeof plain === "string") return problemOf(message, plain, messages.get(plain)?.fields);
  if (typeof action !== "string") return undefined;
  const definition = actions.get(action);
  if (status === "started") return problemOf(message, action, definition?.start);
  return status === "succeeded" ? problemOf(message, action, definition?.success) : undefined;
}

function problemOf(
  message: ActionMessage,
  type: string,
  kinds: FieldKinds | undefined,
): string | undefined {
  for (const [name, kind] of Object.entries(kinds ?? {})) {
    // A definition with a form of its own has checked the value before it was given that form.
    if (typeof kind === "object" && kind.serialize !== undefined) continue;
    const value = message[name];
    if (accepts(kind, value)) continue;
    const words = typeof kind === "string" ? kind : kind.words;
    return `Expected the field ${name} of ${type} to be ${words}, got ${shown(value)} (${typeof value}).`;
  }
  return undefined;
}

function accepts(kind: FieldKind, value: unknown): boolean {
  if (typeof kind === "object") return kind.accepts(value);
  return kind === "any" || (typeof value === kind && value !== null);
}

function serialized(fields: ActionFields, kinds: FieldKinds): ActionFields {
  const result: Record<string, unknown> = { ...fields };
  for (const [name, kind] of Object.entries(kinds)) {
    if (typeof kind === "string" || kind.serialize === undefined) continue;
    // The compiler knows the value to be one of its kind.
    result[name] = kind.serialize(fields[name] as never);
  }
  return result;
}

function define(known: Map<string, Definition>, type: string, definition: Definition): void {
  if (known.has(type)) {
    throw new TaskprovError(
      "ERR_OPTION",
      `The type ${shown(type)} is defined already. Define it once and import it.`,
    );
  }
  known.set(type, definition);
}
