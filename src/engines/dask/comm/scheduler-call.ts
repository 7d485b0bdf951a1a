import { TaskprovError } from "../../../base/errors.js";
import { isRecord } from "../../../events/fields.js";
import type { RawWire } from "../../../events/wire-reader.js";
import { type DaskConnection, nameOf } from "./dask-connection.js";
import type { OutgoingMessage } from "./message.js";

/**
 * Asks a Dask server and waits for its answer.
 *
 * @param op - the name of the handler; of one that is not there Dask answers null.
 * @throws {@link TaskprovError} `ERR_CONNECT` when no answer comes, or the answer is an error.
 */
export async function callScheduler(
  connection: DaskConnection,
  op: string,
  fields: OutgoingMessage,
  timeoutMs: number,
): Promise<RawWire> {
  connection.send({ op, reply: true, ...fields });
  const answer = await connection.receive(timeoutMs);
  if (isRecord(answer) && answer["status"] === "uncaught-error") {
    const reason = String(answer["exception_text"] ?? "no reason given").slice(0, 500);
    throw new TaskprovError("ERR_CONNECT", `${nameOf(connection)} refused \`${op}\`: ${reason}`);
  }
  return answer;
}
