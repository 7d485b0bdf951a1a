import { type Clock, type EpochSeconds, systemClock } from "../base/clock.js";
import type { TaskprovError } from "../base/errors.js";
import { FrameBuilder, headerFrame } from "./frame-builder.js";
import { JournalFile } from "./journal-file.js";
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

/** After a failed write the next try waits so many flush intervals. */
const retryIntervals = 5;

/**
 * Appends events to a journal file. After it is open nothing here throws: when the disk fails,
 * events wait in memory up to a limit, later ones are dropped and counted, and a `dropped` event
 * says so once the disk takes bytes again.
 */
export class JournalWriter {
  readonly #file: JournalFile;
  readonly #clock: Clock;
  readonly #flushSeconds: number;
  readonly #maxUnwrittenBytes: number;
  readonly #options: JournalWriterOptions;
  readonly #builder = new FrameBuilder();
  #timer: NodeJS.Timeout | undefined;
  #lastFlush: EpochSeconds;
  #retryAt: EpochSeconds = 0;
  #closed = false;
  #events = 0;
  #dropped = 0;
  /** Since too much waits: events dropped and not yet told in the journal. */
  #untold = 0;
  #full = false;

  private constructor(file: JournalFile, options: JournalWriterOptions) {
    this.#file = file;
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
    const { fd, onProblem } = options;
    const file =
      fd === undefined ? JournalFile.create(path, onProblem) : new JournalFile(path, fd, onProblem);
    const magic = Buffer.from(journalMagic, "latin1");
    file.write(Buffer.concat([magic, headerFrame(header)]), 0);
    return new JournalWriter(file, options);
  }

  /** The file's path; another after `moveTo`. */
  get path(): string {
    return this.#file.path;
  }

  /** Bytes that reached the file. */
  get bytes(): number {
    return this.#file.bytes;
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
    return this.#file.unwrittenBytes + this.#builder.length;
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
    this.#dropped += this.#file.close(this.#options.fsync);
  }

  /**
   * Why the file at the path does not hold all of the journal, or undefined when it does. To be
   * asked before `close`, which is too late for {@link JournalWriter.moveTo}.
   */
  get missing(): "elsewhere" | "unwritten" | undefined {
    if (this.#closed) return undefined;
    this.flushSync();
    return this.#file.missing;
  }

  /**
   * Writes all of the journal to another file, which must not exist yet, and goes on there. To be
   * called before `close`.
   *
   * @throws {@link TaskprovError} `ERR_DESTINATION` when that is not possible; then no file is left.
   */
  moveTo(path: string): void {
    this.flushSync();
    this.#resume();
    this.#seal();
    this.#file.moveTo(path);
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
    this.#file.tell("invalid", text, error);
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
    if (this.#file.unwrittenBytes > 0 && now >= this.#retryAt && !this.#file.drain()) {
      this.#retryAt = now + retryIntervals * this.#flushSeconds;
    }
    if (this.#full && this.#file.unwrittenBytes === 0) {
      this.#resume();
      this.#seal();
    }
    this.#file.look();
  }

  #seal(): void {
    const { count } = this.#builder;
    const frame = this.#builder.seal();
    if (frame !== undefined) this.#file.write(frame, count);
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
}
