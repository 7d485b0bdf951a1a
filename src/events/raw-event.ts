import type { EventPosition } from "./event-error.js";
import type { RawWire } from "./wire-reader.js";

/** An event as it stands in a journal, not yet decoded. */
export interface RawEvent {
  readonly wire: RawWire;
  readonly position: EventPosition;
}

/** Takes a journal apart into events, chunk by chunk. */
export interface RawParser {
  /** Takes the next bytes and gives the events that are complete with them. */
  push(chunk: Uint8Array): RawEvent[];
  /** Says that nothing follows and gives the last events. */
  finish(): RawEvent[];
}
