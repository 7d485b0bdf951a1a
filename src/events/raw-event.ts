import type { EventPosition } from "./event-error.js";
import type { RawWire } from "./wire-reader.js";

/** An event as it stands in a journal, not yet decoded. */
export interface RawEvent {
  readonly wire: RawWire;
  readonly position: EventPosition;
}

/**
 * Receives each event as soon as it is read. What it does not keep is garbage at once; lists of all
 * that a chunk held would live long enough to be moved about by the collector.
 */
export type TakeRaw = (wire: RawWire, position: EventPosition) => void;

/** Takes a journal apart into events, chunk by chunk. */
export interface RawParser {
  /** Takes the next bytes and gives the events that are complete with them. */
  push(chunk: Uint8Array, take: TakeRaw): void;
  /** Says that nothing follows and gives the last events. */
  finish(take: TakeRaw): void;
}
