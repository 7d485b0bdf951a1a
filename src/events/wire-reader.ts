import { maxWireDepth, type Wire } from "./wire.js";

/**
 * What reading msgpack gives: {@link Wire} with the two things that msgpack has and JSON lacks,
 * integers beyond 2^53 as bigint, and bytes. Decoding an event decides what becomes of them.
 */
export type RawWire =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | readonly RawWire[]
  | { readonly [name: string]: RawWire };

const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Short strings seen lately, by hash: kinds, type names and reasons come again and again, and
 * making a string of bytes costs more than all else in reading an event.
 */
const recentSlots = 256;
const recent: (string | undefined)[] = new Array<string | undefined>(recentSlots).fill(undefined);
const maxRecentLength = 16;

/**
 * A list that grows has room for 17 items from the first one on, which the collector carries as
 * long as the event lives. Up to here a count is taken at its word; it is no claim on memory.
 */
const reservedItems = 16;

function isAt(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/** How a {@link WireReader} reads. */
export interface WireReaderOptions {
  /**
   * Takes what other programs send and events never hold: names in a map that are no strings (as
   * their JSON) and extensions (as their bytes). Default false.
   */
  readonly lenient?: boolean;
}

/**
 * Reads msgpack from bytes of unknown origin. Unlike a general decoder it reserves next to nothing
 * on the word of a length field, so that a hostile file cannot claim memory it does not fill, and
 * takes `__proto__` as a name like any other.
 */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #lenient: boolean;
  #at = 0;

  /**
   * @param bytes - one or more msgpack values.
   * @param options - how to read them.
   */
  constructor(bytes: Uint8Array, { lenient = false }: WireReaderOptions = {}) {
    this.#lenient = lenient;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Position of the next byte to be read. */
  get offset(): number {
    return this.#at;
  }

  /** Whether all bytes were read. */
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /**
   * Reads the next value.
   *
   * @throws RangeError, TypeError or SyntaxError when the bytes are not msgpack, or nested too
   * deeply; the caller knows the file and makes an error of it.
   */
  read(): RawWire {
    return this.#value(0);
  }

  /**
   * Reads the header of an array and returns its length.
   *
   * @throws SyntaxError when there is something else.
   */
  readArrayHeader(): number {
    const code = this.#byte();
    if (code >= 0x90 && code <= 0x9f) return code & 0x0f;
    if (code === 0xdc) return this.#uint(2);
    if (code === 0xdd) return this.#uint(4);
    throw new SyntaxError(`expected an array, found byte 0x${code.toString(16)}`);
  }

  #value(depth: number): RawWire {
    const code = this.#byte();
    if (code < 0x80) return code;
    if (code >= 0xe0) return code - 0x100;
    if (code >= 0xa0 && code <= 0xbf) return this.#string(code & 0x1f);
    if (code >= 0x90 && code <= 0x9f) return this.#array(code & 0x0f, depth);
    if (code <= 0x8f) return this.#map(code & 0x0f, depth);
    return this.#long(code, depth);
  }

  #long(code: number, depth: number): RawWire {
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#uint(1 << (code - 0xc4)));
      case 0xca:
        return this.#view.getFloat32(this.#advance(4));
      case 0xcb:
        return this.#view.getFloat64(this.#advance(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (code - 0xcc));
      case 0xcf:
        return narrowed(this.#view.getBigUint64(this.#advance(8)));
      case 0xd0:
        return this.#view.getInt8(this.#advance(1));
      case 0xd1:
        return this.#view.getInt16(this.#advance(2));
      case 0xd2:
        return this.#view.getInt32(this.#advance(4));
      case 0xd3:
        return narrowed(this.#view.getBigInt64(this.#advance(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string(this.#uint(1 << (code - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(code === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(code === 0xde ? 2 : 4), depth);
      default:
        if (this.#lenient) return this.#extension(code);
        throw notUsed(code);
    }
  }

  /** The bytes of an extension, without its type. */
  #extension(code: number): Uint8Array {
    if (code >= 0xd4 && code <= 0xd8) return this.#take((1 << (code - 0xd4)) + 1).subarray(1);
    if (code < 0xc7 || code > 0xc9) throw notUsed(code);
    return this.#take(this.#uint(1 << (code - 0xc7)) + 1).subarray(1);
  }

  #array(count: number, depth: number): RawWire[] {
    this.#enter(count, depth);
    const items = count <= reservedItems ? new Array<RawWire>(count) : [];
    for (let i = 0; i < count; i++) items[i] = this.#value(depth + 1);
    return items;
  }

  #map(count: number, depth: number): { [name: string]: RawWire } {
    this.#enter(count * 2, depth);
    const map: { [name: string]: RawWire } = {};
    for (let i = 0; i < count; i++) {
      const given = this.#value(depth + 1);
      const value = this.#value(depth + 1);
      const name = typeof given === "string" ? given : this.#nameOf(given);
      if (name === "__proto__") defineOwn(map, name, value);
      else map[name] = value;
    }
    return map;
  }

  #nameOf(name: RawWire): string {
    if (!this.#lenient) throw new SyntaxError("a name in a map is no string");
    return JSON.stringify(plainWire(name));
  }

  /** Each item takes at least a byte: a count beyond the bytes left is a lie. */
  #enter(items: number, depth: number): void {
    if (items > this.#bytes.length - this.#at) throw new RangeError("the bytes end too early");
    if (depth >= maxWireDepth) throw new RangeError(`nested deeper than ${maxWireDepth} levels`);
  }

  #string(byteLength: number): string {
    const start = this.#advance(byteLength);
    const end = start + byteLength;
    const bytes = this.#bytes;
    let hash = byteLength;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte >= 0x80) return strictText.decode(bytes.subarray(start, end));
      hash = (hash * 31 + byte) & 0xffff;
    }
    if (byteLength > maxRecentLength) return bytes.toString("latin1", start, end);
    const slot = hash & (recentSlots - 1);
    const known = recent[slot];
    if (known !== undefined && isAt(known, bytes, start, byteLength)) return known;
    const text = bytes.toString("latin1", start, end);
    recent[slot] = text;
    return text;
  }

  #take(byteLength: number): Uint8Array {
    const start = this.#advance(byteLength);
    return this.#bytes.subarray(start, start + byteLength);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError("the bytes end too early");
    this.#at++;
    return byte;
  }

  #uint(byteLength: number): number {
    const at = this.#advance(byteLength);
    if (byteLength === 1) return this.#view.getUint8(at);
    return byteLength === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #advance(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new RangeError("the bytes end too early");
    this.#at = at + count;
    return at;
  }
}

function notUsed(code: number): SyntaxError {
  return new SyntaxError(`byte 0x${code.toString(16)} begins nothing that events use`);
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function defineOwn(map: object, name: string, value: RawWire): void {
  Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
}

/** A raw value as msgpack and JSON both have it: big integers in decimal, bytes in base64. */
export function plainWire(value: RawWire): Wire {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (isArray(value)) return value.map(plainWire);
  const map: { [name: string]: Wire } = {};
  for (const [name, item] of Object.entries(value)) {
    Object.defineProperty(map, name, {
      value: plainWire(item),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return map;
}

function isArray(value: RawWire): value is readonly RawWire[] {
  return Array.isArray(value);
}
