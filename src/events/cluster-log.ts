import type { EpochSeconds } from "../base/clock.js";
import type { LogLevel } from "./telemetry-event.js";

/** A log record that a scheduler or worker still has in its memory. */
export interface ClusterLogRecord {
  readonly time: EpochSeconds;
  readonly level: LogLevel;
  readonly text: string;
  /** Name of the logger, where Dask's own format of lines says it. */
  readonly logger?: string;
  /** Address of the worker; absent: the scheduler. */
  readonly worker?: string;
}

/** Which records `getSchedulerLogs` gives. */
export interface SchedulerLogOptions {
  /** So many at most, the newest ones. @defaultValue all there are */
  readonly count?: number;
}

/** Which records `getWorkerLogs` gives. */
export interface WorkerLogOptions {
  /** So many of each worker at most, the newest ones. @defaultValue all there are */
  readonly count?: number;
  /** Addresses of workers. @defaultValue all workers */
  readonly workers?: readonly string[];
  /** Those of the workers' nannies instead; they are told by the workers' addresses. */
  readonly nanny?: boolean;
}
