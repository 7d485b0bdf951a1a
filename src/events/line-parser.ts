import { TaskprovError } from "../base/errors.js";
import { decodeHeader } from "./journal-header.js";
import type { ReportBuilder } from "./journal-report.js";
import type { RawParser, TakeRaw } from "./raw-event.js";
import { maxEventBytes, maxWireDepth } from "./wire.js";
import type { RawWire } from "./wire-reader.js";

const newline = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true });
/** JSON takes up to about twice the bytes of msgpack. */
const maxLineBytes = 2 * maxEventBytes;

/**
 * Takes a journal written as NDJSON apart: an object that says who wrote it, then an event a line.
 * Lines that cannot be read are left out and reported.
 */
export class LineParser implements RawParser {
  readonly #report: ReportBuilder;
  readonly #name: string;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #tooLong = false;
  #line = 0;
  #offset = 0;
  #started = false;

  /**
   * @param report - receives what is found.
   * @param name - of the file, for messages.
   */
  constructor(report: ReportBuilder, name: string) {
    this.#report = report;
    this.#name = name;
  }

  push(chunk: Uint8Array, take: TakeRaw): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end < 0) break;
      this.#keep(chunk.subarray(from, end));
      this.#endLine(true, take);
      from = end + 1;
    }
    // Copied, because the owner of the chunk may use its memory again.
    if (from < chunk.length) this.#keep(chunk.slice(from));
  }

  finish(take: TakeRaw): void {
    if (this.#partBytes > 0) this.#endLine(false, take);
  }

  #keep(part: Uint8Array): void {
    this.#partBytes += part.length;
    this.#tooLong ||= this.#partBytes > maxLineBytes;
    if (this.#tooLong) this.#parts = [];
    else this.#parts.push(part);
  }

  #endLine(hasNewline: boolean, take: TakeRaw): void {
    this.#line++;
    const bytes = this.#partBytes + (hasNewline ? 1 : 0);
    let wire: RawWire | undefined;
    try {
      if (this.#tooLong) throw new SyntaxError(`longer than ${maxLineBytes} bytes`);
      const text = utf8.decode(
        this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts),
      );
      if (text.trim() !== "") wire = this.#readLine(text);
    } catch (error) {
      if (error instanceof TaskprovError) throw error;
      this.#reportBad(error, bytes, hasNewline);
    }
    this.#offset += bytes;
    this.#parts = [];
    this.#partBytes = 0;
    this.#tooLong = false;
    if (wire !== undefined) take(wire, { line: this.#line });
  }

  /** The event of a line; undefined of the header. */
  #readLine(text: string): RawWire | undefined {
    if (depthOf(text) > maxWireDepth) {
      throw new SyntaxError(`nested deeper than ${maxWireDepth} levels`);
    }
    const wire: unknown = JSON.parse(text);
    if (this.#started || Array.isArray(wire)) {
      if (!this.#started) this.#reportNoHeader("the first line is an event");
      this.#started = true;
      this.#report.count("frames");
      return asRawWire(wire);
    }
    this.#started = true;
    try {
      this.#report.setHeader(decodeHeader(asRawWire(wire), { line: this.#line }));
    } catch (cause) {
      throw notAJournal(this.#name, cause);
    }
    return undefined;
  }

  #reportNoHeader(why: string): void {
    const text = `the header cannot be read: ${why}`;
    this.#report.problem({ kind: "bad-header", line: this.#line, text });
  }

  #reportBad(error: unknown, bytes: number, hasNewline: boolean): void {
    // A whole first line that is no JSON: this is some other kind of file.
    if (hasNewline && !this.#started) throw notAJournal(this.#name, error);
    const place = { line: this.#line, offset: this.#offset };
    const reason = error instanceof Error ? error.message : String(error);
    if (!hasNewline) {
      this.#report.count("tornBytes", bytes);
      const text = `the last line is not complete (${reason}); its ${bytes} bytes are dropped`;
      this.#report.problem({ kind: "torn-tail", ...place, text });
      return;
    }
    this.#report.count("badFrames");
    this.#report.count("skippedBytes", bytes);
    const text = `line ${this.#line} cannot be read (${reason}); left out`;
    this.#report.problem({ kind: "bad-frame", ...place, text });
  }
}

/** Nesting of arrays and objects in JSON: what follows recurses, and JSON.parse does not mind. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return deepest;
}

/** What JSON.parse gives is raw wire by construction; TypeScript only knows it as unknown. */
function asRawWire(value: unknown): RawWire {
  return value as RawWire;
}

function notAJournal(name: string, cause: unknown): TaskprovError {
  return new TaskprovError(
    "ERR_JOURNAL",
    `${name} is not a journal: its first line does not say who wrote it ({"producer", "runId", "created", …}). Is it a PROV document? Then use \`taskprov check\`.`,
    { cause },
  );
}
