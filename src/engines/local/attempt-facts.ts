import type { EpochSeconds } from "../../base/clock.js";
import type { Attempt } from "./attempt.js";
import type { TransitionInfo } from "./scheduler-plugin.js";
import type { TransitionFacts } from "./transition-facts.js";
import type { Stimulus } from "./transitions.js";

/** The facts of an attempt with a result. */
export function succeeded(
  attempt: Attempt,
  stimulus: TransitionFacts,
  value: unknown,
): TransitionFacts {
  const facts = stimulus.copy();
  facts.runId = attempt.runId;
  facts.worker = attempt.worker;
  const span = spanOf(attempt, stimulus.time);
  if (span !== undefined) facts.startStop = span;
  const messages = attempt.messages?.take();
  if (messages !== undefined) facts.messages = messages;
  facts.result = { value };
  return facts;
}

/** The facts of an attempt that is over, whatever came of it. */
export function outcome(attempt: Attempt, stimulus: Stimulus): Partial<TransitionInfo> {
  const { runId, worker } = attempt;
  const startStop = stimulus === undefined ? undefined : spanOf(attempt, stimulus.time);
  const messages = stimulus === undefined ? undefined : attempt.messages?.take();
  return {
    runId,
    worker,
    ...(startStop !== undefined && { startStop }),
    ...(messages !== undefined && { messages }),
  };
}

/** When an attempt ran; one that was cut short from outside ends now. */
function spanOf(attempt: Attempt, now: EpochSeconds): TransitionInfo["startStop"] | undefined {
  const { started, stopped } = attempt;
  if (Number.isNaN(started)) return undefined;
  return { start: started, stop: Number.isNaN(stopped) ? now : stopped };
}
