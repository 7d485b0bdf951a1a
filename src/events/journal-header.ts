import { EventError, type EventPosition } from "./event-error.js";
import { Fields, isRecord } from "./fields.js";
import type { JournalHeader } from "./wire.js";
import type { RawWire } from "./wire-reader.js";

/**
 * Decodes the first entry of a journal. More fields than known are ignored.
 *
 * @throws {@link EventError} `ERR_EVENT_INVALID` with the path of what is missing.
 */
export function decodeHeader(wire: RawWire, position: EventPosition): JournalHeader {
  if (!isRecord(wire)) throw new EventError(position, "$", "expected the journal's header");
  const fields = new Fields(wire, position);
  return {
    producer: fields.text("producer"),
    versions: fields.optionalEntries("versions", (entries, name) => entries.text(name)) ?? {},
    runId: fields.text("runId"),
    created: fields.number("created"),
  };
}
