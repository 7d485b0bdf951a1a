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
import { type Clock, type EpochSeconds, systemClock } from "../base/clock.js";
import { TaskprovError } from "../base/errors.js";
import { fileProblem } from "../base/file-problem.js";
import { writeFully } from "../base/files.js";
import { FrameBuilder, headerFrame } from "./frame-builder.js";
import { splitGraph } from "./split-graph.js";
import type { TaskEvent } from "./task-event.js";
import { type JournalHeader, journalMagic } from "./wire.js";

/** How a {@link JournalWriter} behaves; all optional. */
export interface JournalWriterOptions {
  /** Source of the times of `dropped` and `error` events. Default the system's clock. */
  readonly clock?: Clock;
  /** Seconds between writes at most. Default 0.1. */
  readonly flushSeconds?: number;
  /** Bytes that wait at most when the disk does not take them. Default 64 MiB. */
  readonly maxUnwrittenBytes?: number;
  /** Told once per kind of trouble: the disk is full, the file was removed, an event is invalid. */
  readonly onProblem?: (error: TaskprovError) => void;
  /**
   * Told when the disk takes bytes again after events were dropped, right after the `dropped`
   * event: the place to re-announce live tasks by `known` events.
   */
  readonly onResume?: (dropped: number) => void;
  /** Wait for the disk when closing. Default false. */
  readonly fsync?: boolean;
  /** Write to this open file instead of creating one; `path` then only names it in messages. */
  readonly fd?: number;
}

/** A frame, or the rest of one, that the disk has not taken yet. */
interface Unwritten {
  bytes: Buffer;
  readonly events: number;
}

const copyBytes = 1 << 20;

/** After a failed write the next try waits so many flush intervals. */
const retryIntervals = 5;

/**
 * Appends events to a journal file. After it is open nothing here throws: when the disk fails,
 * events wait in memory up to a limit, later ones are dropped and counted, and a `dropped` event
 * says so once the disk takes bytes again.
 *
 * Writes are synchronous: they go into the page cache, 20 MB a second at 100,000 tasks a second.
 */
export class JournalWriter {
  /** The file's path. */
  readonly path: string;
  readonly #fd: number;
  readonly #clock: Clock;
  readonly #flushSeconds: number;
  readonly #maxUnwrittenBytes: number;
  readonly #options: JournalWriterOptions;
  readonly #builder = new FrameBuilder();
  readonly #unwritten: Unwritten[] = [];
  #unwrittenBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastFlush: EpochSeconds;
  #retryAt: EpochSeconds = 0;
  #closed = false;
  #bytes = 0;
  #events = 0;
  #dropped = 0;
  /** Since too much waits: events dropped and not yet told in the journal. */
  #untold = 0;
  #full = false;
  readonly #told = new Set<string>();

  private constructor(path: string, fd: number, options: JournalWriterOptions) {
    this.path = path;
    this.#fd = fd;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#flushSeconds = options.flushSeconds ?? 0.1;
    this.#maxUnwrittenBytes = options.maxUnwrittenBytes ?? 64 * 1024 * 1024;
    this.#lastFlush = 0;
  }

  /**
   * Creates a journal, readable by its owner only, and writes its header.
   *
   * @param path - must not exist yet.
   * @param header - who writes.
   * @throws {@link TaskprovError} `ERR_DESTINATION` when the file cannot be created.
   */
  static open(
    path: string,
    header: JournalHeader,
    options: JournalWriterOptions = {},
  ): JournalWriter {
    const writer = new JournalWriter(path, options.fd ?? create(path), options);
    const magic = Buffer.from(journalMagic, "latin1");
    writer.#write(Buffer.concat([magic, headerFrame(header)]), 0);
    return writer;
  }

  /** Bytes that reached the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Events taken, those still waiting included. */
  get events(): number {
    return this.#events;
  }

  /** Events dropped, because the disk did not take them or because they are invalid. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes waiting for the disk. */
  get unwrittenBytes(): number {
    return this.#unwrittenBytes + this.#builder.length;
  }

  /**
   * Appends an event; it is encoded at once and not kept. Never throws.
   *
   * @returns false when it was dropped because too much waits for the disk.
   */
  append(event: TaskEvent): boolean {
    if (!this.#takesEvents()) {
      this.#dropped++;
      this.#untold++;
      return false;
    }
    try {
      this.#add(event);
    } catch (error) {
      this.#refuse(event, error);
    }
    if (this.#timer === undefined) this.#startTimer();
    return true;
  }

  /**
   * Writes what waits if the last write is long enough ago; cheap otherwise. For engines whose
   * synchronous tasks starve timers.
   *
   * @param now - on the clock of the events.
   */
  flushIfDue(now: EpochSeconds = this.#clock.now()): void {
    if (this.unwrittenBytes === 0) return;
    const isDue = now - this.#lastFlush >= this.#flushSeconds || now < this.#lastFlush;
    if (isDue) this.#flush(now);
  }

  /** Writes what waits now, as far as the disk takes it. Never throws. */
  flushSync(): void {
    this.#retryAt = 0;
    this.#flush(this.#clock.now());
  }

  /**
   * Writes what waits and closes the file. Events that the disk still does not take are lost and
   * counted in `dropped`. May be called twice. Never throws.
   */
  close(): void {
    if (this.#closed) return;
    this.flushSync();
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unwrittenBytes > 0) this.#giveUp();
    try {
      if (this.#options.fsync === true) fsyncSync(this.#fd);
      closeSync(this.#fd);
    } catch (error) {
      this.#problem("close", `Cannot close ${this.path}: ${fileProblem(error)}`, error);
    }
  }

  /**
   * Why the file at the path does not hold all of the journal, or undefined when it does. To be
   * asked before `close`, which is too late for {@link JournalWriter.copyTo}.
   */
  get missing(): "elsewhere" | "unwritten" | undefined {
    if (this.#closed) return undefined;
    this.flushSync();
    if (!this.#isInPlace()) return "elsewhere";
    return this.unwrittenBytes > 0 ? "unwritten" : undefined;
  }

  /**
   * Writes all of the journal to another file, which must not exist yet: what the file has, though
   * it has no name any more, and what the disk did not take. To be called before `close`.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION` when that is not possible; then no file is left.
   */
  copyTo(path: string): void {
    this.flushSync();
    this.#resume();
    this.#seal();
    const copy = create(path);
    try {
      this.#copyFile(copy);
      for (const { bytes } of this.#unwritten) writeFully(copy, bytes);
      this.#unwritten.length = 0;
      this.#unwrittenBytes = 0;
    } catch (cause) {
      rmSync(path, { force: true });
      throw new TaskprovError("ERR_DESTINATION", `Cannot write ${path}: ${fileProblem(cause)}`, {
        cause,
      });
    } finally {
      closeSync(copy);
    }
  }

  #copyFile(copy: number): void {
    const chunk = Buffer.allocUnsafe(copyBytes);
    for (let at = 0; ; ) {
      const count = readSync(this.#fd, chunk, 0, chunk.length, at);
      if (count === 0) return;
      writeFully(copy, chunk.subarray(0, count));
      at += count;
    }
  }

  /** False when closed, or when too much waits; true again when half of it is written. */
  #takesEvents(): boolean {
    if (this.#closed) return false;
    const limit = this.#full ? this.#maxUnwrittenBytes / 2 : this.#maxUnwrittenBytes;
    const isFull = this.unwrittenBytes > limit;
    if (this.#full && !isFull) this.#resume();
    this.#full = isFull;
    return !isFull;
  }

  #add(event: TaskEvent): void {
    if (this.#builder.add(event) === "full") {
      this.#seal();
      this.#builder.add(event);
    }
    this.#events++;
  }

  /** What is too large may be a graph, which can come in parts; anything else is lost. */
  #refuse(event: TaskEvent, error: unknown): void {
    const parts = event.type === "graph" ? splitGraph(event) : undefined;
    if (parts !== undefined) {
      for (const part of parts) this.append(part);
      return;
    }
    this.#dropped++;
    const time = this.#clock.now();
    const reason = error instanceof Error ? error.message : String(error);
    const text = `An event of kind ${event.type} was not recorded: ${reason}`;
    this.#add({ type: "error", time, text, code: "ERR_EVENT_INVALID" });
    this.#add({ type: "dropped", time, count: 1, reason: "invalid" });
    this.#problem("invalid", text, error);
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush(this.#clock.now());
      if (this.unwrittenBytes > 0 && !this.#closed) this.#startTimer();
    }, this.#flushSeconds * 1000);
    this.#timer.unref();
  }

  #flush(now: EpochSeconds): void {
    if (this.#closed) return;
    this.#lastFlush = now;
    this.#seal();
    if (this.#unwritten.length > 0 && now >= this.#retryAt) this.#drain(now);
    if (this.#full && this.#unwritten.length === 0) {
      this.#resume();
      this.#seal();
    }
    if (this.#fileIsGone()) {
      this.#problem(
        "removed",
        `The journal ${this.path} was removed while the run goes on: it cannot be read again after a crash.`,
      );
    }
  }

  #seal(): void {
    const { count } = this.#builder;
    const frame = this.#builder.seal();
    if (frame !== undefined) this.#write(frame, count);
  }

  /** Writes behind what waits; what the disk does not take is copied and waits. */
  #write(bytes: Buffer, events: number): void {
    const done = this.#unwritten.length === 0 ? this.#writeNow(bytes) : 0;
    if (done === bytes.length) return;
    const rest = Buffer.from(bytes.subarray(done));
    this.#unwritten.push({ bytes: rest, events });
    this.#unwrittenBytes += rest.length;
  }

  #drain(now: EpochSeconds): void {
    for (let first = this.#unwritten[0]; first !== undefined; first = this.#unwritten[0]) {
      const done = this.#writeNow(first.bytes);
      this.#unwrittenBytes -= done;
      if (done < first.bytes.length) {
        first.bytes = first.bytes.subarray(done);
        this.#retryAt = now + retryIntervals * this.#flushSeconds;
        return;
      }
      this.#unwritten.shift();
    }
  }

  /** Writes as much as the disk takes; returns how many bytes that was. */
  #writeNow(bytes: Buffer): number {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done, bytes.length - done);
    } catch (error) {
      this.#problem(
        "write",
        `Cannot write ${this.path}: ${fileProblem(error)} Events wait in memory until it works again.`,
        error,
      );
    }
    this.#bytes += done;
    if (done === bytes.length) this.#told.delete("write");
    return done;
  }

  /** The disk takes bytes again: says what was dropped meanwhile. */
  #resume(): void {
    this.#full = false;
    const count = this.#untold;
    if (count === 0) return;
    this.#untold = 0;
    this.#add({ type: "dropped", time: this.#clock.now(), count, reason: "not written" });
    this.#options.onResume?.(count);
  }

  /** What still waits at the end is lost. */
  #giveUp(): void {
    for (const { events } of this.#unwritten) this.#dropped += events;
    this.#problem(
      "lost",
      `${this.#unwrittenBytes} bytes of events could not be written to ${this.path} and are lost.`,
    );
  }

  /** The name leads to this file: not removed, its folder not renamed, its disk not taken away. */
  #isInPlace(): boolean {
    try {
      const [ours, named] = [fstatSync(this.#fd), statSync(this.path)];
      return ours.ino === named.ino && ours.dev === named.dev;
    } catch {
      // Whatever keeps us from looking keeps the reader from reading.
      return false;
    }
  }

  #fileIsGone(): boolean {
    try {
      return fstatSync(this.#fd).nlink === 0;
    } catch (error) {
      this.#problem("stat", `Cannot look at ${this.path}: ${fileProblem(error)}`, error);
      return false;
    }
  }

  /** Tells a kind of trouble once; a write that works makes the next failed one new again. */
  #problem(kind: string, message: string, cause?: unknown): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#options.onProblem?.(new TaskprovError("ERR_DESTINATION", message, { cause }));
  }
}

function create(path: string): number {
  try {
    // Readable as well: when the name is gone this is the only way back to the bytes.
    return openSync(path, "wx+", 0o600);
  } catch (cause) {
    throw new TaskprovError("ERR_DESTINATION", `Cannot create ${path}: ${fileProblem(cause)}`, {
      cause,
    });
  }
}
