import { TaskprovError } from "../base/errors.js";
import { decodeEvent } from "./decode-event.js";
import { EventError } from "./event-error.js";
import { FrameParser } from "./frame-parser.js";
import { type JournalReport, ReportBuilder } from "./journal-report.js";
import { LineParser } from "./line-parser.js";
import type { RawEvent, RawParser, TakeRaw } from "./raw-event.js";
import type { TaskEvent } from "./task-event.js";
import { journalMagic } from "./wire.js";

const magic: Buffer = Buffer.from(journalMagic, "latin1");

/**
 * Reads a journal chunk by chunk, whichever of the two forms it has: frames of msgpack or NDJSON.
 * What cannot be read is left out and told in the report, never silently.
 */
export class JournalParser {
  readonly #name: string;
  readonly #report = new ReportBuilder();
  #parser: RawParser | undefined;
  #head: Buffer = Buffer.alloc(0);

  /** @param name - of the file, for messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** What was found so far. */
  get report(): JournalReport {
    return this.#report.report;
  }

  /**
   * Takes the next bytes and gives the events that are complete with them, as they stand.
   *
   * @throws {@link TaskprovError} `ERR_JOURNAL` when this is no journal, `ERR_JOURNAL_VERSION` when
   * it is of a newer version.
   */
  pushRaw(chunk: Uint8Array): RawEvent[] {
    return listed((take) => this.#push(chunk, take));
  }

  /** Says that nothing follows and gives the last events, as they stand. Throws like `pushRaw`. */
  finishRaw(): RawEvent[] {
    return listed((take) => this.#finish(take));
  }

  /** Takes the next bytes and gives the valid events in them. Throws like `pushRaw`. */
  push(chunk: Uint8Array): TaskEvent[] {
    return this.#decoded((take) => this.#push(chunk, take));
  }

  /** Says that nothing follows and gives the last valid events. Throws like `pushRaw`. */
  finish(): TaskEvent[] {
    return this.#decoded((take) => this.#finish(take));
  }

  #push(chunk: Uint8Array, take: TakeRaw): void {
    this.#report.count("bytes", chunk.length);
    if (this.#parser !== undefined) {
      this.#parser.push(chunk, take);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= magic.length) this.#begin(this.#head, take);
  }

  #finish(take: TakeRaw): void {
    const head = this.#head;
    if (this.#parser === undefined) {
      if (head.length === 0) throw notAJournal(this.#name, "it is empty");
      if (magic.subarray(0, head.length).equals(head)) {
        this.#report.setFormat("frames");
        this.#report.count("tornBytes", head.length);
        const text = `only the first ${head.length} bytes of a journal are there`;
        this.#report.problem({ kind: "torn-tail", offset: 0, text });
        return;
      }
      this.#begin(head, take);
    }
    this.#parser?.finish(take);
  }

  #begin(head: Buffer, take: TakeRaw): void {
    this.#head = Buffer.alloc(0);
    if (head.subarray(0, magic.length).equals(magic)) {
      this.#report.setFormat("frames");
      this.#parser = new FrameParser(this.#report, magic.length);
      this.#parser.push(head.subarray(magic.length), take);
      return;
    }
    if (/^(?:\u00ef\u00bb\u00bf)?\s*[[{]/.test(head.toString("latin1", 0, 64))) {
      this.#report.setFormat("ndjson");
      this.#parser = new LineParser(this.#report, this.#name);
      this.#parser.push(head, take);
      return;
    }
    throw unknownFile(this.#name, head);
  }

  #decoded(read: (take: TakeRaw) => void): TaskEvent[] {
    const events: TaskEvent[] = [];
    read((wire, position) => {
      try {
        events.push(decodeEvent(wire, position));
        this.#report.count("events");
      } catch (error) {
        this.#reportInvalid(error, position);
      }
    });
    return events;
  }

  #reportInvalid(error: unknown, position: RawEvent["position"]): void {
    if (!(error instanceof EventError)) throw error;
    this.#report.count("invalidEvents");
    this.#report.problem({
      kind: "invalid-event",
      ...(position.line !== undefined && { line: position.line }),
      text: `${error.message} It is left out.`,
    });
  }
}

function listed(read: (take: TakeRaw) => void): RawEvent[] {
  const raws: RawEvent[] = [];
  read((wire, position) => raws.push({ wire, position }));
  return raws;
}

function unknownFile(name: string, head: Buffer): TaskprovError {
  const start = head.toString("latin1", 0, magic.length);
  const version = /^TPJRNL(\d+)/.exec(start)?.[1];
  if (version !== undefined) {
    return new TaskprovError(
      "ERR_JOURNAL_VERSION",
      `${name} is a journal of format ${version}; this version of taskprov reads format 1. Use a newer taskprov.`,
    );
  }
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return notAJournal(name, "it is compressed with gzip. Unpack it first (gunzip)");
  }
  return notAJournal(name, `it begins with ${JSON.stringify(start)}, not with "TPJRNL1"`);
}

function notAJournal(name: string, why: string): TaskprovError {
  return new TaskprovError("ERR_JOURNAL", `${name} is not a journal: ${why}.`);
}
