import { systemClock } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import { connectAgain } from "../engines/dask/attach-target.js";
import type { DaskConnection } from "../engines/dask/comm/dask-connection.js";
import { callScheduler } from "../engines/dask/comm/scheduler-call.js";
import type { DaskClient } from "../engines/dask/dask-client.js";
import { readConnectionFile } from "../notebook/kernel/connection-file.js";
import { injectHook } from "../notebook/kernel/inject-hook.js";
import { KernelConnection } from "../notebook/kernel/kernel-connection.js";
import { type CellMessage, watchCells } from "../notebook/kernel/watch-cells.js";
import { type AttachClusterOptions, type AttachedRun, attachCluster } from "./attach-cluster.js";
import type { ProvTrackerOptions } from "./options.js";

/** How {@link attachNotebook} goes about it. */
export interface AttachNotebookOptions extends AttachClusterOptions {
  /** Path of the kernel's connection file. */
  readonly kernel: string;
  /**
   * Load the hook into the kernel, for exact lines. It runs code there; without it the kernel is
   * only listened to, and tasks are placed by the cell that ran. @defaultValue `false`
   */
  readonly inject?: boolean;
}

/**
 * Records a Dask cluster together with the cells of a running notebook that works on it, until the
 * cluster ends or a reason to leave comes.
 *
 * @param address - of the scheduler; with `inject` by default that of the kernel's client.
 * @param options - the tracker's.
 * @throws {@link TaskprovError} before recording begins: `ERR_FILE`, `ERR_CONNECT`, `ERR_USAGE`,
 *   `ERR_OPTION`, `ERR_DESTINATION`.
 */
export async function attachNotebook(
  address: string | undefined,
  options: ProvTrackerOptions,
  attach: AttachNotebookOptions,
): Promise<AttachedRun> {
  const kernel = await KernelConnection.open(await readConnectionFile(attach.kernel), () =>
    systemClock.now(),
  );
  try {
    const hook = attach.inject === true ? await injectHook(kernel) : undefined;
    const scheduler = address ?? reachable(hook?.scheduler);
    return await recordBoth(scheduler, options, attach, hook === undefined ? kernel : undefined);
  } finally {
    kernel.close();
  }
}

function reachable(found: string | undefined): string | undefined {
  if (found === undefined || /^(tcp|tls):/.test(found)) return found;
  throw new TaskprovError(
    "ERR_CONNECT",
    `The kernel's scheduler is in the kernel itself (${found}) and cannot be reached from outside. Record it there: client.register_plugin(taskprov.ProvTracker(jupyter_tracking=True))`,
  );
}

async function recordBoth(
  address: string | undefined,
  options: ProvTrackerOptions,
  attach: AttachNotebookOptions,
  listened: KernelConnection | undefined,
): Promise<AttachedRun> {
  let teller: CellTeller | undefined;
  const { kernel, inject, ...cluster } = attach;
  const run = await attachCluster(
    address,
    { jupyterTracking: true, ...options },
    {
      ...cluster,
      onAttached: (client) => {
        attach.onAttached?.(client);
        if (listened === undefined) return;
        teller = new CellTeller(client);
        const { tell } = teller;
        // It ends when the connection is closed.
        watchCells(listened, kernel, tell).catch(() => undefined);
      },
    },
  ).finally(() => teller?.close());
  const problems = [...run.problems, ...(teller?.problems ?? [])];
  if (listened !== undefined && listened.forged > 0) {
    problems.push(`${listened.forged} messages of the kernel had a wrong signature`);
  }
  return { ...run, problems };
}

/** Tells the scheduler's record of cells, in order. */
class CellTeller {
  readonly problems: string[] = [];
  readonly tell: (message: CellMessage) => void;
  #connection: Promise<DaskConnection>;
  #told: Promise<void> = Promise.resolve();

  constructor({ scheduler }: DaskClient) {
    this.#connection = connectAgain(scheduler.target);
    this.#connection.catch(() => undefined);
    this.tell = (message) => {
      this.#told = this.#told
        .then(() => this.#send(message))
        .catch((error: unknown) => {
          const text = `The cells of the kernel could not be recorded: ${String(error)}`;
          if (!this.problems.includes(text)) this.problems.push(text);
        });
    };
  }

  async close(): Promise<void> {
    await this.#told;
    const connection = await this.#connection.catch(() => undefined);
    connection?.close();
  }

  async #send(msg: CellMessage): Promise<void> {
    await callScheduler(await this.#connection, "log_event", { topic: "taskprov", msg }, 10_000);
  }
}
