import { AsyncLocalStorage } from "node:async_hooks";
import { watchMessages } from "../../../actions/action.js";
import { AttemptMessages, type LoggedMessages } from "../../../actions/attempt-messages.js";
import type { ActionMessage } from "../../../actions/message.js";

/** The messages of one function that runs on this thread. */
export interface KeptMessages {
  /** What is logged in there is kept. */
  readonly run: <T>(fn: () => T) => T;
  /** The last of them; what is logged later is no part of the attempt. */
  readonly taken: () => { readonly messages?: LoggedMessages };
}

const current = new AsyncLocalStorage<(message: ActionMessage) => void>();
const sendMilliseconds = 100;

/**
 * Keeps what a function logs and sends it in pieces, so that much of it is there if the thread dies.
 *
 * @param post - sends a piece.
 */
export function keepMessages(post: (messages: LoggedMessages) => void): KeptMessages {
  const kept = new AttemptMessages();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const send = (): void => {
    timer = undefined;
    const messages = kept.take();
    if (messages !== undefined) post(messages);
  };
  const add = (message: ActionMessage): void => {
    if (!isOver && kept.add(message)) timer ??= setTimeout(send, sendMilliseconds).unref();
  };
  watchMessages((message) => current.getStore()?.(message));
  return {
    run: (fn) => current.run(add, fn),
    taken: () => {
      isOver = true;
      clearTimeout(timer);
      const messages = kept.take();
      return messages === undefined ? {} : { messages };
    },
  };
}
