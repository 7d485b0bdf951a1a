import { crc32 } from "node:zlib";
import { encodeEvent } from "./encode-event.js";
import type { TaskEvent } from "./task-event.js";
import { frameHeaderBytes, type JournalHeader, maxFrameBytes, maxFrameEvents } from "./wire.js";
import { WireWriter } from "./wire-writer.js";

/** Where the events begin: behind the frame's header and an array header of three bytes. */
const eventsStart = frameHeaderBytes + 3;
/** Above this the buffer of one unusually long event is given back. */
const keptCapacity = 2 * maxFrameBytes;

/** What {@link FrameBuilder.add} did with an event. */
export type Added =
  /** It is in the frame. */
  | "added"
  /** The frame is full: seal it, then add the event again. */
  | "full";

/**
 * Packs events into frames. An event is encoded at once, so that it holds nothing of the user's
 * afterwards and the bytes waiting are known.
 */
export class FrameBuilder {
  #writer: WireWriter = new WireWriter(256 * 1024);
  #count = 0;
  #sequence = 0;

  constructor() {
    this.#writer.skip(eventsStart);
  }

  /** Events in the frame so far. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the frame so far. */
  get length(): number {
    return this.#count === 0 ? 0 : this.#writer.length;
  }

  /**
   * Adds an event to the frame.
   *
   * @throws TaskprovError `ERR_EVENT_INVALID` when it cannot be encoded; the frame is as before.
   */
  add(event: TaskEvent): Added {
    if (this.#count >= maxFrameEvents) return "full";
    const writer = this.#writer;
    const before = writer.length;
    writer.write(encodeEvent(event));
    if (writer.length - frameHeaderBytes > maxFrameBytes && this.#count > 0) {
      writer.reset(before);
      return "full";
    }
    this.#count++;
    return "added";
  }

  /**
   * Completes the frame and begins the next one. The bytes are valid until the next `add`.
   * Undefined when there is no event.
   */
  seal(): Buffer | undefined {
    const count = this.#count;
    if (count === 0) return undefined;
    const frame = this.#writer.view();
    frame[frameHeaderBytes] = 0xdc;
    frame.writeUInt16BE(count, frameHeaderBytes + 1);
    finishFrame(frame, ++this.#sequence);
    this.#count = 0;
    if (this.#writer.capacity > keptCapacity) this.#writer = new WireWriter(256 * 1024);
    this.#writer.reset(0);
    this.#writer.skip(eventsStart);
    return frame;
  }
}

/** The first frame of a journal. */
export function headerFrame(header: JournalHeader): Buffer {
  const writer = new WireWriter(1024);
  writer.skip(frameHeaderBytes);
  const { producer, versions, runId, created } = header;
  writer.write({ producer, versions, runId, created });
  return finishFrame(writer.view(), 0);
}

/** Writes length, sequence number and checksum before a payload. */
function finishFrame(frame: Buffer, sequence: number): Buffer {
  frame.writeUInt32LE(frame.length - frameHeaderBytes, 0);
  frame.writeUInt32LE(sequence, 4);
  const sum = crc32(frame.subarray(frameHeaderBytes), crc32(frame.subarray(4, 8)));
  frame.writeUInt32LE(sum, 8);
  return frame;
}
