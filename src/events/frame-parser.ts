import { crc32 } from "node:zlib";
import { decodeHeader } from "./journal-header.js";
import type { ReportBuilder } from "./journal-report.js";
import type { RawParser, TakeRaw } from "./raw-event.js";
import { frameHeaderBytes, maxEventBytes } from "./wire.js";
import { WireReader } from "./wire-reader.js";

/** Longest payload that a frame may claim: one event and the header of its array. */
const maxPayloadBytes = maxEventBytes + 16;
/** After damage a frame counts as found only if its number is at most this far ahead. */
const maxJump = 1 << 20;
/**
 * Bytes whose checksum is computed while looking for the next frame, at most: random damage offers
 * next to no false candidates, and a hostile file shall not cost the square of its length.
 */
const maxSearchBytes = 1 << 30;

/** What is wrong where the next frame should begin. */
interface Damage {
  readonly offset: number;
  readonly text: string;
  /** The file ends inside the frame: if nothing readable follows, it is merely torn. */
  readonly incomplete: boolean;
}

/**
 * Takes the frames of a journal apart, in memory bounded by the longest frame. A frame whose
 * checksum or length is wrong is left out and reported, and reading goes on at the next place where
 * a header fits: length, sequence number, first payload byte and checksum.
 */
export class FrameParser implements RawParser {
  readonly #report: ReportBuilder;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Position in the file of the buffer's first byte. */
  #base: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #missingBytes = 1;
  #nextSequence = 0;
  #damage: Damage | undefined;
  #searchBytes = 0;

  /**
   * @param report - receives what is found.
   * @param offset - bytes of the file that came before.
   */
  constructor(report: ReportBuilder, offset: number) {
    this.#report = report;
    this.#base = offset;
  }

  push(chunk: Uint8Array, take: TakeRaw): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    // Joining only when a frame is complete keeps a long one from being copied again and again.
    if (this.#waitingBytes >= this.#missingBytes) this.#run(false, take);
  }

  finish(take: TakeRaw): void {
    this.#run(true, take);
  }

  #run(atEnd: boolean, take: TakeRaw): void {
    this.#join();
    this.#missingBytes = 1;
    while (this.#damage === undefined ? this.#readFrame(atEnd, take) : this.#search(atEnd));
  }

  #join(): void {
    if (this.#waitingBytes === 0) return;
    const rest = this.#buffer.subarray(this.#at);
    this.#base += this.#at;
    this.#at = 0;
    this.#buffer = Buffer.concat([rest, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  get #rest(): number {
    return this.#buffer.length - this.#at;
  }

  /** Asks for bytes; false, to be returned from a step that cannot go on. */
  #wait(bytes: number): false {
    this.#missingBytes = Math.max(1, bytes - this.#rest);
    return false;
  }

  /** Reads the frame that begins here; false when bytes are missing or all is read. */
  #readFrame(atEnd: boolean, take: TakeRaw): boolean {
    const rest = this.#rest;
    if (rest === 0) return false;
    if (rest < frameHeaderBytes) {
      return atEnd ? this.#damaged("the header of a frame is cut off", true) : this.#wait(12);
    }
    const length = this.#buffer.readUInt32LE(this.#at);
    if (length === 0 || length > maxPayloadBytes) {
      return this.#damaged(`a frame claims ${length} bytes, of at most ${maxPayloadBytes}`, false);
    }
    if (rest < frameHeaderBytes + length) {
      if (!atEnd) return this.#wait(frameHeaderBytes + length);
      const text = `a frame of ${length} bytes ends after ${rest - frameHeaderBytes}`;
      return this.#damaged(text, true);
    }
    if (!this.#checksumFits(length)) return this.#damaged("a frame's checksum is wrong", false);
    this.#accept(length, take);
    return true;
  }

  #checksumFits(length: number): boolean {
    const start = this.#at;
    const payloadStart = start + frameHeaderBytes;
    const sequence = crc32(this.#buffer.subarray(start + 4, start + 8));
    const sum = crc32(this.#buffer.subarray(payloadStart, payloadStart + length), sequence);
    return sum === this.#buffer.readUInt32LE(start + 8);
  }

  #damaged(text: string, incomplete: boolean): true {
    this.#damage = { offset: this.#base + this.#at, text, incomplete };
    this.#at++;
    return true;
  }

  /** Looks for the next frame after damage; false when bytes are missing or all is read. */
  #search(atEnd: boolean): boolean {
    const needed = frameHeaderBytes + 1;
    while (this.#rest >= needed) {
      const length = this.#plausibleLength();
      if (length > 0) {
        const whole = frameHeaderBytes + length;
        if (this.#rest < whole && !atEnd) return this.#wait(whole);
        if (this.#rest >= whole && this.#searchBytes + length <= maxSearchBytes) {
          this.#searchBytes += length;
          if (this.#checksumFits(length)) {
            this.#resume();
            return true;
          }
        }
      }
      this.#at++;
    }
    if (!atEnd) return this.#wait(needed);
    this.#giveUp();
    return false;
  }

  /** The length of a frame that may begin here, or 0. */
  #plausibleLength(): number {
    const length = this.#buffer.readUInt32LE(this.#at);
    if (length === 0 || length > maxPayloadBytes) return 0;
    const sequence = this.#buffer.readUInt32LE(this.#at + 4);
    if (sequence < this.#nextSequence || sequence > this.#nextSequence + maxJump) return 0;
    const first = this.#buffer[this.#at + frameHeaderBytes] ?? 0;
    const isArray = (first >= 0x90 && first <= 0x9f) || first === 0xdc || first === 0xdd;
    return isArray ? length : 0;
  }

  #resume(): void {
    const damage = this.#damage;
    if (damage === undefined) return;
    this.#damage = undefined;
    this.#leftOut(damage, this.#base + this.#at - damage.offset);
  }

  #giveUp(): void {
    const damage = this.#damage;
    this.#at = this.#buffer.length;
    if (damage === undefined) return;
    this.#damage = undefined;
    const bytes = this.#base + this.#at - damage.offset;
    if (!damage.incomplete) {
      this.#leftOut(damage, bytes);
      return;
    }
    this.#report.count("tornBytes", bytes);
    this.#report.problem({
      kind: "torn-tail",
      offset: damage.offset,
      text: `${damage.text}; the last ${bytes} bytes are dropped`,
    });
  }

  #leftOut(damage: Damage, bytes: number): void {
    this.#report.count("badFrames");
    this.#report.count("skippedBytes", bytes);
    this.#report.problem({
      kind: "bad-frame",
      offset: damage.offset,
      text: `${damage.text}; ${bytes} bytes are left out`,
    });
  }

  #accept(length: number, take: TakeRaw): void {
    const offset = this.#base + this.#at;
    const sequence = this.#buffer.readUInt32LE(this.#at + 4);
    const start = this.#at + frameHeaderBytes;
    const payload = this.#buffer.subarray(start, start + length);
    this.#at = start + length;
    if (sequence < this.#nextSequence) {
      this.#report.count("outOfOrder");
      const text = `frame ${sequence} comes again after frame ${this.#nextSequence - 1}; left out`;
      this.#report.problem({ kind: "out-of-order", offset, text });
      return;
    }
    if (sequence > this.#nextSequence) this.#reportGap(sequence, offset);
    this.#nextSequence = sequence + 1;
    if (sequence === 0) this.#readHeader(payload, offset);
    else this.#readEvents(payload, sequence, offset, take);
  }

  #reportGap(sequence: number, offset: number): void {
    const first = this.#nextSequence;
    if (first === 0) this.#reportNoHeader(offset, "it is missing");
    const missing = sequence - first;
    this.#report.count("gaps");
    this.#report.count("missingFrames", missing);
    const which = missing === 1 ? `frame ${first} is` : `frames ${first} to ${sequence - 1} are`;
    this.#report.problem({ kind: "gap", offset, text: `${which} missing` });
  }

  #reportNoHeader(offset: number, why: string): void {
    const text = `the header cannot be read: ${why}`;
    this.#report.problem({ kind: "bad-header", offset, text });
  }

  #readHeader(payload: Buffer, offset: number): void {
    try {
      this.#report.setHeader(decodeHeader(new WireReader(payload).read(), { sequence: 0 }));
    } catch (error) {
      this.#reportNoHeader(offset, reasonOf(error));
    }
  }

  /** A checksum that fits and content that does not is a producer's mistake: keep what is good. */
  #readEvents(payload: Buffer, sequence: number, offset: number, take: TakeRaw): void {
    const reader = new WireReader(payload);
    this.#report.count("frames");
    let index = 0;
    let isTaking = false;
    try {
      const count = reader.readArrayHeader();
      for (; index < count; index++) {
        const wire = reader.read();
        isTaking = true;
        take(wire, { sequence, index });
        isTaking = false;
      }
      if (!reader.done) throw new SyntaxError(`${payload.length - reader.offset} bytes too many`);
    } catch (error) {
      if (isTaking) throw error;
      const bytes = payload.length - reader.offset;
      this.#report.count("badFrames");
      this.#report.count("skippedBytes", bytes);
      const text = `frame ${sequence} after ${index} events: ${reasonOf(error)}; ${bytes} bytes are left out`;
      this.#report.problem({ kind: "bad-frame", offset, text });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
