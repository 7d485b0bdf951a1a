import { TaskprovError } from "../../base/errors.js";
import { formatKey } from "./key.js";
import type { Key } from "./scheduler-plugin.js";

/** What `result()` rejects with when a task was cancelled or its future released. */
export class CancelledError extends TaskprovError {
  override readonly name: string = "CancelledError";
  /** The key of the task that was asked for. */
  readonly key: Key;

  /**
   * @param key - the key of the task that was asked for.
   * @param why - completes "Task KEY …".
   * @param options - `cause`: the reason of an aborted signal.
   */
  constructor(key: Key, why: string, options?: ErrorOptions) {
    super("ERR_CANCELLED", `Task ${formatKey(key)} ${why}`, options);
    this.key = key;
  }
}
