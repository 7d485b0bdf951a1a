import type { EpochSeconds } from "../base/clock.js";

/** JSON as events carry it in free-form places (options, versions, annotations). */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json };

/** Number of a task or of scattered data, given by the `graph` or `scatter` event that names it. */
export type TaskNumber = number;

/** What every event has. */
export interface Timed {
  /** Seconds since the epoch on the scheduler's clock. */
  readonly time: EpochSeconds;
}
