import {
  type Attribute,
  blankNamespace,
  createRecord,
  type Formal,
  isElementKind,
  isQualifiedName,
  isTypedLiteral,
  type ProvRecord,
  type QualifiedName,
  qualifiedName,
  type RecordKind,
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
  readonly #names: (QualifiedName | undefined)[] = new Array(5);
  readonly #times: (string | undefined)[] = new Array(2);
  #attributes: Attribute[] = [];
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

  /**
   * Reads one member of a section, from the key on, and takes it.
   *
   * @param records - takes the records.
   */
  readMember(kind: RecordKind, records: ProvRecord[]): void {
    const context = this.#context;
    const { cursor } = context;
    context.recordIndex = -1;
    context.property = undefined;
    context.valueIndex = -1;
    context.errors = 0;
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
      this.#readRecord(kind, id, at, idErrors, records);
    } else if (code === openBracket) {
      this.#readRecords(kind, id, idErrors, records);
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
    return this.#context.resolved(names.ofString(cursor), at);
  }

  #readRecords(
    kind: RecordKind,
    id: QualifiedName | undefined,
    idErrors: number,
    records: ProvRecord[],
  ): void {
    const context = this.#context;
    const { cursor } = context;
    const at = cursor.pos;
    let count = 0;
    for (; context.nextItem(count); count++) {
      context.recordIndex = count;
      if (cursor.next("a record") === openBrace) {
        this.#readRecord(kind, id, cursor.pos, idErrors, records);
      } else {
        context.rejectValue("record", "a record (an object)");
      }
    }
    if (count === 0) {
      context.error("empty-array", "Expected at least one record, got an empty array.", at);
    }
  }

  #readRecord(
    kind: RecordKind,
    id: QualifiedName | undefined,
    at: number,
    idErrors: number,
    records: ProvRecord[],
  ): void {
    const context = this.#context;
    const formals = recordFormals[kind];
    context.errors = idErrors;
    this.#recordNumber += 1;
    this.#attributes = [];
    this.#members = [];
    this.#inMembership = kind === "hadMember";
    this.#names.fill(undefined);
    this.#times.fill(undefined);
    this.#readProperties(recordKinds.indexOf(kind), formals);
    context.property = undefined;
    let record = createRecord(kind, id, this.#names, this.#times, this.#attributes);
    if (record === undefined && context.errors === 0 && this.#fillUnknown(kind, at)) {
      record = createRecord(kind, id, this.#names, this.#times, this.#attributes);
    }
    if (record !== undefined) {
      records.push(record);
      this.#addMembers(record, records);
    }
  }

  #readProperties(kindIndex: number, formals: readonly Formal[]): void {
    const context = this.#context;
    const { cursor } = context;
    for (let count = 0; context.nextKey(count); count++) {
      const at = cursor.start - 1;
      const entry = context.names.ofString(cursor);
      context.property = entry;
      if (entry.lastRecord === this.#recordNumber) {
        context.error("duplicate-key", `${quoted(entry.text)} stands twice.`, at);
      }
      entry.lastRecord = this.#recordNumber;
      const name = context.resolved(entry, at);
      cursor.take(0x3a, "`:`");
      const slot = entry.slots[kindIndex] ?? -1;
      const formal = formals[slot];
      if (formal === undefined) {
        this.#readAttribute(name);
      } else if (formal.type === "time") {
        this.#readTime(slot, slot - (nameCounts[kindIndex] ?? 0), formal);
      } else {
        this.#readFormalName(slot, formal);
      }
    }
  }

  #readAttribute(name: QualifiedName | undefined): void {
    if (name === undefined) {
      this.#context.cursor.skipValue();
    } else {
      this.#values.readInto(this.#attributes, name);
    }
  }

  #readTime(slot: number, timeIndex: number, formal: Formal): void {
    const context = this.#context;
    const { cursor } = context;
    if (this.#times[timeIndex] !== undefined) {
      this.#reportSecond(formal);
    }
    if (cursor.next("a time") !== quote) {
      this.#readOddFormal(slot, timeIndex, formal);
      return;
    }
    cursor.scanString("a time");
    this.#times[timeIndex] = this.#timeOf(this.#values.text(), cursor.start - 1);
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
    if (this.#names[slot] !== undefined) {
      this.#reportSecond(formal);
    }
    if (cursor.next("a name") !== quote) {
      this.#readOddFormal(slot, -1, formal);
      return;
    }
    cursor.scanString("a name");
    this.#names[slot] = context.resolved(context.names.ofString(cursor), cursor.start - 1);
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
      this.#times[timeIndex] = this.#oddTime(first, at);
    } else {
      const names = values.map((value) => this.#oddName(value, at));
      this.#names[slot] = names[0];
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

  #addMembers(record: ProvRecord, records: ProvRecord[]): void {
    if (record.kind === "hadMember") {
      for (const entity of this.#members) {
        records.push({ ...record, entity });
      }
    }
  }

  /**
   * What a relation needs and does not say is taken to be unknown, with a warning: Python's prov
   * reads such documents, and writes them.
   */
  #fillUnknown(kind: RecordKind, at: number): boolean {
    const missing = this.#fill(kind, this.#names);
    if (missing !== undefined) {
      this.#context.warn(missing.rule, missing.message, at);
    }
    return missing !== undefined;
  }
}

const placeholder = qualifiedName(blankNamespace, "formal");
const nameCounts = recordKinds.map(
  (kind) => recordFormals[kind].filter(({ type }) => type !== "time").length,
);
