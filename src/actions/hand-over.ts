import { Action, runInAction } from "./action.js";
import { addDestination, deliver, hasDestinations } from "./destinations.js";
import { encodeMessage } from "./encode-message.js";
import type { ActionFields, ActionMessage } from "./message.js";

/** An open action as another thread of this process gets it. */
export interface HandedAction {
  readonly type: string;
  readonly taskUuid: string;
  readonly level: readonly number[];
  /** How many messages it has. */
  readonly last: number;
}

/** What the other thread tells of it afterwards. */
export interface ReturnedAction {
  readonly last: number;
  readonly successFields?: ActionFields;
  /** What was logged and not yet sent. */
  readonly log: readonly ActionMessage[];
}

/** Messages that wait at most before they are sent. */
const mostWaiting = 64;

/** The action for another thread; until {@link takeBack} nothing may be written into it here. */
export function handOver(action: Action): HandedAction {
  const { type, taskUuid, level, last } = action;
  return { type, taskUuid, level, last };
}

/** Goes on with an action where the other thread left it. */
export function takeBack(action: Action, returned: ReturnedAction): void {
  takeLog(action, returned.log);
  action.passTo(returned.last);
  if (returned.successFields !== undefined) action.addSuccessFields(returned.successFields);
}

/** Writes what another thread logged, and notes how far it came in the action. */
export function takeLog(action: Action, log: readonly ActionMessage[]): void {
  const { sink, level } = action;
  for (const message of log) {
    const isWithin =
      message.task_uuid === action.taskUuid &&
      level.every((part, i) => message.task_level[i] === part);
    if (isWithin) action.passTo(message.task_level[level.length] ?? 0);
    if (sink === undefined) deliver(message);
    else sink(message);
  }
}

/** In the other thread: what it logs on its way to the thread that handed the action over. */
interface Relay {
  waiting: ActionMessage[];
  timer: NodeJS.Timeout | undefined;
}

let relay: Relay | undefined;

/** A function that runs in a handed action. */
export interface HandedRun {
  /** Runs it; call once, then {@link HandedRun.returned}. */
  readonly run: <T>(fn: () => T) => T;
  readonly returned: () => ReturnedAction;
}

/**
 * In the other thread: makes a handed action the current one of a function. What this thread logs
 * from now on is sent in pieces, unless it has destinations of its own.
 *
 * @param send - posts a piece to the thread that handed the action over.
 */
export function receiveAction(
  handed: HandedAction,
  send: (log: readonly ActionMessage[]) => void,
): HandedRun {
  const action = new Action(handed.type, handed);
  if (relay === undefined && !hasDestinations()) relay = startRelay(send);
  return {
    run: (fn) => runInAction(action, fn),
    returned: () => {
      const { last, successFields } = action;
      action.leave();
      return {
        last,
        log: relay === undefined ? [] : takeWaiting(relay),
        ...(successFields !== undefined && { successFields: portable(successFields) }),
      };
    },
  };
}

function startRelay(send: (log: readonly ActionMessage[]) => void): Relay {
  const started: Relay = { waiting: [], timer: undefined };
  const post = (): void => send(takeWaiting(started));
  addDestination((message) => {
    started.waiting.push(portable(message));
    if (started.waiting.length >= mostWaiting) post();
    else started.timer ??= setTimeout(post, 100).unref();
  });
  return started;
}

function takeWaiting(from: Relay): readonly ActionMessage[] {
  clearTimeout(from.timer);
  from.timer = undefined;
  const { waiting } = from;
  from.waiting = [];
  return waiting;
}

/** Messages travel as they are where that works, else in the form they would have in a file. */
function portable<F extends ActionFields>(fields: F): F {
  try {
    return structuredClone(fields);
  } catch {
    return JSON.parse(encodeMessage(fields));
  }
}
