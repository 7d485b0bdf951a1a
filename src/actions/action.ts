import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { systemClock } from "../base/clock.js";
import { deliver } from "./destinations.js";
import { describeFailure } from "./exception-fields.js";
import type { ActionFields, ActionMessage, ActionStatus } from "./message.js";
import { withFields } from "./with-fields.js";

/** Where messages go instead of the destinations: a test's logger. */
export type MessageSink = (message: ActionMessage) => void;

/** Where an action stands in the log. */
export interface ActionPlace {
  readonly taskUuid: string;
  /** Empty for the first action of a tree; a child has its parent's and its own number. */
  readonly level: readonly number[];
  readonly parent?: Action | undefined;
  /** Messages of it that were written elsewhere. Default 0. */
  readonly last?: number;
  readonly sink?: MessageSink | undefined;
}

/**
 * Something that begins, has messages and further actions in it, and succeeds or fails.
 * {@link startAction} makes one.
 */
export class Action {
  /** What it does: `main`, `load`. */
  readonly type: string;
  /** Shared by all actions of one tree. */
  readonly taskUuid: string;
  /** @internal */
  readonly level: readonly number[];
  /** @internal */
  readonly sink: MessageSink | undefined;
  readonly #parent: Action | undefined;
  #last: number;
  #ended = false;
  #successFields: ActionFields | undefined;

  /** @internal */
  constructor(type: string, place: ActionPlace) {
    this.type = type;
    this.taskUuid = place.taskUuid;
    this.level = place.level;
    this.sink = place.sink;
    this.#parent = place.parent;
    this.#last = place.last ?? 0;
  }

  /** Whether its last message is written. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many messages and actions it has so far. @internal */
  get last(): number {
    return this.#last;
  }

  /** What the last message will say if all goes well. @internal */
  get successFields(): ActionFields | undefined {
    return this.#successFields;
  }

  /** Adds fields to the message that this action will end with if it succeeds. */
  addSuccessFields(fields: ActionFields): void {
    const known = this.#successFields;
    // Spreading the second of two objects is slow, and mostly there is one.
    this.#successFields = known === undefined ? { ...fields } : { ...known, ...fields };
  }

  /** Writes a message into this action; after its end, as {@link logMessage} does there. */
  log(type: string, fields: ActionFields = {}): void {
    writeMessage(this, type, fields);
  }

  /**
   * Runs a function inside this action without ending it: what it logs, also later in its promises,
   * belongs here.
   */
  run<T>(fn: () => T): T {
    return currentActions.run(this, fn);
  }

  /** Ends it well. A second end does nothing. */
  finish(fields?: ActionFields): void {
    const known = this.#successFields;
    this.#end("succeeded", fields && known ? { ...known, ...fields } : (fields ?? known ?? {}));
  }

  /** Ends it with what was thrown. A second end does nothing. */
  fail(thrown: unknown): void {
    this.#end("failed", describeFailure(thrown));
  }

  /**
   * A text by which another process or thread continues here: {@link continueTask}. Each text is for
   * one continuation; one that nobody continues leaves a gap in the log.
   */
  serializeTaskId(): string {
    return `${this.taskUuid}@/${this.nextLevel().join("/")}`;
  }

  /** Ends it, well unless it has failed; for `using`. */
  [Symbol.dispose](): void {
    this.finish();
  }

  /** The place of the next message or action in it. @internal */
  nextLevel(): number[] {
    this.#last++;
    const level = this.level.slice();
    level.push(this.#last);
    return level;
  }

  /** Messages were written elsewhere: the next one comes after them. @internal */
  passTo(last: number): void {
    if (last > this.#last) this.#last = last;
  }

  /** Ends it here; its last message is written elsewhere. @internal */
  leave(): void {
    this.#ended = true;
  }

  /** This action or the nearest around it that is still open. @internal */
  get open(): Action | undefined {
    let action: Action | undefined = this;
    while (action?.ended) action = action.#parent;
    return action;
  }

  /** Writes its first message. @internal */
  begin(fields: ActionFields): this {
    this.#write(fields, "started");
    return this;
  }

  #end(status: ActionStatus, fields: ActionFields): void {
    if (this.#ended) return;
    this.#write(fields, status);
    this.#ended = true;
  }

  #write(fields: ActionFields, status: ActionStatus): void {
    const message = {
      timestamp: systemClock.now(),
      task_uuid: this.taskUuid,
      task_level: this.nextLevel(),
      action_type: this.type,
      action_status: status,
    };
    send(this.sink, withFields(message, fields));
  }
}

/** Follows promises, timers and callbacks. */
const currentActions = new AsyncLocalStorage<Action | undefined>();
/** Around tests that look at what is logged. */
const currentSinks = new AsyncLocalStorage<MessageSink>();

/** The action that the code running now belongs to; undefined outside any. */
export function currentAction(): Action | undefined {
  return currentActions.getStore();
}

/** Runs a function in an action, or outside any, whatever the context of the caller. */
export function runInAction<T, A extends readonly unknown[]>(
  action: Action | undefined,
  fn: (...args: A) => T,
  ...args: A
): T {
  return currentActions.run(action, fn, ...args);
}

/** Runs a function with everything it logs going to a sink instead of the destinations. */
export function runWithSink<T>(sink: MessageSink, fn: () => T): T {
  return currentActions.run(undefined, () => currentSinks.run(sink, fn));
}

/**
 * A child of the current action, or the first action of a new tree. The log of an action that has
 * ended is whole: what comes later belongs to the nearest action around it that is open.
 */
export function beginAction(type: string, fields: ActionFields): Action {
  const around = currentActions.getStore();
  const parent = around?.open;
  if (parent === undefined) return beginTask(type, { ...fields, ...afterEnd(around) });
  const { taskUuid, sink } = parent;
  return new Action(type, { taskUuid, level: parent.nextLevel(), parent, sink }).begin(fields);
}

/** The first action of a new tree. */
export function beginTask(type: string, fields: ActionFields): Action {
  const sink = currentActions.getStore()?.sink ?? currentSinks.getStore();
  return new Action(type, { taskUuid: randomUUID(), level: [], sink }).begin(fields);
}

/** Continues where a text of {@link Action.serializeTaskId} says. */
export function beginContinued(type: string, place: ActionPlace, fields: ActionFields): Action {
  return new Action(type, { sink: currentSinks.getStore(), ...place }).begin(fields);
}

/** Writes a message into an action, or by itself. */
export function writeMessage(around: Action | undefined, type: string, fields: ActionFields): void {
  const action = around?.open;
  const sink = around?.sink ?? currentSinks.getStore();
  const message = {
    timestamp: systemClock.now(),
    task_uuid: action?.taskUuid ?? randomUUID(),
    task_level: action?.nextLevel() ?? [1],
    message_type: type,
  };
  const all = action === undefined ? { ...fields, ...afterEnd(around) } : fields;
  send(sink, withFields(message, all));
}

/** Everything around was over: says where it would have stood. */
function afterEnd(action: Action | undefined): ActionFields {
  if (action === undefined) return {};
  return { "taskprov:after": `${action.taskUuid}@/${action.level.join("/")}` };
}

let watcher: MessageSink | undefined;

/** Has a function see every message of this thread before it goes anywhere. It must not throw. */
export function watchMessages(watch: MessageSink): void {
  watcher = watch;
}

function send(sink: MessageSink | undefined, message: ActionMessage): void {
  watcher?.(message);
  if (sink === undefined) deliver(message);
  else sink(message);
}
