import { computeType, persistType } from "../../actions/message.js";
import { startAction } from "../../actions/start-action.js";
import type { Client } from "./client.js";
import type { Gathered, Persisted } from "./futurable.js";

/**
 * Computes delayed values as an action of its own, in which every task is an action with its key and
 * dependencies; see {@link startAction}. Tasks submitted inside any action are logged alike.
 *
 * @returns the structure with results in place of delayed values.
 * @throws {@link TaskprovError} as {@link Client.compute}; rejected with what the first task to fail
 * threw.
 * @example
 * ```ts
 * toFile("run.log");
 * const [total] = await startAction("main", () => computeWithTrace(client, [sum(parts)]));
 * ```
 */
export async function computeWithTrace<T>(client: Client, value: T): Promise<Gathered<T>> {
  return await startAction(computeType, { client: client.id }, async () => {
    const future = client.compute(value);
    return await future.result();
  });
}

/**
 * Starts to compute delayed values as an action of its own and keeps their results; see
 * {@link computeWithTrace}.
 *
 * @returns the structure with futures in place of delayed values.
 * @throws {@link TaskprovError} as {@link Client.persist}.
 */
export function persistWithTrace<T>(client: Client, value: T): Persisted<T> {
  return startAction(persistType, { client: client.id }, () => client.persist(value));
}
