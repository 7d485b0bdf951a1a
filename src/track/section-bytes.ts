import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync } from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { writeFully } from "../base/files.js";
import { escaped, type MemberSink } from "../formats/prov-json/member-sink.js";

const firstBytes = 1 << 14;
/** What is kept in memory: the sections of small documents never go to disk. */
const memoryBytes = 1 << 19;
/** What is read at once when the parts are joined. */
const readBytes = 1 << 20;
/** Up to here copying letter by letter costs less than a call to what Node is made of. */
const shortText = 64;

/**
 * One part of a document as UTF-8, beyond a certain size in a file without a name. Bytes at once,
 * not text: a large run writes forty pieces a task, and a text put together from them is as many
 * objects to the garbage collector.
 */
export class SectionBytes implements MemberSink {
  readonly #path: string;
  #buffer = Buffer.allocUnsafeSlow(firstBytes);
  #used = 0;
  #fd: number | undefined;

  /**
   * @param path - what the name of the file begins with, as long as it has one.
   */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Adds text as it is.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION` when the file cannot be written.
   */
  add(text: string): void {
    const { length } = text;
    this.#makeRoom(length);
    const buffer = this.#buffer;
    let at = this.#used;
    if (length <= shortText) {
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7e) break;
        buffer[at++] = unit;
      }
      if (i === length) {
        this.#used = at;
        return;
      }
    }
    this.#used += buffer.write(text, this.#used);
  }

  /** Adds the inside of a JSON string. */
  addEscaped(text: string): void {
    const { length } = text;
    this.#makeRoom(length);
    const buffer = this.#buffer;
    let at = this.#used;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) {
        this.add(escaped(text));
        return;
      }
      buffer[at++] = unit;
    }
    this.#used = at;
  }

  /** Everything, in pieces that are good until the next one is asked for; once. */
  *all(): Generator<Uint8Array, void, undefined> {
    if (this.#fd !== undefined) yield* chunksOf(this.#fd);
    yield this.#buffer.subarray(0, this.#used);
  }

  /** Gives back what is on disk. May be called twice. */
  discard(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** For so many UTF-16 units, each of which takes at most three bytes. */
  #makeRoom(units: number): void {
    const wanted = units * 3;
    if (this.#buffer.length - this.#used >= wanted) return;
    if (this.#used + wanted > memoryBytes) this.#spill();
    if (this.#buffer.length - this.#used >= wanted) return;
    const larger = Buffer.allocUnsafeSlow(
      Math.max(this.#used + wanted, Math.min(2 * this.#buffer.length, memoryBytes)),
    );
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }

  #spill(): void {
    try {
      this.#fd ??= openNameless(this.#path);
      writeFully(this.#fd, this.#buffer.subarray(0, this.#used));
    } catch (cause) {
      const message = `Cannot write ${this.#path}: ${fileProblem(cause)}`;
      throw new TaskprovError("ERR_DESTINATION", message, { cause });
    }
    this.#used = 0;
  }
}

/** A file without a name takes up no disk when the process dies, however it dies. */
function openNameless(path: string): number {
  const name = `${path}.${randomBytes(6).toString("hex")}.part`;
  const fd = openSync(name, "wx+", 0o600);
  unlinkSync(name);
  return fd;
}

function* chunksOf(fd: number): Generator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  for (let position = 0; ; ) {
    const count = readSync(fd, buffer, 0, readBytes, position);
    if (count === 0) return;
    position += count;
    yield buffer.subarray(0, count);
  }
}
