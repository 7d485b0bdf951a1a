import type { ActionFields } from "../actions/message.js";
import type { EpochSeconds } from "../base/clock.js";

/** An action of the log and how many messages it has so far. */
export interface OpenAction {
  readonly level: readonly number[];
  readonly type: string;
  last: number;
}

/** A message and where it stands in the log of the run. */
export interface PlacedMessage {
  readonly level: readonly number[];
  readonly timestamp: EpochSeconds;
  readonly fields: ActionFields;
}

/**
 * Moves what an attempt logged into the attempt's action in the log of the run: the messages keep
 * their order and the actions in there their shape, under numbers of this log.
 */
export class LoggedTree {
  readonly #around: OpenAction;
  /** Actions of the attempt by where they stood in the log that it wrote. */
  readonly #actions = new Map<string, OpenAction>();

  constructor(around: OpenAction) {
    this.#around = around;
  }

  /** @param time - for a message that does not say when it was written. */
  place(text: string, time: EpochSeconds): PlacedMessage {
    const { timestamp, task_uuid: uuid, task_level: stood, ...fields } = messageOf(text);
    const within = Array.isArray(stood) ? stood.slice(0, -1) : [];
    const isStart = fields["action_status"] === "started";
    const action = isStart ? this.#begin(uuid, within) : this.#actionAt(uuid, within);
    return {
      level: [...action.level, ++action.last],
      timestamp: typeof timestamp === "number" ? timestamp : time,
      // The end of an action whose beginning is not in the record.
      fields: isStart || action !== this.#around ? fields : asMessage(fields),
    };
  }

  #begin(uuid: unknown, place: readonly unknown[]): OpenAction {
    const around = this.#actionAt(uuid, place.slice(0, -1));
    const action = { level: [...around.level, ++around.last], type: "", last: 0 };
    this.#actions.set(placeText(uuid, place), action);
    return action;
  }

  #actionAt(uuid: unknown, place: readonly unknown[]): OpenAction {
    return this.#actions.get(placeText(uuid, place)) ?? this.#around;
  }
}

function placeText(uuid: unknown, place: readonly unknown[]): string {
  return `${uuid}@/${place.join("/")}`;
}

/** A journal can come from anywhere: what is no message becomes one. */
function messageOf(text: string): ActionFields {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message === "object" && message !== null && !Array.isArray(message)) {
      return { ...message };
    }
  } catch {
    // Shown as it is.
  }
  return { text, message_type: "" };
}

function asMessage({
  action_type: type,
  action_status: status,
  ...fields
}: ActionFields): ActionFields {
  if (type === undefined) return { message_type: "", ...fields };
  return { ...fields, ...(status !== undefined && { status }), message_type: type };
}
