import type { QualifiedName } from "../../prov/index.js";
import { excerpt, JsonCursor } from "./json-cursor.js";
import { type NameEntry, NameTable } from "./name-table.js";

/** Where in a member of a section a finding belongs. */
export interface MemberPath {
  /** Position in the array of records of one id; absent for a single record. */
  readonly index?: number;
  readonly attribute?: string;
  /** Position in the array of an attribute's values; absent for a scalar. */
  readonly valueIndex?: number;
}

/** Told about everything illegal or doubtful in a member, with its index in the cursor's text. */
export type Report = (
  severity: "error" | "warning",
  rule: string,
  message: string,
  at: number,
  path: MemberPath,
) => void;

/** What the readers of a member, its properties and their values share while they read it. */
export class MemberContext {
  cursor: JsonCursor = new JsonCursor("", true);
  names: NameTable = new NameTable(() => ({}));
  /** The key of the member, as the cursor scanned it. */
  keyStart: number = 0;
  keyEnd: number = 0;
  keyEscaped: boolean = false;
  /** Position in the array of records of one id, or -1. */
  recordIndex: number = -1;
  /** The property being read. */
  property: NameEntry | undefined;
  /** Position in the array of a property's values, or -1. */
  valueIndex: number = -1;
  /** How many errors were reported for the record being read. */
  errors: number = 0;
  /** Whether the member, as far as it was read, certainly fulfils the schema of PROV-JSON. */
  isPlain: boolean = true;
  /** Whether anything in the member was reported as an error. */
  isRejected: boolean = false;
  readonly #report: Report;

  /** @param report - told about everything illegal or doubtful. */
  constructor(report: Report) {
    this.#report = report;
  }

  /** The text of the member's key. */
  keyText(): string {
    return this.cursor.textBetween(this.keyStart, this.keyEnd, this.keyEscaped);
  }

  error(rule: string, message: string, at: number): void {
    this.errors += 1;
    this.isPlain = false;
    this.isRejected = true;
    this.#report("error", rule, message, at, this.#path());
  }

  warn(rule: string, message: string, at: number): void {
    this.isPlain = false;
    this.#report("warning", rule, message, at, this.#path());
  }

  /** Skips a value of the wrong kind and says what should stand there. */
  rejectValue(rule: string, expected: string): void {
    const { cursor } = this;
    const at = cursor.pos;
    cursor.skipValue();
    this.error(rule, `Expected ${expected}, got ${excerpt(cursor.text, at, cursor.pos)}.`, at);
  }

  /** The name that a text stands for; reported and absent when it stands for none. */
  resolved(entry: NameEntry, at: number): QualifiedName | undefined {
    const { name, problem } = entry;
    if (problem !== undefined) {
      if (name === undefined) {
        this.error("unknown-prefix", problem, at);
      } else {
        this.warn("iri-as-name", problem, at);
      }
    }
    return name;
  }

  /**
   * Goes to the next value of an array: takes `[` before the first and `,` before the others.
   *
   * @param count - how many values were read.
   * @returns false after taking the closing bracket.
   */
  nextItem(count: number): boolean {
    const { cursor } = this;
    if (count === 0) {
      cursor.pos += 1;
      if (cursor.next("a value or `]`") !== 0x5d) {
        return true;
      }
    } else {
      const code = cursor.next("`,` or `]`");
      if (code === 0x2c) {
        cursor.pos += 1;
        cursor.next("a value");
        return true;
      }
      if (code !== 0x5d) {
        throw cursor.unexpected("`,` or `]`");
      }
    }
    cursor.pos += 1;
    return false;
  }

  /**
   * Goes to the next key of an object, scans it and takes the colon after it: takes `{` before
   * the first and `,` before the others.
   *
   * @param count - how many members were read.
   * @returns false after taking the closing brace.
   */
  nextKey(count: number): boolean {
    const { cursor } = this;
    if (count === 0) {
      cursor.pos += 1;
      if (cursor.next("a key or `}`") === 0x7d) {
        cursor.pos += 1;
        return false;
      }
    } else {
      const code = cursor.next("`,` or `}`");
      cursor.pos += 1;
      if (code === 0x7d) {
        return false;
      }
      if (code !== 0x2c) {
        cursor.pos -= 1;
        throw cursor.unexpected("`,` or `}`");
      }
    }
    cursor.scanString("a key in double quotes");
    return true;
  }

  #path(): MemberPath {
    const { recordIndex, property, valueIndex } = this;
    return {
      ...(recordIndex >= 0 && { index: recordIndex }),
      ...(property !== undefined && { attribute: property.text }),
      ...(valueIndex >= 0 && { valueIndex }),
    };
  }
}
