import type { EpochSeconds } from "../base/clock.js";

/** What an event is made of on its way: the values that msgpack and JSON share. */
export type Wire =
  | null
  | boolean
  | number
  | string
  | readonly Wire[]
  | { readonly [name: string]: Wire };

/** An event on its way: `[kind, time, …]` by the table of docs/contracts.md. */
export type WireEvent = readonly [kind: string, time: EpochSeconds, ...fields: Wire[]];

/** First entry of a journal: who wrote it. */
export interface JournalHeader {
  /** Program that writes, `taskprov`. */
  readonly producer: string;
  /** Versions of the producer, its engine and its runtime, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** A UUID. */
  readonly runId: string;
  readonly created: EpochSeconds;
}

/** The eight bytes a journal begins with. */
export const journalMagic = "TPJRNL1\n";
/** Bytes before each payload: its length, its sequence number, its checksum. */
export const frameHeaderBytes = 12;
/** Events in one frame at most. */
export const maxFrameEvents = 2000;
/** Bytes of a frame's payload at most, unless it holds a single event. */
export const maxFrameBytes: number = 4 * 1024 * 1024;
/** Bytes of a single event at most. */
export const maxEventBytes: number = 64 * 1024 * 1024;
/** Nesting of arrays and maps in an event at most; what is deeper is refused. */
export const maxWireDepth = 100;
