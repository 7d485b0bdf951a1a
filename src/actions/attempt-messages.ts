import { encodeMessage } from "./encode-message.js";
import { type ActionMessage, attemptType, graphTaskType, remoteTaskType } from "./message.js";

/** What was logged while a task ran, as far as it is kept with the task. */
export interface LoggedMessages {
  /** Each a message as a JSON object, in order. */
  readonly texts: readonly string[];
  /** Messages that are left out, because there were too many. */
  readonly omitted: number;
}

const mostMessages = 100;
const mostChars = 32_768;
/** Of one message; a longer one is kept without its own fields. */
const longest = 4096;

/** What the action of a task says itself: the record has all of it. */
const ownTypes: ReadonlySet<unknown> = new Set([remoteTaskType, graphTaskType, attemptType]);

/** Keeps what is logged while a task runs, up to a number and a size. */
export class AttemptMessages {
  #texts: string[] = [];
  #omitted = 0;
  #count = 0;
  #chars = 0;

  /** Takes a message; what is beyond the limits is counted. */
  add(message: ActionMessage): boolean {
    const { action_type: action, message_type: type } = message;
    if (ownTypes.has(action) || ownTypes.has(type)) return false;
    if (this.#count < mostMessages) this.#keep(kept(message));
    else this.#omitted++;
    return true;
  }

  /** Takes what another thread kept. */
  join({ texts, omitted }: LoggedMessages): void {
    this.#texts.push(...texts);
    this.#omitted += omitted;
  }

  /** What came since the last call, if anything. */
  take(): LoggedMessages | undefined {
    const logged = { texts: this.#texts, omitted: this.#omitted };
    this.#texts = [];
    this.#omitted = 0;
    return logged.texts.length === 0 && logged.omitted === 0 ? undefined : logged;
  }

  #keep(text: string): void {
    if (this.#chars + text.length > mostChars) {
      this.#count = mostMessages;
      this.#omitted++;
      return;
    }
    this.#count++;
    this.#chars += text.length;
    this.#texts.push(text);
  }
}

function kept(message: ActionMessage): string {
  const text = encodeMessage(message);
  if (text.length <= longest) return text;
  const { timestamp, task_uuid, task_level, action_type, action_status, message_type } = message;
  const about = { timestamp, task_uuid, task_level, action_type, action_status, message_type };
  const said = Object.entries(about).filter(([, value]) => value !== undefined);
  return encodeMessage({
    "…": `${text.length} characters were left out`,
    ...Object.fromEntries(said.map(([name, value]) => [name, shortened(value)])),
  });
}

/** Types can be any text. */
function shortened(value: unknown): unknown {
  return typeof value === "string" && value.length > 200 ? `${value.slice(0, 200)}…` : value;
}
