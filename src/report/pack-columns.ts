import { deflateRawSync } from "node:zlib";
import type { ColumnName, ColumnPlace } from "./page/report-format.js";

/** Takes whole numbers from 0 and keeps them as variable-length integers, 7 bits a byte. */
export class VarintColumn {
  #bytes: Uint8Array = new Uint8Array(1024);
  #used = 0;

  /** Adds a number, up to 2^53. */
  push(value: number): void {
    if (this.#used + 8 > this.#bytes.length) {
      const larger = new Uint8Array(Math.ceil(this.#bytes.length * 1.6) + 8);
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#used++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#used++] = rest;
  }

  /** Adds a number of either sign. */
  pushSigned(value: number): void {
    this.push(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** The bytes so far. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }
}

/** Takes texts and keeps them as UTF-8, one after the other, with their lengths. */
export class TextColumn {
  readonly #lengths = new VarintColumn();
  #bytes: Buffer = Buffer.allocUnsafe(1 << 16);
  #used = 0;

  /** Adds a text. */
  push(text: string): void {
    const most = text.length * 3;
    if (this.#used + most > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.ceil(this.#bytes.length * 1.6) + most);
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    const length = this.#bytes.write(text, this.#used);
    this.#used += length;
    this.#lengths.push(length);
  }

  /** Lengths in bytes, and the bytes. */
  columns(): { readonly lengths: Uint8Array; readonly bytes: Uint8Array } {
    return { lengths: this.#lengths.bytes(), bytes: this.#bytes.subarray(0, this.#used) };
  }
}

/** Columns one after the other, packed for a page. */
export interface PackedColumns {
  readonly places: readonly ColumnPlace[];
  readonly unpacked: number;
  /** Raw deflate. */
  readonly packed: Uint8Array;
}

/** Joins and compresses columns. */
export function packColumns(columns: ReadonlyMap<ColumnName, Uint8Array>): PackedColumns {
  const places: ColumnPlace[] = [];
  let offset = 0;
  for (const [name, bytes] of columns) {
    places.push([name, offset, bytes.length]);
    offset += bytes.length;
  }
  const joined = Buffer.concat([...columns.values()], offset);
  return { places, unpacked: offset, packed: deflateRawSync(joined, { level: 6 }) };
}
