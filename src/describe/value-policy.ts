import type { Redactor } from "./redact.js";

/** What of values may be recorded. */
export interface ValuePolicy {
  /**
   * `summary`: numbers, booleans, strings up to `maxValueBytes`, small containers of these;
   * anything else by type, shape and size. `none`: only references. `full`: everything up to fixed
   * limits (100,000 items and 16 MiB an argument), bytes as well.
   */
  readonly values: "summary" | "none" | "full";
  /** Strings of one argument in bytes, all together, under `summary`. */
  readonly maxValueBytes: number;
  /** Add the rich type to what is described. */
  readonly richTypes: boolean;
  /** Add the digest to what is described. @defaultValue false */
  readonly digest?: boolean;
  readonly redactor: Redactor;
}
