import { type RecordKind, recordKinds } from "../../prov/index.js";
import { quoted } from "../quoted.js";
import type { TextPlaces } from "../text-places.js";
import type { Delivery } from "./delivery.js";
import { excerpt, type JsonCursor, JsonProblem } from "./json-cursor.js";
import { pointerTo } from "./json-pointer.js";
import { KeySet } from "./key-set.js";
import { readPrefixObject } from "./prefix-object.js";
import { startProblem } from "./start-problem.js";
import type { UnitFindings } from "./unit-findings.js";

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

const openBrace = 0x7b;
const closeBrace = 0x7d;
const kindNames: ReadonlySet<string> = new Set(recordKinds);

/**
 * Walks through the objects of a PROV-JSON text down to the records: document, sections, bundles.
 *
 * Goes in steps. A step takes one part of the text whole, or throws and takes nothing that
 * matters: the caller puts the cursor back and tries again with more text.
 */
export class ContainerReader {
  readonly #cursor: JsonCursor;
  readonly #unit: UnitFindings;
  readonly #delivery: Delivery;
  readonly #frames: Frame[] = [];
  #places: TextPlaces;
  #state: "start" | "inside" | "after" = "start";

  /**
   * @param cursor - the position in the text.
   * @param places - turns positions into places.
   * @param unit - takes what is wrong.
   * @param delivery - takes what was read.
   */
  constructor(cursor: JsonCursor, places: TextPlaces, unit: UnitFindings, delivery: Delivery) {
    this.#cursor = cursor;
    this.#places = places;
    this.#unit = unit;
    this.#delivery = delivery;
  }

  /** The JSON pointer of the innermost open object. */
  get path(): string {
    return this.#frames.at(-1)?.path ?? "";
  }

  /** Says that the cursor has another text. */
  moveTo(places: TextPlaces): void {
    this.#places = places;
  }

  /** Reads one part; false when there is nothing more to read. */
  step(): boolean {
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
      const message = `The key ${quoted(key)} stands twice in one object, most readers keep only the last. ${remedy}`;
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
    if (this.#entersObject(key, "the IRIs by prefix")) {
      this.#delivery.prefixes(readPrefixObject(this.#cursor, this.#unit, key.path));
    }
  }

  #readExtra(key: Key, frame: Frame): void {
    const cursor = this.#cursor;
    const { pos } = cursor;
    cursor.skipValue();
    const name = quoted(key.text);
    const meant = recordKinds.find((kind) => kind.toLowerCase() === key.text.toLowerCase());
    if (meant !== undefined) {
      const message = `Unknown section ${name}; did you mean ${JSON.stringify(meant)}?`;
      this.#unit.add("error", "unknown-section", message, key.at, key.path);
    } else if (key.text === "@graph" || key.text === "@context") {
      const message = `${name} belongs to JSON-LD: this looks like PROV-JSONLD, not PROV-JSON.`;
      this.#unit.add("error", "unknown-section", message, key.at, key.path);
    } else if (frame.type !== "section" && this.#delivery.takesExtraSections) {
      const message = `The section ${name} is not of PROV-DM; kept as it is, other readers may reject the document.`;
      this.#unit.add("warning", "unknown-section", message, key.at, key.path);
      this.#delivery.extraSection(key.text, cursor.text.slice(pos, cursor.pos));
    } else {
      const message = `The section ${name} is not of PROV-DM; left out.`;
      this.#unit.add("warning", "unknown-section", message, key.at, key.path);
    }
  }
}
