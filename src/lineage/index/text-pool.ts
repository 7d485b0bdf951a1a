import { wellFormed } from "../../base/well-formed.js";
import { Column } from "./column.js";

/** The typed arrays of a {@link TextPool}; enough to make it again. */
export interface TextPoolParts {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly tags: Uint16Array;
  readonly slots: Uint32Array;
  readonly seed: number;
}

/**
 * Texts that are kept once, as UTF-8 in one array, and numbered from 0 in the order they came. A
 * million texts cost their bytes and 20 more each; as strings in a `Map` they cost about 100.
 */
export class TextPool {
  #bytes: Uint8Array;
  #used: number;
  readonly #starts: Column<Uint32Array>;
  readonly #tags: Column<Uint16Array>;
  #slots: Uint32Array;
  readonly #seed: number;

  /**
   * @param seed - makes the order of the hash table unforeseeable, so that no document can be
   *   written whose names all fall on one slot.
   * @param parts - what an earlier pool left.
   */
  constructor(seed: number, parts?: TextPoolParts) {
    this.#seed = parts?.seed ?? seed;
    this.#starts = new Column(Uint32Array);
    this.#tags = new Column(Uint16Array);
    if (parts === undefined) {
      this.#bytes = new Uint8Array(1 << 12);
      this.#used = 0;
      this.#starts.push(0);
      this.#slots = new Uint32Array(1 << 10);
    } else {
      this.#bytes = parts.bytes;
      this.#used = parts.bytes.length;
      this.#starts.values = parts.starts;
      this.#starts.length = parts.starts.length;
      this.#tags.values = parts.tags;
      this.#tags.length = parts.tags.length;
      this.#slots = parts.slots;
    }
  }

  /** How many texts there are. */
  get size(): number {
    return this.#tags.length;
  }

  /** The number of a text, which is added when it is new. Texts with another tag are others. */
  intern(given: string, tag: number = 0): number {
    const text = wellFormed(given);
    const hash = this.#hash(text, tag);
    const found = this.#find(text, tag, hash);
    if (found >= 0) return found;
    const added = this.#add(text, tag);
    if (this.size * 2 > this.#slots.length) this.#rehash();
    else this.#place(hash, added);
    return added;
  }

  /** The number of a text, or -1 when it is not there. */
  find(given: string, tag: number = 0): number {
    const text = wellFormed(given);
    return this.#find(text, tag, this.#hash(text, tag));
  }

  /** The text of a number. */
  text(number: number): string {
    const { values } = this.#starts;
    return decode(this.#bytes, values[number] ?? 0, values[number + 1] ?? 0);
  }

  /** Tells whether a text begins with these bytes; quicker than making a string of it. */
  hasPrefix(number: number, prefix: Uint8Array): boolean {
    const start = this.#starts.values[number] ?? 0;
    if ((this.#starts.values[number + 1] ?? 0) - start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) {
      if (this.#bytes[start + i] !== prefix[i]) return false;
    }
    return true;
  }

  /** The tag of a number. */
  tag(number: number): number {
    return this.#tags.values[number] ?? 0;
  }

  /** What {@link TextPool} can be made from again; shares its arrays. */
  parts(): TextPoolParts {
    return {
      bytes: this.#bytes.subarray(0, this.#used),
      starts: this.#starts.trimmed(),
      tags: this.#tags.trimmed(),
      slots: this.#slots,
      seed: this.#seed,
    };
  }

  #find(text: string, tag: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0;
      if (entry === 0) return -1;
      if (this.#tags.values[entry - 1] === tag && this.#holds(entry - 1, text)) return entry - 1;
    }
  }

  #holds(number: number, text: string): boolean {
    const bytes = this.#bytes;
    const start = this.#starts.values[number] ?? 0;
    const end = this.#starts.values[number + 1] ?? 0;
    if (end - start < text.length) return false;
    if (end - start > text.length * 3) return false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return decode(bytes, start, end) === text;
      if (bytes[start + i] !== code) return false;
    }
    return end - start === text.length;
  }

  #add(text: string, tag: number): number {
    while (this.#used + text.length * 3 > this.#bytes.length) {
      const larger = new Uint8Array(Math.ceil(this.#bytes.length * 1.6) + text.length * 3);
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#used += encodeInto(text, this.#bytes, this.#used);
    this.#starts.push(this.#used);
    return this.#tags.push(tag);
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let i = 0; i < this.size; i++) this.#place(this.#hashAgain(i), i);
  }

  #place(hash: number, number: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
  }

  #hash(text: string, tag: number): number {
    let hash = this.#seed ^ Math.imul(tag, 0x9e3779b1);
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return mixed(hash);
  }

  /** The hash of a text that is there; of ASCII without making a string of it. */
  #hashAgain(number: number): number {
    const bytes = this.#bytes;
    const end = this.#starts.values[number + 1] ?? 0;
    let hash = this.#seed ^ Math.imul(this.tag(number), 0x9e3779b1);
    for (let i = this.#starts.values[number] ?? 0; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte >= 0x80) return this.#hash(this.text(number), this.tag(number));
      hash = Math.imul(hash ^ byte, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return mixed(hash);
  }
}

function mixed(hash: number): number {
  const mixture = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (mixture ^ (mixture >>> 16)) >>> 0;
}

const encoder = new TextEncoder();

function encodeInto(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return encoder.encodeInto(text, bytes.subarray(at)).written;
    bytes[at + i] = code;
  }
  return text.length;
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}
