import { TaskprovError } from "../base/errors.js";
import { isWellFormed, wellFormed } from "../base/well-formed.js";
import { maxEventBytes, maxWireDepth, type Wire } from "./wire.js";

/** Strings up to here are copied unit by unit, which is faster than a call into the runtime. */
const shortString = 40;

/**
 * Writes msgpack into a buffer of its own that grows and is used again and again: 1 microsecond
 * for the five events of a small task, where `encodeSharedRef` of `@msgpack/msgpack` and a copy
 * take 2.3, and without its two traps: lone surrogates, which other readers
 * refuse, are written as their escapes, and a map key `__proto__`, which they refuse as well, as
 * `(__proto__)`. Numbers are integers where they are safe integers, else 64-bit floats.
 */
export class WireWriter {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;

  /** @param capacity - bytes to begin with. */
  constructor(capacity: number = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes written since the last {@link WireWriter.reset}. */
  get length(): number {
    return this.#at;
  }

  /** Bytes the buffer can hold before it grows. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Forgets what was written after a position. */
  reset(length = 0): void {
    this.#at = length;
  }

  /** What was written, not copied: valid until the next write. */
  view(start = 0, end: number = this.#at): Buffer {
    return this.#bytes.subarray(start, end);
  }

  /** Leaves room for bytes that the owner fills in later. */
  skip(count: number): void {
    this.#room(count);
    this.#at += count;
  }

  /**
   * Appends one value.
   *
   * @throws {@link TaskprovError} `ERR_EVENT_INVALID` when it is nested too deeply or larger than
   * 64 MiB, or holds a number that is not finite; what was written of it is forgotten.
   */
  write(value: Wire): void {
    const start = this.#at;
    try {
      this.#value(value, 0, start + maxEventBytes);
    } catch (error) {
      this.#at = start;
      throw error;
    }
  }

  #value(value: Wire, depth: number, limit: number): void {
    if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#string(value, limit);
    else if (value === null || value === undefined) this.#byte(0xc0);
    else if (typeof value === "boolean") this.#byte(value ? 0xc3 : 0xc2);
    else if (depth >= maxWireDepth) {
      throw invalid(`is nested deeper than ${maxWireDepth} levels`);
    } else if (isArray(value)) {
      this.#arrayHeader(value.length);
      for (let i = 0; i < value.length; i++) this.#value(value[i] ?? null, depth + 1, limit);
    } else this.#map(value, depth, limit);
  }

  #map(value: { readonly [name: string]: Wire }, depth: number, limit: number): void {
    const names = Object.keys(value).filter((name) => value[name] !== undefined);
    this.#header(names.length, 0x80, 16, 0xde);
    for (const name of names) {
      this.#string(name === "__proto__" ? "(__proto__)" : name, limit);
      this.#value(value[name] ?? null, depth + 1, limit);
    }
  }

  #arrayHeader(count: number): void {
    this.#header(count, 0x90, 16, 0xdc);
  }

  /** Header of an array or map: in one byte below `short`, else with 16 or 32 bits of count. */
  #header(count: number, fix: number, short: number, code: number): void {
    this.#room(5);
    if (count < short) this.#bytes[this.#at++] = fix | count;
    else if (count < 0x10000) {
      this.#bytes[this.#at] = code;
      this.#view.setUint16(this.#at + 1, count);
      this.#at += 3;
    } else {
      this.#bytes[this.#at] = code + 1;
      this.#view.setUint32(this.#at + 1, count);
      this.#at += 5;
    }
  }

  #number(value: number): void {
    this.#room(9);
    const at = this.#at;
    if (!Number.isSafeInteger(value) || (value === 0 && Object.is(value, -0))) {
      if (!Number.isFinite(value)) throw invalid(`holds the number ${value}`);
      this.#bytes[at] = 0xcb;
      this.#view.setFloat64(at + 1, value);
      this.#at = at + 9;
    } else if (value >= 0) this.#unsigned(at, value);
    else this.#negative(at, value);
  }

  #unsigned(at: number, value: number): void {
    if (value < 0x80) {
      this.#bytes[at] = value;
      this.#at = at + 1;
    } else if (value < 0x100) {
      this.#bytes[at] = 0xcc;
      this.#bytes[at + 1] = value;
      this.#at = at + 2;
    } else if (value < 0x10000) {
      this.#bytes[at] = 0xcd;
      this.#view.setUint16(at + 1, value);
      this.#at = at + 3;
    } else if (value < 0x100000000) {
      this.#bytes[at] = 0xce;
      this.#view.setUint32(at + 1, value);
      this.#at = at + 5;
    } else {
      this.#bytes[at] = 0xcf;
      this.#view.setUint32(at + 1, Math.floor(value / 0x100000000));
      this.#view.setUint32(at + 5, value >>> 0);
      this.#at = at + 9;
    }
  }

  #negative(at: number, value: number): void {
    if (value >= -0x20) {
      this.#bytes[at] = value & 0xff;
      this.#at = at + 1;
    } else if (value >= -0x80) {
      this.#bytes[at] = 0xd0;
      this.#view.setInt8(at + 1, value);
      this.#at = at + 2;
    } else if (value >= -0x8000) {
      this.#bytes[at] = 0xd1;
      this.#view.setInt16(at + 1, value);
      this.#at = at + 3;
    } else if (value >= -0x80000000) {
      this.#bytes[at] = 0xd2;
      this.#view.setInt32(at + 1, value);
      this.#at = at + 5;
    } else {
      this.#bytes[at] = 0xd3;
      this.#view.setBigInt64(at + 1, BigInt(value));
      this.#at = at + 9;
    }
  }

  #string(value: string, limit: number): void {
    const length = value.length;
    this.#room(shortString + 2);
    if (length <= shortString && this.#ascii(value, length)) return;
    const text = isWellFormed(value) ? value : wellFormed(value);
    const byteLength = Buffer.byteLength(text);
    if (this.#at + byteLength > limit) throw invalid(`is larger than ${maxEventBytes} bytes`);
    this.#room(5 + byteLength);
    this.#stringHeader(byteLength);
    this.#bytes.write(text, this.#at, "utf8");
    this.#at += byteLength;
  }

  /** Writes a short string if all of it is ASCII; says whether it did. */
  #ascii(value: string, length: number): boolean {
    const bytes = this.#bytes;
    let at = this.#at + (length < 32 ? 1 : 2);
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) return false;
      bytes[at++] = unit;
    }
    this.#stringHeader(length);
    this.#at = at;
    return true;
  }

  #stringHeader(byteLength: number): void {
    const at = this.#at;
    if (byteLength < 32) {
      this.#bytes[at] = 0xa0 | byteLength;
      this.#at = at + 1;
    } else if (byteLength < 0x100) {
      this.#bytes[at] = 0xd9;
      this.#bytes[at + 1] = byteLength;
      this.#at = at + 2;
    } else if (byteLength < 0x10000) {
      this.#bytes[at] = 0xda;
      this.#view.setUint16(at + 1, byteLength);
      this.#at = at + 3;
    } else {
      this.#bytes[at] = 0xdb;
      this.#view.setUint32(at + 1, byteLength);
      this.#at = at + 5;
    }
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #room(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(bytes, 0, 0, this.#at);
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: Wire): value is readonly Wire[] {
  return Array.isArray(value);
}

function invalid(problem: string): TaskprovError {
  return new TaskprovError("ERR_EVENT_INVALID", `An event ${problem}, so it cannot be recorded.`);
}
