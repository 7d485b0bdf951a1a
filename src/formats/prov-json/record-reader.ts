import {
  type Attribute,
  blankNamespace,
  type Formal,
  isElementKind,
  isQualifiedName,
  isTypedLiteral,
  newParts,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
  type RecordParts,
  recordFormals,
  recordKinds,
  type Value,
} from "../../prov/index.js";
import { readTime } from "../lexical.js";
import { ownText } from "../own-text.js";
import { quoted } from "../quoted.js";
import { unknownFiller } from "../unknown-argument.js";
import type { MemberContext } from "./member-context.js";
import { ValueReader } from "./value-reader.js";

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

/**
 * Reads the members of record sections: `"id": {…}` or `"id": [{…}, …]`.
 *
 * A member is read whole or not at all (the cursor asks for more text by throwing); illegal parts
 * are reported and left out.
 */
export class RecordReader {
  readonly #context: MemberContext;
  readonly #values: ValueReader;
  /** Of the record being read, and of those of the same member before it; used again and again. */
  readonly #records: RecordParts[] = [newParts()];
  #count: number = 0;
  #parts: RecordParts = newParts();
  #kindNumber: number = 0;
  /** The further members of a hadMember that names several. */
  #members: QualifiedName[] = [];
  readonly #fill = unknownFiller();
  #inMembership: boolean = false;
  #recordNumber: number = 0;

  /** @param context - cursor, names and reports of the member being read. */
  constructor(context: MemberContext) {
    this.#context = context;
    this.#values = new ValueReader(context);
  }

  /** Reads one member of a section, from the key on, takes it and returns how many records it has. */
  readMember(kind: RecordKind): number {
    this.#count = 0;
    if (recordKinds[this.#kindNumber] !== kind) {
      this.#kindNumber = recordKinds.indexOf(kind);
    }
    this.#readMember(kind);
    return this.#count;
  }

  /** One of the records of the last member; its parts are good until the next member is read. */
  record(index: number): RecordParts {
    return this.#records[index] ?? this.#parts;
  }

  #readMember(kind: RecordKind): void {
    const context = this.#context;
    const { cursor } = context;
    context.recordIndex = -1;
    context.property = undefined;
    context.valueIndex = -1;
    context.errors = 0;
    context.isPlain = true;
    context.isRejected = false;
    cursor.scanString("an id in double quotes");
    context.keyStart = cursor.start;
    context.keyEnd = cursor.end;
    context.keyEscaped = cursor.escaped;
    const at = cursor.start - 1;
    const id = this.#readId(kind, at);
    const idErrors = context.errors;
    cursor.take(0x3a, "`:`");
    const code = cursor.next("a record");
    if (code === openBrace) {
      this.#readRecord(kind, id, at, idErrors);
    } else if (code === openBracket) {
      this.#readRecords(kind, id, idErrors);
    } else {
      context.rejectValue("record", "a record (an object, or an array of objects)");
    }
  }

  #readId(kind: RecordKind, at: number): QualifiedName | undefined {
    const { cursor, names } = this.#context;
    const { text, start, end } = cursor;
    // Anonymous ids come once each and are not worth keeping.
    if (!cursor.escaped && text.startsWith("_:", start) && !isElementKind(kind)) {
      return qualifiedName(blankNamespace, ownText(text, start + 2, end));
    }
    const entry = names.ofString(cursor);
    this.#context.isPlain &&= entry.isPlain;
    return this.#context.resolved(entry, at);
  }

  #readRecords(kind: RecordKind, id: QualifiedName | undefined, idErrors: number): void {
    const context = this.#context;
    const { cursor } = context;
    const at = cursor.pos;
    let count = 0;
    for (; context.nextItem(count); count++) {
      context.recordIndex = count;
      if (cursor.next("a record") === openBrace) {
        this.#readRecord(kind, id, cursor.pos, idErrors);
      } else {
        context.rejectValue("record", "a record (an object)");
      }
    }
    if (count === 0) {
      context.error("empty-array", "Expected at least one record, got an empty array.", at);
    }
  }

  #readRecord(kind: RecordKind, id: QualifiedName | undefined, at: number, idErrors: number): void {
    const context = this.#context;
    const attributes: Attribute[] = [];
    const parts = this.#nextParts();
    this.#parts = parts;
    parts.kind = kind;
    parts.kindNumber = this.#kindNumber;
    parts.id = id;
    parts.attributes = attributes;
    parts.names.fill(undefined);
    parts.times.fill(undefined);
    context.errors = idErrors;
    this.#recordNumber += 1;
    this.#members = [];
    this.#inMembership = kind === "hadMember";
    this.#readProperties(attributes, recordFormals[kind]);
    context.property = undefined;
    if (this.#isComplete() || (context.errors === 0 && this.#fillUnknown(kind, at))) {
      this.#count += 1;
      this.#addMembers(parts);
    }
  }

  #nextParts(): RecordParts {
    let parts = this.#records[this.#count];
    if (parts === undefined) {
      parts = newParts();
      this.#records.push(parts);
    }
    return parts;
  }

  // Elements have ids, relations what they cannot do without, which comes first.
  #isComplete(): boolean {
    const { kindNumber, id, names } = this.#parts;
    if (kindNumber < elementCount) {
      return id !== undefined;
    }
    const required = requiredCounts[kindNumber] ?? 0;
    for (let slot = 0; slot < required; slot++) {
      if (names[slot] === undefined) {
        return false;
      }
    }
    return true;
  }

  #readProperties(attributes: Attribute[], formals: readonly Formal[]): void {
    const kindNumber = this.#kindNumber;
    const context = this.#context;
    const { cursor } = context;
    for (let count = 0; context.nextKey(count); count++) {
      const at = cursor.start - 1;
      const entry = context.names.ofString(cursor);
      context.property = entry;
      context.isPlain &&= entry.isPlain;
      if (entry.lastRecord === this.#recordNumber) {
        context.error("duplicate-key", `${quoted(entry.text)} stands twice.`, at);
      }
      entry.lastRecord = this.#recordNumber;
      const name = context.resolved(entry, at);
      cursor.take(0x3a, "`:`");
      const slot = entry.slots[kindNumber] ?? -1;
      const formal = formals[slot];
      if (formal === undefined) {
        this.#readAttribute(attributes, name);
      } else if (formal.type === "time") {
        this.#readTime(slot, slot - (nameCounts[kindNumber] ?? 0), formal);
      } else {
        this.#readFormalName(slot, formal);
      }
    }
  }

  #readAttribute(attributes: Attribute[], name: QualifiedName | undefined): void {
    if (name === undefined) {
      this.#context.cursor.skipValue();
    } else {
      this.#values.readInto(attributes, name);
    }
  }

  #readTime(slot: number, timeIndex: number, formal: Formal): void {
    const context = this.#context;
    const { cursor } = context;
    if (this.#parts.times[timeIndex] !== undefined) {
      this.#reportSecond(formal);
    }
    if (cursor.next("a time") !== quote) {
      this.#readOddFormal(slot, timeIndex, formal);
      return;
    }
    cursor.scanString("a time");
    this.#parts.times[timeIndex] = this.#timeOf(this.#values.text(), cursor.start - 1);
  }

  #timeOf(text: string, at: number): string | undefined {
    const { time, error, warning } = readTime(text);
    if (error !== undefined) {
      this.#context.error("time", error, at);
    }
    if (warning !== undefined) {
      this.#context.warn("time-form", warning, at);
    }
    return time;
  }

  #readFormalName(slot: number, formal: Formal): void {
    const context = this.#context;
    const { cursor } = context;
    if (this.#parts.names[slot] !== undefined) {
      this.#reportSecond(formal);
    }
    if (cursor.next("a name") !== quote) {
      this.#readOddFormal(slot, -1, formal);
      return;
    }
    cursor.scanString("a name");
    const entry = context.names.ofString(cursor);
    context.isPlain &&= entry.isPlain;
    this.#parts.names[slot] = context.resolved(entry, cursor.start - 1);
  }

  // The same property under two prefixes; one key twice is noticed before.
  #reportSecond({ property }: Formal): void {
    if (this.#context.errors === 0) {
      this.#context.error(
        "duplicate-key",
        `prov:${property} stands twice.`,
        this.#context.cursor.pos,
      );
    }
  }

  // A formal that is no plain string: the array of members of a hadMember is legal; one value in
  // an array or in a literal is understood; anything else is an error.
  #readOddFormal(slot: number, timeIndex: number, formal: Formal): void {
    const context = this.#context;
    const at = context.cursor.pos;
    const { errors } = context;
    context.isPlain = false;
    const read: Attribute[] = [];
    this.#values.readInto(read, placeholder);
    if (context.errors > errors) {
      return;
    }
    const values = read.map(([, value]) => value);
    const [first] = values;
    const isMembership = formal.property === "entity" && timeIndex === -1 && this.#inMembership;
    if (values.length > 1 && !isMembership) {
      context.error("formal", `Expected one value, got ${values.length}.`, at);
    } else if (timeIndex >= 0) {
      this.#parts.times[timeIndex] = this.#oddTime(first, at);
    } else {
      const names = values.map((value) => this.#oddName(value, at));
      this.#parts.names[slot] = names[0];
      this.#members = names.slice(1).filter((name) => name !== undefined);
    }
    if (!(isMembership && values.every((value) => typeof value === "string"))) {
      context.warn("formal-form", "Expected a plain string here; read what it holds.", at);
    }
  }

  #oddTime(value: Value | undefined, at: number): string | undefined {
    if (typeof value === "string") {
      return this.#timeOf(value, at);
    }
    if (value !== undefined && isTypedLiteral(value)) {
      return this.#timeOf(value.text, at);
    }
    this.#context.error("time", "Expected a time in double quotes.", at);
    return undefined;
  }

  #oddName(value: Value | undefined, at: number): QualifiedName | undefined {
    const context = this.#context;
    if (typeof value === "string") {
      return context.resolved(context.names.ofText(value), at);
    }
    if (value !== undefined && isQualifiedName(value)) {
      return value;
    }
    context.error("formal", "Expected a qualified name in double quotes.", at);
    return undefined;
  }

  #addMembers({ kind, kindNumber, id, names, attributes }: RecordParts): void {
    for (const entity of this.#members) {
      const parts = this.#nextParts();
      Object.assign(parts, { kind, kindNumber, id, attributes });
      parts.names.fill(undefined);
      parts.names[0] = names[0];
      parts.names[1] = entity;
      this.#count += 1;
    }
  }

  /**
   * What a relation needs and does not say is taken to be unknown, with a warning: Python's prov
   * reads such documents, and writes them. Tells whether the record is complete now.
   */
  #fillUnknown(kind: RecordKind, at: number): boolean {
    const missing = this.#fill(kind, this.#parts.names);
    if (missing !== undefined) {
      this.#context.warn(missing.rule, missing.message, at);
    }
    return missing !== undefined && this.#isComplete();
  }
}

const placeholder = qualifiedName(blankNamespace, "formal");
const elementCount = recordKinds.filter(isElementKind).length;
const requiredCounts = recordKinds.map(
  (kind) => recordFormals[kind].filter(({ required }) => required).length,
);
const nameCounts = recordKinds.map(
  (kind) => recordFormals[kind].filter(({ type }) => type !== "time").length,
);
