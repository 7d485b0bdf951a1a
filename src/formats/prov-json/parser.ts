import { TaskprovError } from "../../base/errors.js";
import type { RecordKind } from "../../prov/index.js";
import { DocumentError } from "../document-error.js";
import type { Finding, Place } from "../finding.js";
import { FindingList } from "../finding-list.js";
import type { ProvHandler } from "../handler.js";
import { TextPlaces } from "../text-places.js";
import { ContainerReader } from "./container-reader.js";
import { Delivery } from "./delivery.js";
import { JsonCursor, JsonProblem, needMore } from "./json-cursor.js";
import { startProblem } from "./start-problem.js";
import { TextFeed } from "./text-feed.js";
import { UnitFindings } from "./unit-findings.js";

/** Limits of reading; the defaults suit files of any size. */
export interface ReadProvJsonOptions {
  /**
   * The longest record (or other single member) in bytes of its text.
   *
   * @defaultValue 67_108_864
   */
  readonly maxRecordBytes?: number;
  /**
   * How much text may be held back because the prefixes it needs may still follow. Only documents
   * whose `prefix` is missing or not at the beginning need any, and bundles likewise.
   *
   * @defaultValue 536_870_912
   */
  readonly maxDeferredChars?: number;
  /**
   * How many errors, and how many warnings, are kept; later ones are only counted.
   *
   * @defaultValue 100
   */
  readonly maxFindings?: number;
}

/** What reading a document without errors told besides its content. */
export interface ReadProvJsonResult {
  readonly warnings: readonly Finding[];
  /** How many records of each kind there were, bundles included; kinds without any are absent. */
  readonly counts: Readonly<Partial<Record<RecordKind, number>>>;
}

const pieceBytes = 65_536;
const documentStart: Place = { line: 1, column: 1, offset: 0 };

/**
 * Reads PROV-JSON from bytes that arrive in chunks of any size, and delivers it to a handler.
 *
 * Memory does not grow with the document, except for about 16 bytes a record (to notice repeated
 * keys) and for what has to wait for a late `prefix`. Everything wrong is collected, as long as
 * the text is JSON; illegal records and attributes are left out of what is delivered.
 *
 * @example
 * ```ts
 * const parser = new ProvJsonParser({ record: (record) => console.log(record.kind) });
 * for await (const chunk of createReadStream("output/yprov4wfs.json")) {
 *   parser.push(chunk);
 * }
 * parser.end();
 * ```
 */
export class ProvJsonParser {
  readonly #maxRecordBytes: number;
  readonly #maxDeferredChars: number;
  readonly #found: FindingList;
  readonly #unit: UnitFindings;
  readonly #delivery: Delivery;
  readonly #containers: ContainerReader;
  readonly #feed = new TextFeed();
  readonly #cursor = new JsonCursor("", false);
  #places: TextPlaces = new TextPlaces("", documentStart);
  #next: Place = documentStart;
  #complete: boolean = false;
  #failure: DocumentError | undefined;
  /** Reading waits until this many bytes are held, so that long members are not scanned often. */
  #waitFor: number = 1;

  /**
   * @param handler - takes the content.
   * @param options - limits.
   */
  constructor(handler: ProvHandler, options: ReadProvJsonOptions = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? 67_108_864;
    this.#maxDeferredChars = options.maxDeferredChars ?? 536_870_912;
    this.#found = new FindingList(options.maxFindings ?? 100);
    this.#unit = new UnitFindings(this.#found);
    this.#delivery = new Delivery(handler, this.#unit);
    this.#containers = new ContainerReader(this.#cursor, this.#places, this.#unit, this.#delivery);
  }

  /** Everything found so far, warnings and errors in the order of reading. */
  get findings(): readonly Finding[] {
    return this.#found.all();
  }

  /** Whether the document was read to its end, with or without errors. */
  get complete(): boolean {
    return this.#complete;
  }

  /** How many errors were found so far, listed or not. */
  get errors(): number {
    return this.#found.errors;
  }

  /** How many records of each kind were delivered so far. */
  get counts(): Readonly<Partial<Record<RecordKind, number>>> {
    return Object.fromEntries(this.#delivery.counts);
  }

  /**
   * Takes the next bytes; they are copied, the array may be used again.
   *
   * @throws {@link DocumentError} as soon as the text is no JSON or exceeds a limit.
   */
  push(chunk: Uint8Array): void {
    this.#assertOpen();
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      this.#feed.add(chunk.subarray(at, at + pieceBytes));
      if (this.#feed.size >= this.#waitFor) {
        this.#readFeed(false);
      }
    }
  }

  /**
   * Says that all bytes were given.
   *
   * @throws {@link DocumentError} with every finding, when there was any error.
   */
  end(): ReadProvJsonResult {
    this.#assertOpen();
    this.#readFeed(true);
    return this.#finish();
  }

  /**
   * Reads a whole document from a string; instead of `push` and `end`.
   *
   * @throws {@link DocumentError} with every finding, when there was any error.
   */
  readText(text: string): ReadProvJsonResult {
    this.#assertOpen();
    this.#cursor.text = text;
    this.#cursor.final = true;
    this.#placesIn(new TextPlaces(text, documentStart));
    this.#run();
    return this.#finish();
  }

  #assertOpen(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    if (this.#complete) {
      throw new TaskprovError("ERR_CLOSED", "This parser has read its document. Make a new one.");
    }
  }

  #finish(): ReadProvJsonResult {
    this.#complete = true;
    if (this.#found.errors > 0) {
      this.#failure = new DocumentError(this.findings);
      throw this.#failure;
    }
    return { warnings: this.findings, counts: this.counts };
  }

  #readFeed(final: boolean): void {
    const feed = this.#feed;
    const cursor = this.#cursor;
    feed.decode(final);
    cursor.text = feed.text;
    cursor.pos = 0;
    cursor.final = final && feed.badByte === undefined;
    this.#placesIn(new TextPlaces(feed.text, this.#next, feed.ascii));
    this.#run();
    if (feed.badByte !== undefined) {
      this.#failWithBadByte(feed.badByte);
    }
    this.#next = this.#places.settle(cursor.pos);
    feed.drop(cursor.pos);
    if (feed.size > this.#maxRecordBytes) {
      this.#fail(
        "too-long",
        `One member of the document is longer than ${this.#maxRecordBytes} bytes. Raise \`maxRecordBytes\` if it is meant to be.`,
        cursor.pos,
      );
    }
    this.#waitFor = 2 * feed.size + 1;
  }

  #placesIn(places: TextPlaces): void {
    this.#places = places;
    this.#containers.moveTo(places);
  }

  #failWithBadByte(byte: number): never {
    const { text } = this.#feed;
    const hex = byte.toString(16).toUpperCase().padStart(2, "0");
    const hint = startProblem(this.#places.at(text.length).offset, byte, text);
    this.#fail("encoding", hint ?? `The byte 0x${hex} is not UTF-8 here.`, text.length);
  }

  #fail(rule: string, message: string, at: number, cause?: unknown): never {
    this.#unit.takeBack();
    const { path } = this.#containers;
    this.#unit.addAt("error", rule, message, path, this.#places.at(at));
    this.#failure = new DocumentError(this.findings, cause === undefined ? {} : { cause });
    throw this.#failure;
  }

  // Reads unit by unit: a unit is read whole, or given back when it goes on in the next chunk.
  #run(): void {
    const cursor = this.#cursor;
    let unitStart = cursor.pos;
    try {
      while (this.#containers.step()) {
        this.#unit.keep(this.#places, unitStart);
        this.#checkDeferred(unitStart);
        unitStart = cursor.pos;
      }
    } catch (error) {
      if (error instanceof JsonProblem) {
        this.#fail("json-syntax", error.message, error.at);
      }
      if (error !== needMore) {
        throw error;
      }
      this.#unit.takeBack();
      cursor.pos = unitStart;
    }
  }

  #checkDeferred(at: number): void {
    if (this.#delivery.deferredChars > this.#maxDeferredChars) {
      this.#fail(
        "late-prefix",
        `More than ${this.#maxDeferredChars} characters of records stand before the "prefix" they need. Move "prefix" to the beginning, or raise \`maxDeferredChars\`.`,
        at,
      );
    }
  }
}
