import { watchMessages } from "../../actions/action.js";
import { AttemptMessages } from "../../actions/attempt-messages.js";
import type { Attempt } from "./attempt.js";
import { currentAttempt } from "./task-context.js";

/** From now on what is logged inside an attempt that somebody observes is kept with it. */
export function noteMessages(): void {
  watchMessages((message) => {
    const attempt = currentAttempt.getStore();
    if (attempt?.timed === true && !attempt.over) messagesOf(attempt).add(message);
  });
}

/** The messages of an attempt, to add some. */
export function messagesOf(attempt: Attempt): AttemptMessages {
  attempt.messages ??= new AttemptMessages();
  return attempt.messages;
}
