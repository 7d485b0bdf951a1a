import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { TaskprovError } from "../base/errors.js";
import { errorCode, fileProblem } from "../base/file-problem.js";
import { JournalParser } from "./journal-parser.js";
import type { JournalReport } from "./journal-report.js";
import type { RawEvent } from "./raw-event.js";
import type { TaskEvent } from "./task-event.js";
import { plainWire } from "./wire-reader.js";

/** Where a journal comes from: the path of a file, or its bytes. */
export type JournalSource = string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Events of one piece are alive together: larger pieces are more for the collector to carry. */
const chunkBytes = 1 << 16;

/** A journal being read; iterate it once. */
export class JournalReading implements AsyncIterable<TaskEvent> {
  readonly #source: JournalSource;
  readonly #parser: JournalParser;

  /**
   * @param source - path or bytes.
   * @param name - for messages; default the path, or "the journal".
   */
  constructor(source: JournalSource, name: string = nameOf(source)) {
    this.#source = source;
    this.#parser = new JournalParser(name);
  }

  /** What was found so far; complete when the iteration has ended. */
  get report(): JournalReport {
    return this.#parser.report;
  }

  /** Gives the valid events in order. Throws as {@link readJournal} says. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TaskEvent, void, undefined> {
    for await (const events of this.batches()) yield* events;
  }

  /**
   * Gives the valid events in order, as many at a time as a chunk of the file holds: waiting for
   * each by itself costs more than reading it. Throws as {@link readJournal} says.
   */
  async *batches(): AsyncGenerator<readonly TaskEvent[], void, undefined> {
    for await (const chunk of chunksOf(this.#source)) yield this.#parser.push(chunk);
    yield this.#parser.finish();
  }

  /** Gives the events as they stand, one line of JSON each. Throws as {@link readJournal} says. */
  async *lines(): AsyncGenerator<string, void, undefined> {
    let started = false;
    const parser = this.#parser;
    const headerFirst = function* (raws: readonly RawEvent[]): Generator<string> {
      const { header } = parser.report;
      if (!started && header !== undefined) yield `${JSON.stringify(header)}\n`;
      started ||= header !== undefined || raws.length > 0;
      for (const raw of raws) yield `${JSON.stringify(plainWire(raw.wire))}\n`;
    };
    for await (const chunk of chunksOf(this.#source)) yield* headerFirst(parser.pushRaw(chunk));
    yield* headerFirst(parser.finishRaw());
  }
}

/**
 * Reads a journal, frames or NDJSON, in memory bounded by its longest event. A torn tail is
 * dropped, damage in the middle is left out; both are told in `report`, which is complete when the
 * iteration has ended.
 *
 * @param source - path or bytes; standard input is `process.stdin`.
 * @throws {@link TaskprovError} while iterating: `ERR_FILE` when the file cannot be read,
 * `ERR_JOURNAL` when it is no journal, `ERR_JOURNAL_VERSION` when a newer taskprov wrote it.
 */
export function readJournal(source: JournalSource, name?: string): JournalReading {
  return new JournalReading(source, name);
}

/** A journal being read without waiting; iterate it once. */
export class JournalReadingSync implements Iterable<TaskEvent> {
  readonly #source: string | Iterable<Uint8Array>;
  readonly #parser: JournalParser;

  /**
   * @param source - path or bytes.
   * @param name - for messages; default the path, or "the journal".
   */
  constructor(source: string | Iterable<Uint8Array>, name: string = nameOf(source)) {
    this.#source = source;
    this.#parser = new JournalParser(name);
  }

  /** What was found so far; complete when the iteration has ended. */
  get report(): JournalReport {
    return this.#parser.report;
  }

  /** Gives the valid events in order. Throws as {@link readJournal} says. */
  *[Symbol.iterator](): Generator<TaskEvent, void, undefined> {
    const source = this.#source;
    const chunks = typeof source === "string" ? fileChunks(source) : source;
    for (const chunk of chunks) yield* this.#parser.push(chunk);
    yield* this.#parser.finish();
  }
}

/** Reads a journal like {@link readJournal}, without waiting: three times as fast. */
export function readJournalSync(
  source: string | Iterable<Uint8Array>,
  name?: string,
): JournalReadingSync {
  return new JournalReadingSync(source, name);
}

/**
 * Reads a whole journal and says what it found. Throws as {@link readJournal} says.
 */
export async function verifyJournal(source: JournalSource, name?: string): Promise<JournalReport> {
  const reading = readJournal(source, name);
  for await (const _ of reading.batches());
  return reading.report;
}

/**
 * Gives a journal as NDJSON: the header first, then an event a line, as it stands, so that unknown
 * kinds and positions are kept. Throws as {@link readJournal} says.
 */
export function catJournal(source: JournalSource, name?: string): AsyncIterable<string> {
  return readJournal(source, name).lines();
}

function nameOf(source: JournalSource): string {
  return typeof source === "string" ? source : "the journal";
}

function* fileChunks(path: string): Generator<Uint8Array> {
  const fd = reading(path, () => openSync(path, "r"));
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const bytes = reading(path, () => readSync(fd, chunk, 0, chunkBytes, null));
      if (bytes === 0) return;
      yield chunk.subarray(0, bytes);
    }
  } finally {
    closeSync(fd);
  }
}

async function* chunksOf(source: JournalSource): AsyncGenerator<Uint8Array> {
  if (typeof source !== "string") {
    yield* source;
    return;
  }
  try {
    yield* createReadStream(source, { highWaterMark: chunkBytes });
  } catch (cause) {
    throw errorCode(cause) === undefined ? cause : unreadable(source, cause);
  }
}

function reading<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): TaskprovError {
  return new TaskprovError("ERR_FILE", `Cannot read ${path}: ${fileProblem(cause)}`, { cause });
}
