import type { LoggedMessages } from "../../actions/attempt-messages.js";
import type { EpochSeconds } from "../../base/clock.js";
import type { Key, TransitionInfo, WorkerInfo } from "./scheduler-plugin.js";

/**
 * What goes with the transitions of one stimulus. A class, because copying literals and printing
 * the time of every stimulus cost more than a small task.
 */
export class TransitionFacts implements TransitionInfo {
  readonly time: EpochSeconds;
  declare runId?: number;
  declare worker?: WorkerInfo;
  declare startStop?: { readonly start: EpochSeconds; readonly stop: EpochSeconds };
  declare result?: { readonly value: unknown };
  declare error?: { readonly thrown: unknown };
  declare messages?: LoggedMessages;
  declare retriesLeft?: number;
  declare blamed?: Key;
  declare reason?: string;
  readonly #stimulus: string;

  constructor(stimulus: string, time: EpochSeconds) {
    this.#stimulus = stimulus;
    this.time = time;
  }

  /** In Dask's style: what happened, and when. */
  get stimulusId(): string {
    return `${this.#stimulus}-${this.time}`;
  }

  /** The same stimulus, for a transition of which there is more to tell. */
  copy(): TransitionFacts {
    return new TransitionFacts(this.#stimulus, this.time);
  }

  /** The same stimulus with some more facts. */
  with(facts: Partial<Omit<TransitionInfo, "stimulusId" | "time">>): TransitionFacts {
    return Object.assign(this.copy(), facts);
  }
}
