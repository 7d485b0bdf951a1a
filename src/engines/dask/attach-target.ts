import { type DaskAddress, formatDaskAddress } from "./comm/dask-address.js";
import { type ConnectOptions, connectDask, type DaskConnection } from "./comm/dask-connection.js";
import { identifyScheduler, type SchedulerIdentity } from "./comm/identify-scheduler.js";

/** Connecting and shaking hands take so long at most, each. */
const defaultTimeoutMs = 10_000;

/** A Dask scheduler that was reached once, and how to reach it again. */
export interface AttachTarget {
  readonly address: DaskAddress;
  /** The address as text. */
  readonly name: string;
  readonly connect: ConnectOptions;
  readonly identity: SchedulerIdentity;
}

/**
 * Finds out who listens at an address.
 *
 * @throws {@link TaskprovError} `ERR_CONNECT` when it is no scheduler that can be recorded,
 *   `ERR_FILE` for TLS files.
 */
export async function reachScheduler(
  address: DaskAddress,
  options: Omit<ConnectOptions, "timeoutMs">,
): Promise<AttachTarget> {
  const connect = { ...options, timeoutMs: defaultTimeoutMs };
  const connection = await connectDask(address, connect);
  try {
    const identity = await identifyScheduler(connection, connect.timeoutMs);
    return { address, name: formatDaskAddress(address), connect, identity };
  } finally {
    connection.close();
  }
}

/** A new connection to a scheduler; see {@link connectDask} for what it throws. */
export function connectAgain({ address, connect }: AttachTarget): Promise<DaskConnection> {
  return connectDask(address, connect);
}
