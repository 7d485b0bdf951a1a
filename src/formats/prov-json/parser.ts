import { TaskprovError } from "../../base/errors.js";
import { type RecordKind, recordKinds } from "../../prov/index.js";
import { DocumentError } from "../document-error.js";
import type { Finding, Place } from "../finding.js";
import { FindingList } from "../finding-list.js";
import { Delivery, type PrefixEntry } from "./delivery.js";
import type { ProvHandler } from "./handler.js";
import { excerpt, JsonCursor, JsonProblem, needMore } from "./json-cursor.js";
import { pointerTo } from "./json-pointer.js";
import { KeySet } from "./key-set.js";
import { startProblem } from "./start-problem.js";
import { TextFeed } from "./text-feed.js";
import { TextPlaces } from "./text-places.js";
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

/** An object that is open at the current position. */
interface Frame {
  readonly type: "document" | "bundles" | "bundle" | "section";
  /** Its JSON pointer, empty for the document. */
  readonly path: string;
  readonly keys: KeySet;
  /** What a section holds. */
  readonly kind?: RecordKind;
  /** Whether a member was read. */
  started: boolean;
}

/** The key of the member being read. */
interface Key {
  readonly text: string;
  readonly at: number;
  readonly path: string;
}

const pieceBytes = 65_536;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const documentStart: Place = { line: 1, column: 1, offset: 0 };
const kindNames: ReadonlySet<string> = new Set(recordKinds);

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
  readonly #onExtraSection: ((name: string, json: string) => void) | undefined;
  readonly #feed = new TextFeed();
  readonly #cursor = new JsonCursor("", false);
  readonly #frames: Frame[] = [];
  #places: TextPlaces = new TextPlaces("", documentStart);
  #next: Place = documentStart;
  #state: "start" | "inside" | "after" | "ended" = "start";
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
    this.#onExtraSection = handler.extraSection?.bind(handler);
  }

  /** Everything found so far, warnings and errors in the order of reading. */
  get findings(): readonly Finding[] {
    return this.#found.all();
  }

  /** Whether the document was read to its end, with or without errors. */
  get complete(): boolean {
    return this.#state === "ended";
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
    this.#places = new TextPlaces(text, documentStart);
    this.#run();
    return this.#finish();
  }

  #assertOpen(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    if (this.#state === "ended") {
      throw new TaskprovError("ERR_CLOSED", "This parser has read its document. Make a new one.");
    }
  }

  #finish(): ReadProvJsonResult {
    this.#state = "ended";
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
    this.#places = new TextPlaces(feed.text, this.#next, feed.ascii);
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

  #failWithBadByte(byte: number): never {
    const { text } = this.#feed;
    const hex = byte.toString(16).toUpperCase().padStart(2, "0");
    const hint = startProblem(this.#places.at(text.length).offset, byte, text);
    this.#fail("encoding", hint ?? `The byte 0x${hex} is not UTF-8 here.`, text.length);
  }

  #fail(rule: string, message: string, at: number, cause?: unknown): never {
    this.#unit.takeBack();
    const path = this.#frames.at(-1)?.path ?? "";
    this.#unit.addAt("error", rule, message, path, this.#places.at(at));
    this.#failure = new DocumentError(this.findings, cause === undefined ? {} : { cause });
    throw this.#failure;
  }

  // Reads unit by unit: a unit is read whole, or given back when it goes on in the next chunk.
  #run(): void {
    const cursor = this.#cursor;
    let unitStart = cursor.pos;
    try {
      while (this.#step()) {
        this.#unit.keep(this.#places, unitStart);
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

  // Reads one unit; false when there is nothing more to do.
  #step(): boolean {
    switch (this.#state) {
      case "start":
        this.#readStart();
        return true;
      case "inside":
        this.#readMember();
        return true;
      default:
        return this.#readAfter();
    }
  }

  #readStart(): void {
    const cursor = this.#cursor;
    if (cursor.pos === 0 && cursor.text.startsWith("\uFEFF")) {
      cursor.pos = 1;
    }
    if (cursor.final && cursor.text.slice(cursor.pos).trim() === "") {
      throw new JsonProblem(cursor.pos, "Expected a JSON object, but the document is empty.");
    }
    if (cursor.next("a JSON object") !== openBrace) {
      const problem = cursor.unexpected("a JSON object");
      const hint = startProblem(0, undefined, cursor.text.slice(cursor.pos));
      throw hint === undefined ? problem : new JsonProblem(cursor.pos, hint);
    }
    cursor.pos += 1;
    this.#state = "inside";
    this.#open("document", "");
  }

  #readAfter(): boolean {
    const cursor = this.#cursor;
    const at = cursor.text.slice(cursor.pos).search(/[^ \t\r\n]/);
    if (at !== -1) {
      cursor.pos += at;
      throw cursor.unexpected("nothing after the document");
    }
    cursor.pos = cursor.text.length;
    return false;
  }

  #open(type: Frame["type"], path: string, kind?: RecordKind): void {
    const frame: Frame = { type, path, keys: new KeySet(), started: false };
    this.#frames.push(kind === undefined ? frame : { ...frame, kind });
  }

  #readMember(): void {
    const cursor = this.#cursor;
    const frame = this.#frames.at(-1);
    if (frame === undefined) {
      return;
    }
    const code = cursor.next(frame.started ? "`,` or `}`" : "a key or `}`");
    if (code === closeBrace) {
      cursor.pos += 1;
      this.#close(frame);
      return;
    }
    if (frame.started) {
      cursor.take(0x2c, "`,` or `}`");
      cursor.next("a key in double quotes");
    }
    if (frame.kind === undefined) {
      this.#readOther(frame);
    } else {
      this.#readRecords(frame, frame.kind);
    }
    frame.started = true;
  }

  #close(frame: Frame): void {
    this.#frames.pop();
    if (frame.type === "bundle") {
      this.#delivery.closeBundle();
    } else if (frame.type === "document") {
      this.#delivery.finish();
      this.#state = "after";
    }
  }

  #readRecords(frame: Frame, kind: RecordKind): void {
    const cursor = this.#cursor;
    const from = cursor.pos;
    cursor.scanString("an id in double quotes");
    const { start, end, escaped } = cursor;
    cursor.pos = from;
    this.#delivery.member(kind, cursor, this.#places, frame.path);
    this.#noteKey(frame, start, end, escaped, `Write both records as an array under one key.`);
    if (this.#delivery.deferredChars > this.#maxDeferredChars) {
      this.#fail(
        "late-prefix",
        `More than ${this.#maxDeferredChars} characters of records stand before the "prefix" they need. Move "prefix" to the beginning, or raise \`maxDeferredChars\`.`,
        from,
      );
    }
  }

  #noteKey(frame: Frame, start: number, end: number, escaped: boolean, remedy: string): void {
    const cursor = this.#cursor;
    const decoded = escaped ? cursor.textBetween(start, end, true) : undefined;
    const isNew =
      decoded === undefined
        ? frame.keys.add(cursor.text, start, end)
        : frame.keys.add(decoded, 0, decoded.length);
    if (!isNew) {
      const key = cursor.textBetween(start, end, escaped);
      const message = `The key ${JSON.stringify(key)} stands twice in one object, most readers keep only the last. ${remedy}`;
      this.#unit.add("error", "duplicate-key", message, start - 1, pointerTo(frame.path, key));
    }
  }

  #readOther(frame: Frame): void {
    const cursor = this.#cursor;
    cursor.scanString("a key in double quotes");
    const { start, end, escaped } = cursor;
    const text = cursor.stringText();
    const key: Key = { text, at: start - 1, path: pointerTo(frame.path, text) };
    cursor.take(0x3a, "`:`");
    cursor.next("a value");
    if (frame.type === "bundles") {
      this.#readBundle(key);
    } else if (text === "prefix") {
      this.#readPrefixes(key);
    } else if (text === "bundle") {
      this.#readBundles(key, frame);
    } else if (kindNames.has(text)) {
      this.#openSection(key);
    } else if (text === "@id" && frame.type === "bundle") {
      this.#readBundleId(key, frame);
    } else {
      this.#readExtra(key, frame);
    }
    this.#noteKey(frame, start, end, escaped, "Join the two.");
  }

  // Takes the opening brace of a value that must be an object.
  #entersObject(key: Key, expected: string): boolean {
    const cursor = this.#cursor;
    const { pos, text } = cursor;
    if (text.charCodeAt(pos) === openBrace) {
      cursor.pos += 1;
      return true;
    }
    cursor.skipValue();
    const message = `Expected ${expected} (an object), got ${excerpt(text, pos, cursor.pos)}.`;
    this.#unit.add("error", "structure", message, pos, key.path);
    return false;
  }

  #openSection(key: Key): void {
    const kind = recordKinds.find((each) => each === key.text);
    if (this.#entersObject(key, `the ${key.text} records by id`)) {
      this.#open("section", key.path, kind);
    }
  }

  #readBundles(key: Key, frame: Frame): void {
    if (frame.type === "bundle") {
      this.#cursor.skipValue();
      const message = "A bundle cannot hold bundles (PROV-DM 5.4).";
      this.#unit.add("error", "nested-bundle", message, key.at, key.path);
    } else if (this.#entersObject(key, "the bundles by id")) {
      this.#open("bundles", key.path);
    }
  }

  #readBundle(key: Key): void {
    if (this.#entersObject(key, "a bundle")) {
      this.#open("bundle", key.path);
      this.#delivery.openBundle(key.text, this.#places.at(key.at), key.path);
    }
  }

  // ProvToolbox repeats the id of a bundle inside it.
  #readBundleId(key: Key, frame: Frame): void {
    const cursor = this.#cursor;
    const at = cursor.pos;
    cursor.skipValue();
    const value: unknown = JSON.parse(cursor.text.slice(at, cursor.pos));
    if (typeof value !== "string" || pointerTo("/bundle", value) !== frame.path) {
      const message = `Expected the id of this bundle, got ${excerpt(cursor.text, at, cursor.pos)}; ignored.`;
      this.#unit.add("warning", "bundle-id", message, at, key.path);
    }
  }

  #readPrefixes(key: Key): void {
    const cursor = this.#cursor;
    if (!this.#entersObject(key, "the IRIs by prefix")) {
      return;
    }
    const entries: PrefixEntry[] = [];
    const seen = new Set<string>();
    if (cursor.next("a prefix or `}`") === closeBrace) {
      cursor.pos += 1;
      this.#delivery.prefixes(entries);
      return;
    }
    for (;;) {
      cursor.scanString("a prefix in double quotes");
      const prefix = cursor.stringText();
      const entry = { key: prefix, at: cursor.start - 1, path: pointerTo(key.path, prefix) };
      if (seen.has(prefix)) {
        const message = `The prefix ${JSON.stringify(prefix)} is declared twice.`;
        this.#unit.add("error", "duplicate-key", message, entry.at, entry.path);
      }
      seen.add(prefix);
      cursor.take(0x3a, "`:`");
      if (cursor.next("an IRI in double quotes") === 0x22) {
        cursor.scanString("an IRI in double quotes");
        entries.push({ ...entry, uri: cursor.stringText() });
      } else {
        const { pos } = cursor;
        cursor.skipValue();
        const message = `Expected an IRI in double quotes, got ${excerpt(cursor.text, pos, cursor.pos)}.`;
        this.#unit.add("error", "prefix", message, pos, entry.path);
      }
      const code = cursor.next("`,` or `}`");
      if (code !== closeBrace && code !== 0x2c) {
        throw cursor.unexpected("`,` or `}`");
      }
      cursor.pos += 1;
      if (code === closeBrace) {
        break;
      }
    }
    this.#delivery.prefixes(entries);
  }

  #readExtra(key: Key, frame: Frame): void {
    const cursor = this.#cursor;
    const { pos } = cursor;
    cursor.skipValue();
    const name = JSON.stringify(key.text);
    const meant = recordKinds.find((kind) => kind.toLowerCase() === key.text.toLowerCase());
    if (meant !== undefined) {
      const message = `Unknown section ${name}; did you mean ${JSON.stringify(meant)}?`;
      this.#unit.add("error", "unknown-section", message, key.at, key.path);
    } else if (key.text === "@graph" || key.text === "@context") {
      const message = `${name} belongs to JSON-LD: this looks like PROV-JSONLD, not PROV-JSON.`;
      this.#unit.add("error", "unknown-section", message, key.at, key.path);
    } else if (frame.type === "document" && this.#onExtraSection !== undefined) {
      const message = `The section ${name} is not of PROV-DM; kept as it is, other readers may reject the document.`;
      this.#unit.add("warning", "unknown-section", message, key.at, key.path);
      this.#onExtraSection(key.text, cursor.text.slice(pos, cursor.pos));
    } else {
      const message = `The section ${name} is not of PROV-DM; left out.`;
      this.#unit.add("warning", "unknown-section", message, key.at, key.path);
    }
  }
}
