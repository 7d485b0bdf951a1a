import type { RecordKind } from "../records.js";
import { IntColumn } from "./int-column.js";
import type { Term } from "./terms.js";

/** How many names a statement has at most (those of wasDerivedFrom). */
export const argumentsWidth = 5;
/** Stands where a kind has no such argument, id or time. */
export const absent = -1;

/**
 * Statements in columns: those of the records, and those that follow from them.
 *
 * Statement, record and time slot are numbers; a document of 300,000 records must not become
 * millions of objects.
 */
export class Statements {
  readonly kind: RecordKind[] = [];
  readonly #record = new IntColumn();
  readonly #id = new IntColumn();
  readonly #arguments = new IntColumn();
  readonly #time = new IntColumn();

  get count(): number {
    return this.kind.length;
  }

  /** The record that a statement comes from. */
  get record(): Int32Array {
    return this.#record.cells;
  }

  /** The id of a statement; {@link absent} when nothing could ever refer to it. */
  get id(): Int32Array {
    return this.#id.cells;
  }

  /** The names in formal positions, {@link argumentsWidth} a statement. */
  get arguments(): Int32Array {
    return this.#arguments.cells;
  }

  /** The first time slot; an activity has two, the end after the start. */
  get time(): Int32Array {
    return this.#time.cells;
  }

  /** Adds a statement with nothing but its names; returns its number. */
  add(kind: RecordKind, record: number, names: readonly Term[]): number {
    const statement = this.kind.length;
    this.kind.push(kind);
    this.#record.push(record);
    for (let i = 0; i < argumentsWidth; i++) {
      this.#arguments.push(names[i] ?? absent);
    }
    this.#id.push(absent);
    this.#time.push(absent);
    return statement;
  }

  /** Whether a term is the id or an argument of a statement. */
  mentions(statement: number, term: Term): boolean {
    const from = statement * argumentsWidth;
    const names = this.arguments.subarray(from, from + argumentsWidth);
    return this.id[statement] === term || names.includes(term);
  }

  /** The term in a formal position, or {@link absent}. */
  argument(statement: number, position: number): Term {
    return this.#arguments.cells[statement * argumentsWidth + position] ?? absent;
  }
}
