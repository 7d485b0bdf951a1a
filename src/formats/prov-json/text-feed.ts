import { utf8Length } from "../text-places.js";

/**
 * Bytes in, text out: keeps what the reader has not consumed and decodes it together with what
 * comes, so that the reader always sees whole tokens in one flat string.
 */
export class TextFeed {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #buffer: Uint8Array = new Uint8Array(131_072);
  #size: number = 0;
  #ascii: boolean = true;

  /** The text of the bytes held, without an incomplete character at the end. */
  text: string = "";
  /** The first byte after the text, when it is not UTF-8. */
  badByte: number | undefined;

  /** Whether every character of the text takes one byte. */
  get ascii(): boolean {
    return this.#ascii;
  }

  /** How many bytes are held. */
  get size(): number {
    return this.#size;
  }

  /** Copies more bytes in, without decoding them yet. */
  add(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#size);
    this.#size = size;
  }

  /** Takes all the bytes there are, without copying them; none can be added. */
  take(bytes: Uint8Array): void {
    this.#buffer = bytes;
    this.#size = bytes.length;
  }

  /** Drops the bytes of the text's first characters. */
  drop(chars: number): void {
    const bytes = this.#ascii ? chars : utf8Length(this.text, 0, chars);
    this.#buffer.copyWithin(0, bytes, this.#size);
    this.#size -= bytes;
  }

  /**
   * Decodes everything held.
   *
   * @param final - whether no more bytes will come.
   */
  decode(final: boolean): void {
    const bytes = this.#buffer.subarray(0, this.#size);
    const complete = final ? bytes.length : completeLength(bytes);
    try {
      this.text = this.#decoder.decode(bytes.subarray(0, complete));
    } catch (error) {
      if (!(error instanceof TypeError)) {
        throw error;
      }
      const valid = validLength(bytes);
      this.text = this.#decoder.decode(bytes.subarray(0, valid));
      this.badByte = bytes[valid];
    }
    this.#ascii = this.text.length === (this.badByte === undefined ? complete : bytes.length);
  }
}

// Without the beginning of a character whose other bytes have not come yet.
function completeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte >= 0xc0) {
      return sequenceLength(byte) > back ? length - back : length;
    }
    if (byte < 0x80) {
      break;
    }
  }
  return length;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xe0) {
    return 2;
  }
  return lead < 0xf0 ? 3 : 4;
}

// How many bytes from the start are UTF-8 (RFC 3629). Only used to find the place of an error.
function validLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || at + length > bytes.length) {
      break;
    }
    const second = bytes[at + 1] ?? 0;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (length > 1 && (second < low || second > high)) {
      break;
    }
    if (!areContinuations(bytes, at + 2, at + length)) {
      break;
    }
    at += length;
  }
  return at;
}

function areContinuations(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (((bytes[i] ?? 0) & 0xc0) !== 0x80) {
      return false;
    }
  }
  return true;
}
