import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { writeFully } from "../base/files.js";

/** Bytes that the disk has not taken yet, and the events in them. */
interface Unwritten {
  bytes: Buffer;
  readonly events: number;
}

const copyBytes = 1 << 20;

/**
 * The file of a journal that grows. After it is open nothing here throws but `moveTo`: what the disk
 * does not take waits in memory, and each kind of trouble is told once.
 *
 * Writes are synchronous: they go into the page cache, 20 MB a second at 100,000 tasks a second.
 */
export class JournalFile {
  #path: string;
  #fd: number;
  readonly #onProblem: (error: TaskprovError) => void;
  readonly #unwritten: Unwritten[] = [];
  #unwrittenBytes = 0;
  #bytes = 0;
  #closed = false;
  readonly #told = new Set<string>();

  /**
   * @param path - the file's name.
   * @param fd - the open file, at its end.
   * @param onProblem - told once per kind of trouble.
   */
  constructor(path: string, fd: number, onProblem: (error: TaskprovError) => void = () => {}) {
    this.#path = path;
    this.#fd = fd;
    this.#onProblem = onProblem;
  }

  /**
   * Creates a journal's file, readable by its owner only.
   *
   * @param path - must not exist yet.
   * @throws {@link TaskprovError} `ERR_DESTINATION` when it cannot be created.
   */
  static create(path: string, onProblem?: (error: TaskprovError) => void): JournalFile {
    return new JournalFile(path, createJournal(path), onProblem);
  }

  /** Its name; another after `moveTo`. */
  get path(): string {
    return this.#path;
  }

  /** Bytes that it has. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait for the disk. */
  get unwrittenBytes(): number {
    return this.#unwrittenBytes;
  }

  /**
   * Writes behind what waits; what the disk does not take is copied and waits.
   *
   * @param events - how many events are in the bytes.
   */
  write(bytes: Uint8Array, events: number): void {
    const done = this.#unwritten.length === 0 ? this.#writeNow(bytes) : 0;
    if (done === bytes.length) return;
    const rest = Buffer.from(bytes.subarray(done));
    this.#unwritten.push({ bytes: rest, events });
    this.#unwrittenBytes += rest.length;
  }

  /** Writes what waits, as far as the disk takes it; whether that was all. */
  drain(): boolean {
    if (this.#closed) return false;
    for (let first = this.#unwritten[0]; first !== undefined; first = this.#unwritten[0]) {
      const done = this.#writeNow(first.bytes);
      this.#unwrittenBytes -= done;
      if (done < first.bytes.length) {
        first.bytes = first.bytes.subarray(done);
        return false;
      }
      this.#unwritten.shift();
    }
    return true;
  }

  /** Tells when somebody has removed the file. */
  look(): void {
    if (this.#isRemoved()) {
      this.tell(
        "removed",
        `The journal ${this.#path} was removed while the run goes on: it cannot be read again after a crash.`,
      );
    }
  }

  /**
   * Why the file of that name does not hold all that was written, or undefined when it does. To be
   * asked before `close`, which is too late for {@link JournalFile.moveTo}.
   */
  get missing(): "elsewhere" | "unwritten" | undefined {
    if (this.#closed) return undefined;
    const isWritten = this.drain();
    if (!this.#isInPlace()) return "elsewhere";
    return isWritten ? undefined : "unwritten";
  }

  /**
   * Writes all of it to another file, which must not exist yet, and goes on there: what the file
   * has, though it may have no name any more, and what the disk did not take. Also for a file that
   * another process has written.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION` when that is not possible; then all is as it was.
   */
  moveTo(path: string): void {
    const copy = createJournal(path);
    try {
      this.#copyFile(copy);
      for (const { bytes } of this.#unwritten) writeFully(copy, bytes);
    } catch (cause) {
      closeSync(copy);
      rmSync(path, { force: true });
      throw new TaskprovError("ERR_DESTINATION", `Cannot write ${path}: ${fileProblem(cause)}`, {
        cause,
      });
    }
    closeSync(this.#fd);
    this.#path = path;
    this.#fd = copy;
    this.#bytes += this.#unwrittenBytes;
    this.#unwritten.length = 0;
    this.#unwrittenBytes = 0;
  }

  /**
   * Closes the file; may be called again.
   *
   * @param fsync - wait for the disk.
   * @returns how many events it did not take: they are lost.
   */
  close(fsync = false): number {
    if (this.#closed) return 0;
    this.#closed = true;
    const lost = this.#unwritten.reduce((sum, { events }) => sum + events, 0);
    if (this.#unwrittenBytes > 0) {
      this.tell(
        "lost",
        `${this.#unwrittenBytes} bytes of events could not be written to ${this.#path} and are lost.`,
      );
    }
    try {
      if (fsync) fsyncSync(this.#fd);
      closeSync(this.#fd);
    } catch (error) {
      this.tell("close", `Cannot close ${this.#path}: ${fileProblem(error)}`, error);
    }
    return lost;
  }

  /** Tells a kind of trouble once; a write that works makes the next failed one new again. */
  tell(kind: string, message: string, cause?: unknown): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#onProblem(new TaskprovError("ERR_DESTINATION", message, { cause }));
  }

  /** Writes as much as the disk takes; returns how many bytes that was. */
  #writeNow(bytes: Uint8Array): number {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done, bytes.length - done);
    } catch (error) {
      this.tell(
        "write",
        `Cannot write ${this.#path}: ${fileProblem(error)} Events wait in memory until it works again.`,
        error,
      );
    }
    this.#bytes += done;
    if (done === bytes.length) this.#told.delete("write");
    return done;
  }

  #copyFile(copy: number): void {
    const chunk = Buffer.allocUnsafe(copyBytes);
    const { size } = fstatSync(this.#fd);
    for (let at = 0; at < size; ) {
      const count = readSync(this.#fd, chunk, 0, Math.min(chunk.length, size - at), at);
      if (count === 0) return;
      writeFully(copy, chunk.subarray(0, count));
      at += count;
    }
  }

  /** The name leads to this file: not removed, its folder not renamed, its disk not taken away. */
  #isInPlace(): boolean {
    try {
      const [ours, named] = [fstatSync(this.#fd), statSync(this.#path)];
      return ours.ino === named.ino && ours.dev === named.dev;
    } catch {
      // Whatever keeps us from looking keeps the reader from reading.
      return false;
    }
  }

  #isRemoved(): boolean {
    try {
      return fstatSync(this.#fd).nlink === 0;
    } catch (error) {
      this.tell("stat", `Cannot look at ${this.#path}: ${fileProblem(error)}`, error);
      return false;
    }
  }
}

function createJournal(path: string): number {
  try {
    // Readable as well: when the name is gone this is the only way back to the bytes.
    return openSync(path, "wx+", 0o600);
  } catch (cause) {
    throw new TaskprovError("ERR_DESTINATION", `Cannot create ${path}: ${fileProblem(cause)}`, {
      cause,
    });
  }
}
