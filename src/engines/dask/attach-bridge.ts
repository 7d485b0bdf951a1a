import { TaskprovError } from "../../base/errors.js";
import { type AttachTarget, connectAgain } from "./attach-target.js";
import type { BridgeSettings } from "./bridge.js";
import { bridgeSource } from "./bridge-source.js";
import { pickleSource } from "./comm/pickle-source.js";
import { callScheduler } from "./comm/scheduler-call.js";

/** What the bridge needs to know when it sends its journal over a connection. */
export interface AttachSettings extends Omit<BridgeSettings, "folder" | "stem"> {
  readonly sink: "queue";
  /** Name of the scheduler plugin, its own: several may record one scheduler. */
  readonly plugin: string;
  readonly runId: string;
  /** Seconds that the record goes on without a reader. */
  readonly graceSeconds: number;
  /** Bytes of the journal that are kept for a reader; what comes beyond is lost and counted. */
  readonly bufferedBytes?: number;
}

/** Loading the bridge takes a scheduler about 50 milliseconds; a busy one may take its time. */
const registerTimeoutMs = 60_000;

/**
 * Puts the bridge into a running scheduler; it records from now on, for the first reader to come.
 *
 * @throws {@link TaskprovError} `ERR_CONNECT` when the scheduler does not take it.
 */
export async function plantBridge(target: AttachTarget, settings: AttachSettings): Promise<void> {
  const { loader, sources } = bridgeSource();
  const plugin = pickleSource(loader, JSON.stringify({ sources, settings }));
  const connection = await connectAgain(target);
  try {
    const fields = { plugin, name: settings.plugin, idempotent: true };
    await callScheduler(connection, "register_scheduler_plugin", fields, registerTimeoutMs);
  } catch (cause) {
    throw explained(target, cause);
  } finally {
    connection.close();
  }
}

function explained({ name }: AttachTarget, cause: unknown): unknown {
  const text = cause instanceof Error ? cause.message : "";
  if (!/disallow|forbid/i.test(text)) return cause;
  return new TaskprovError(
    "ERR_CONNECT",
    `${name} is configured to take no plugins (distributed.scheduler.pickle or blocked-handlers), so it cannot be recorded from outside. Start it under \`taskprov run\` instead.`,
    { cause },
  );
}
