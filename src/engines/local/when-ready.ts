import { TaskprovError } from "../../base/errors.js";
import { anInteger, checkOptions, type Expectation } from "../../base/options.js";
import type { Producer } from "./client-load.js";
import type { ClientSession } from "./client-session.js";
import { attemptIn } from "./task-context.js";
import { secondsOrSignal } from "./task-options.js";
import type { WaitOptions } from "./waiting.js";

/** Options of {@link Client.ready}. */
export interface ReadyOptions extends WaitOptions {
  /**
   * Wait until fewer tasks than this have no outcome; with 1, until all have one. From 1; default
   * the `maxPending` of the client.
   */
  readonly below?: number;
}

const expectations: Readonly<Record<keyof ReadyOptions, Expectation>> = {
  ...secondsOrSignal,
  below: anInteger(1, Number.MAX_SAFE_INTEGER),
};

/**
 * Waits until a client has room for more tasks. Inside a task the slot of the task is given back
 * meanwhile.
 *
 * @throws {@link TaskprovError} `ERR_TIMEOUT`, `ERR_CLOSED`, `ERR_OPTION`; the signal's reason.
 */
export function whenReady(session: ClientSession, options: ReadyOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    session.assertOpen("wait until the client is ready");
    checkOptions(options, expectations, "ready");
    const { core } = session;
    const { load, info } = session.state;
    const { below = load.limit, timeout, signal } = options;
    const attempt = attemptIn(core);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      load.leave(producer);
      settle();
    };
    const aborted = (): void => end(() => reject(signal?.reason));
    const producer: Producer = {
      below,
      admit: () => end(resolve),
      hold: () => core.secede(attempt),
      refuse: () => end(() => reject(closed(info.id))),
    };
    load.wait(producer);
    signal?.addEventListener("abort", aborted, { once: true });
    if (signal?.aborted === true) aborted();
    else if (timeout !== undefined) {
      timer = setTimeout(() => end(() => reject(tooLong(timeout, load.pending))), timeout * 1000);
    }
  });
}

function closed(client: string): TaskprovError {
  return new TaskprovError(
    "ERR_CLOSED",
    `The client ${client} was closed while ready() waited for room: nothing more can be submitted.`,
  );
}

function tooLong(seconds: number, pending: number): TaskprovError {
  return new TaskprovError(
    "ERR_TIMEOUT",
    `Waited ${seconds} s for room for more tasks; ${pending} have no outcome yet. Wait again, or raise \`maxPending\`.`,
  );
}
