import type { ClusterStatus } from "../engines/dask/attach-reader.js";
import { DaskClient, type DaskConnectOptions } from "../engines/dask/dask-client.js";
import type { RunProgress } from "../traces/run-overview.js";
import { AttachSession } from "./attach-session.js";
import type { RunSummary } from "./build-document.js";
import { watchQuietly } from "./live-run.js";
import { type ProvTrackerOptions, settleOptions } from "./options.js";

/** How {@link attachCluster} finds the cluster and when it leaves it. */
export interface AttachClusterOptions extends DaskConnectOptions {
  /** Leaves when it fires; the document is written then too. */
  readonly signal?: AbortSignal;
  /** Leaves after so many seconds. */
  readonly forSeconds?: number;
  /** Leaves when no task has run, and nothing else has happened, for so many seconds. */
  readonly idleSeconds?: number;
  /** Seconds to try to get a lost connection back. @defaultValue `30` */
  readonly reconnectSeconds?: number;
  /** Called when recording has begun. */
  readonly onAttached?: (client: DaskClient) => void;
  /** Called about once a second. */
  readonly onStatus?: (status: ClusterStatus) => void;
  /** Called ten times a second with how the run stands, by its journal. */
  readonly onProgress?: (run: RunProgress) => void;
}

/** What came of recording a cluster. */
export interface AttachedRun extends RunSummary {
  /** Why it ended: the cluster did, we left (signal, time, idle), or the connection was lost. */
  readonly ended: "cluster" | "left" | "lost";
}

/**
 * Records a Dask cluster that runs already, until it ends or a reason to leave comes, and writes
 * the document. The scheduler is left as it was.
 *
 * @param address - `tcp://host:8786`, `tls://host:8786`, `host:8786`; see
 *   {@link DaskClient.connect} for what it is without.
 * @param options - the tracker's.
 * @throws {@link TaskprovError} before recording begins: `ERR_OPTION`, `ERR_USAGE`, `ERR_FILE`,
 *   `ERR_CONNECT`, `ERR_DESTINATION`.
 * @example
 * ```ts
 * const run = await attachCluster("tcp://127.0.0.1:8786", {}, { forSeconds: 60 });
 * console.log(run.document);
 * ```
 */
export async function attachCluster(
  address: string | undefined,
  options: ProvTrackerOptions = {},
  attach: AttachClusterOptions = {},
): Promise<AttachedRun> {
  const settled = settleOptions(options);
  const client = await DaskClient.connect(address, attach);
  const { signal, forSeconds, idleSeconds, reconnectSeconds, onStatus } = attach;
  const leaving = new Leaving(idleSeconds);
  const session = await AttachSession.open(settled, client.scheduler, {
    ...(reconnectSeconds !== undefined && { reconnectSeconds }),
    onStatus: (status) => {
      leaving.see(status);
      onStatus?.(status);
    },
  });
  const progress = tellProgress(session.journalPath, attach.onProgress);
  attach.onAttached?.(client);
  leaving.on(signal, forSeconds);
  const end = await Promise.race([session.ended, leaving.wanted]);
  leaving.stop();
  progress.stop();
  const summary = await session.finish();
  const { kind } = await session.ended;
  return { ...summary, ended: kind === "lost" ? "lost" : end === "left" ? "left" : "cluster" };
}

/** How often progress is told, in milliseconds. */
const tellEvery = 100;

function tellProgress(
  journal: string,
  onProgress: AttachClusterOptions["onProgress"],
): { readonly stop: () => void } {
  if (onProgress === undefined) return { stop: () => {} };
  const done = new AbortController();
  const run = watchQuietly(journal, done.signal);
  const timer = setInterval(() => onProgress(run.progress()), tellEvery);
  return {
    stop: () => {
      clearInterval(timer);
      done.abort();
    },
  };
}

/** Waits for a reason to leave. */
class Leaving {
  /** Resolves when there is one. */
  readonly wanted: Promise<"left">;
  readonly #idleSeconds: number | undefined;
  #leave: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #signal: AbortSignal | undefined;
  #busyAt: number = performance.now();
  #activity = 0;

  /** @param idleSeconds - as in {@link AttachClusterOptions}. */
  constructor(idleSeconds: number | undefined) {
    this.#idleSeconds = idleSeconds;
    this.wanted = new Promise((resolve) => {
      this.#leave = () => resolve("left");
    });
  }

  on(signal: AbortSignal | undefined, forSeconds: number | undefined): void {
    this.#signal = signal;
    if (signal?.aborted === true) this.#leave();
    signal?.addEventListener("abort", this.#leave);
    if (forSeconds !== undefined) this.#timer = setTimeout(this.#leave, forSeconds * 1000);
  }

  see({ connected, running, activity }: ClusterStatus): void {
    const now = performance.now();
    if (!connected || running > 0 || activity > this.#activity) this.#busyAt = now;
    this.#activity = activity;
    const idleSeconds = (now - this.#busyAt) / 1000;
    if (this.#idleSeconds !== undefined && idleSeconds >= this.#idleSeconds) this.#leave();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#leave);
  }
}
