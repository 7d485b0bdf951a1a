/** Bytes of one message at most: larger than any identity or batch, smaller than what hurts. */
const maxMessageBytes = 256 * 1024 * 1024;
const maxFrames = 65_536;

/** Why bytes cannot be what Dask sends; the text completes "it answered with …". */
export class FrameError extends Error {
  /** The first bytes that came, where they say more than the error. */
  readonly head: Buffer;

  /**
   * @param message - what is wrong with the bytes.
   * @param head - the first of them.
   */
  constructor(message: string, head: Buffer) {
    super(message);
    this.name = "FrameError";
    this.head = Buffer.from(head.subarray(0, 64));
  }
}

/** A message as Dask's TCP comms carry it: lengths, then one frame. */
export function frameMessage(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(24);
  head.writeBigUInt64LE(BigInt(16 + payload.length), 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(payload.length), 16);
  return Buffer.concat([head, payload]);
}

/**
 * Takes the byte stream of a Dask comm apart. Of each message only the first frame is given: the
 * others hold pickles and arrays, which nothing here reads.
 */
export class CommFrames {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes without which the next step is impossible; joining earlier would copy for nothing. */
  #needed = 8;

  /** Bytes that wait for the rest of their message. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * Takes bytes as they come and gives the first frame of each message that they complete.
   *
   * @throws {@link FrameError} when they cannot be what Dask sends.
   */
  push(chunk: Uint8Array): Buffer[] {
    this.#waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#waitingBytes += chunk.length;
    const messages: Buffer[] = [];
    while (this.#waitingBytes >= this.#needed) {
      const message = this.#next();
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  /** The first frame of the next message; undefined when bytes are missing. */
  #next(): Buffer | undefined {
    const bytes = this.#joined();
    const blockBytes = lengthAt(bytes, 0, maxMessageBytes, bytes);
    if (blockBytes < 8) throw new FrameError(`a block of ${blockBytes} bytes`, bytes);
    if (bytes.length < 16) return this.#await(16);
    const count = lengthAt(bytes, 8, maxFrames, bytes);
    const prelude = 8 * (count + 1);
    if (count === 0 || prelude > blockBytes) throw new FrameError(`${count} frames`, bytes);
    if (bytes.length < 8 + prelude) return this.#await(8 + prelude);
    const lengths = frameLengths(bytes, count);
    const whole = 8 + Math.max(blockBytes, prelude + sum(lengths));
    if (bytes.length < whole) return this.#await(whole);
    const start = 8 + prelude;
    this.#rest(bytes.subarray(whole));
    return bytes.subarray(start, start + (lengths[0] ?? 0));
  }

  #joined(): Buffer {
    const [first] = this.#waiting;
    if (first !== undefined && this.#waiting.length === 1) return first;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [bytes];
    return bytes;
  }

  #await(bytes: number): undefined {
    this.#needed = bytes;
  }

  #rest(bytes: Buffer): void {
    this.#waiting = bytes.length === 0 ? [] : [bytes];
    this.#waitingBytes = bytes.length;
    this.#needed = 8;
  }
}

function frameLengths(bytes: Buffer, count: number): number[] {
  const lengths: number[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const length = lengthAt(bytes, 16 + 8 * i, maxMessageBytes, bytes);
    total += length;
    if (total > maxMessageBytes) throw new FrameError(`a message of ${total} bytes`, bytes);
    lengths.push(length);
  }
  return lengths;
}

function lengthAt(bytes: Buffer, offset: number, maximum: number, head: Buffer): number {
  const length = bytes.readBigUInt64LE(offset);
  if (length > BigInt(maximum)) throw new FrameError(`a length of ${length}`, head);
  return Number(length);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
