import type { Wire } from "../../../events/wire.js";
import { WireWriter } from "../../../events/wire-writer.js";

/** A value in a message to the scheduler: what events use, and bytes. */
export type MessageValue = Wire | Uint8Array;

/** A message to the scheduler: `op` and its arguments, at most 15 fields. */
export type OutgoingMessage = Readonly<Record<string, MessageValue>>;

/** Packs a message; its values are small, or bytes. */
export function encodeMessage(message: OutgoingMessage): Buffer {
  const fields = Object.entries(message);
  const parts: Buffer[] = [Buffer.of(0x80 | fields.length)];
  for (const [name, value] of fields) {
    parts.push(packed(name));
    if (value instanceof Uint8Array) parts.push(binaryHeader(value.length), Buffer.from(value));
    else parts.push(packed(value));
  }
  return Buffer.concat(parts);
}

function packed(value: Wire): Buffer {
  const writer = new WireWriter(256);
  writer.write(value);
  return writer.view();
}

function binaryHeader(length: number): Buffer {
  const header = Buffer.of(0xc6, 0, 0, 0, 0);
  header.writeUInt32BE(length, 1);
  return header;
}
