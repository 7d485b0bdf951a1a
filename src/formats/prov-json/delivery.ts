import {
  putTogether,
  type QualifiedName,
  type RecordKind,
  type RecordParts,
} from "../../prov/index.js";
import type { Place } from "../finding.js";
import type { ProvHandler, RecordPlace } from "../handler.js";
import { TextPlaces } from "../text-places.js";
import { JsonCursor } from "./json-cursor.js";
import { memberPointer, pointerTo } from "./json-pointer.js";
import { MemberContext } from "./member-context.js";
import { RecordReader } from "./record-reader.js";
import { Scope } from "./scope.js";
import type { UnitFindings } from "./unit-findings.js";

/** One declaration of a `prefix` object. */
export interface PrefixEntry {
  readonly key: string;
  readonly uri: string;
  readonly at: number;
  readonly path: string;
}

/** A member whose prefixes may still be declared. */
interface DeferredMember {
  readonly kind: RecordKind;
  readonly text: string;
  readonly start: Place;
  readonly sectionPath: string;
}

interface OpenBundle {
  /** Its id as it is spelt. */
  readonly key: string;
  readonly start: Place;
  readonly path: string;
  readonly scope: Scope;
  readonly deferred: DeferredMember[];
  prefixSeen: boolean;
  begun: boolean;
  id?: QualifiedName;
  readonly extraSections: (readonly [name: string, json: string])[];
}

/**
 * Resolves what the parser finds and hands it to the handler, in an order in which every prefix
 * is known before it is used. What comes too early is held back as text.
 */
export class Delivery {
  readonly #handler: ProvHandler;
  readonly #findings: UnitFindings;
  readonly #context: MemberContext;
  readonly #reader: RecordReader;
  readonly #scope = new Scope();
  readonly #deferred: (DeferredMember | OpenBundle)[] = [];
  readonly #counts = new Map<RecordKind, { count: number }>();
  /** The count of the kind of the last record, as most come one kind after another. */
  #run: { readonly kind: RecordKind; readonly counter: { count: number } } | undefined;
  #ready: boolean = false;
  #bundle: OpenBundle | undefined;
  #deferredChars: number = 0;
  #places: TextPlaces = new TextPlaces("", { line: 1, column: 1, offset: 0 });
  #sectionPath: string = "";
  #memberStart: number = 0;
  readonly #at: RecordPlace = {
    place: () => this.#places.settle(this.#memberStart),
    path: () => this.#memberPath(),
    section: () => this.#sectionPath,
    key: () => this.#context.keyText(),
  };

  /**
   * @param handler - takes the content.
   * @param findings - takes what is wrong with it.
   */
  constructor(handler: ProvHandler, findings: UnitFindings) {
    this.#handler = handler;
    this.#findings = findings;
    this.#context = new MemberContext((severity, rule, message, at, path) => {
      findings.add(severity, rule, message, at, memberPointer(this.#memberPath(), path));
    });
    this.#reader = new RecordReader(this.#context);
  }

  /** How many records of each kind were delivered. */
  get counts(): ReadonlyMap<RecordKind, number> {
    return new Map([...this.#counts].map(([kind, { count }]) => [kind, count]));
  }

  /** How many characters are held back. */
  get deferredChars(): number {
    return this.#deferredChars;
  }

  /** Reads the member at the cursor; delivers its records now or when their names are known. */
  member(kind: RecordKind, cursor: JsonCursor, places: TextPlaces, sectionPath: string): void {
    const bundle = this.#bundle;
    if (this.#ready && (bundle === undefined || bundle.begun)) {
      this.#read(kind, bundle, cursor, places, sectionPath);
      return;
    }
    const from = cursor.pos;
    cursor.scanString("an id in double quotes");
    cursor.take(0x3a, "`:`");
    cursor.skipValue();
    const text = cursor.text.slice(from, cursor.pos);
    const list = bundle?.deferred ?? this.#deferred;
    list.push({ kind, text, start: places.settle(from), sectionPath });
    this.#deferredChars += text.length;
  }

  /** Declares the prefixes of the document or of the open bundle. */
  prefixes(entries: readonly PrefixEntry[]): void {
    const bundle = this.#bundle;
    const scope = bundle?.scope ?? this.#scope;
    for (const { key, uri, at, path } of entries) {
      const { error, warning } = scope.declare(key, uri);
      if (error !== undefined) {
        this.#findings.add("error", "prefix", error, at, path);
      }
      if (warning !== undefined) {
        this.#findings.add("warning", "prefix", warning, at, path);
      }
    }
    if (bundle === undefined) {
      this.#documentReady();
    } else {
      bundle.prefixSeen = true;
      this.#beginIfKnown(bundle);
    }
  }

  openBundle(key: string, start: Place, path: string): void {
    const scope = new Scope(this.#scope);
    this.#bundle = {
      key,
      start,
      path,
      scope,
      deferred: [],
      prefixSeen: false,
      begun: false,
      extraSections: [],
    };
  }

  /** Whether sections that are not of PROV-DM are wanted. */
  get takesExtraSections(): boolean {
    return this.#handler.extraSection !== undefined;
  }

  /** Delivers a section that is not of PROV-DM, of the document or of the open bundle. */
  extraSection(name: string, json: string): void {
    if (this.#bundle === undefined) {
      this.#handler.extraSection?.(name, json);
    } else {
      this.#bundle.extraSections.push([name, json]);
    }
  }

  closeBundle(): void {
    const bundle = this.#bundle;
    this.#bundle = undefined;
    if (bundle === undefined) {
      return;
    }
    if (this.#ready) {
      this.#closeKnown(bundle);
    } else {
      this.#deferred.push(bundle);
    }
  }

  /** Says that the document is complete: what was not declared by now never will be. */
  finish(): void {
    if (!this.#ready) {
      this.#documentReady();
    }
  }

  #documentReady(): void {
    // A second `prefix` object is an error, but its names should not be errors as well.
    this.#ready = true;
    for (const namespace of this.#scope.namespaces()) {
      this.#handler.namespace?.(namespace);
    }
    const deferred = this.#deferred.splice(0);
    for (const each of deferred) {
      if ("kind" in each) {
        this.#readDeferred(each, undefined);
      } else {
        this.#closeKnown(each);
      }
    }
  }

  #beginIfKnown(bundle: OpenBundle): void {
    if (this.#ready && bundle.prefixSeen && !bundle.begun) {
      this.#begin(bundle);
    }
  }

  #closeKnown(bundle: OpenBundle): void {
    if (!bundle.begun) {
      this.#begin(bundle);
    }
    if (bundle.id !== undefined) {
      for (const [name, json] of bundle.extraSections) {
        this.#handler.extraSection?.(name, json);
      }
      this.#handler.endBundle?.(bundle.id);
    }
  }

  #begin(bundle: OpenBundle): void {
    bundle.begun = true;
    // By its own prefixes, as Python prov reads it; they include the document's.
    const { name, problem } = bundle.scope.names.ofText(bundle.key);
    if (problem !== undefined) {
      const severity = name === undefined ? "error" : "warning";
      this.#findings.addAt(severity, "bundle-id", problem, bundle.path, bundle.start);
    }
    if (name !== undefined) {
      bundle.id = name;
      this.#handler.startBundle?.(name);
      for (const namespace of bundle.scope.namespaces()) {
        this.#handler.namespace?.(namespace);
      }
    }
    for (const member of bundle.deferred.splice(0)) {
      this.#readDeferred(member, bundle);
    }
  }

  #readDeferred(
    { kind, text, start, sectionPath }: DeferredMember,
    bundle: OpenBundle | undefined,
  ): void {
    this.#deferredChars -= text.length;
    const places = new TextPlaces(text, start);
    this.#read(kind, bundle, new JsonCursor(text, true), places, sectionPath);
  }

  #read(
    kind: RecordKind,
    bundle: OpenBundle | undefined,
    cursor: JsonCursor,
    places: TextPlaces,
    sectionPath: string,
  ): void {
    const context = this.#context;
    const from = cursor.pos;
    const { names } = bundle?.scope ?? this.#scope;
    context.cursor = cursor;
    context.names = names;
    this.#places = places;
    this.#sectionPath = sectionPath;
    this.#memberStart = from;
    const count = this.#reader.readMember(kind);
    this.#findings.keep(places, from);
    names.trim();
    if (bundle !== undefined && bundle.id === undefined) {
      // A bundle without a usable id: its content is looked at, but belongs nowhere.
      return;
    }
    this.#tellOfMember(kind, cursor, from);
    this.#count(kind, count);
    for (let i = 0; i < count; i++) {
      this.#deliver(this.#reader.record(i));
    }
  }

  #tellOfMember(kind: RecordKind, cursor: JsonCursor, from: number): void {
    const { isPlain, isRejected } = this.#context;
    const handler = this.#handler;
    if (handler.member !== undefined) {
      handler.member(kind, cursor.text.slice(from, cursor.pos), this.#at);
    }
    if (!isPlain && !isRejected) {
      handler.oddMember?.(kind, cursor.text.slice(from, cursor.pos), this.#at);
    }
  }

  #deliver(parts: RecordParts): void {
    const handler = this.#handler;
    if (handler.parts !== undefined) {
      handler.parts(parts, this.#at);
      return;
    }
    const record = putTogether(parts);
    if (record !== undefined) {
      handler.record(record, this.#at);
    }
  }

  #count(kind: RecordKind, records: number): void {
    if (records === 0) {
      return;
    }
    if (this.#run?.kind !== kind) {
      const counter = this.#counts.get(kind) ?? { count: 0 };
      this.#counts.set(kind, counter);
      this.#run = { kind, counter };
    }
    this.#run.counter.count += records;
  }

  #memberPath(): string {
    return pointerTo(this.#sectionPath, this.#context.keyText());
  }
}
