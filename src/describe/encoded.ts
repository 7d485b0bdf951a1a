/**
 * A key or an argument as it travels in events (docs/contracts.md, Arguments): scalars bare,
 * everything else a tagged array, the same in msgpack and NDJSON.
 */
export type Encoded =
  | null
  | boolean
  | number
  | string
  /** Reference to a task or data by number. */
  | readonly ["r", number]
  /** In a step of a fused task: the result of an earlier step, counted from 0. */
  | readonly ["q", number]
  | readonly ["l", readonly Encoded[]]
  | readonly ["t", readonly Encoded[]]
  | readonly ["d", readonly (readonly [Encoded, Encoded])[]]
  /** An integer beyond 2^53, in decimal. */
  | readonly ["i", string]
  | readonly ["b", string]
  /** A string with lone surrogates, as the inside of an ASCII JSON string. */
  | readonly ["s", string]
  /** An object described, not copied. */
  | readonly ["o", string, ObjectDescription]
  /** Removed by `redact` or `values: "none"`. */
  | readonly ["x"];

/**
 * What `["o", type, …]` may say about an object; all optional. (A type, not an interface, so that
 * it counts as JSON.)
 */
export type ObjectDescription = {
  /** Number of items, characters or elements. */
  readonly len?: number;
  /** Size in bytes, estimated where it cannot be known. */
  readonly nbytes?: number;
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly columns?: readonly string[];
  /** Names of the dimensions. */
  readonly dims?: readonly string[];
  /** Length of the chunks along each dimension. */
  readonly chunks?: readonly number[];
  /** The rich type, for example `tuple[number, string]`. */
  readonly rich?: string;
  /**
   * The beginning of a value cut at the size limit, or the text of one that JSON has no form for
   * (`NaN`, `Infinity`, `-0`, a date).
   */
  readonly head?: string;
  /** Digest of the whole value (docs/digests.md). */
  readonly digest?: string;
};

/** The forms of {@link Encoded} that are tagged arrays. */
export type Tagged = Extract<Encoded, readonly unknown[]>;

/** Tells a tagged array from a bare scalar. */
export function isTagged(value: Encoded): value is Tagged {
  return typeof value === "object" && value !== null;
}
