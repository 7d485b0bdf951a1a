import type { RecordKind } from "../records.js";
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
  /** The record it comes from. */
  readonly record: number[] = [];
  /** Whether it only follows from its record. */
  readonly inferred: boolean[] = [];
  /** {@link absent} when nothing could ever refer to the statement. */
  readonly id: Term[] = [];
  /** The names in formal positions, {@link argumentsWidth} a statement. */
  readonly arguments: Term[] = [];
  /** The first time slot; an activity has two, the end after the start. */
  readonly time: number[] = [];

  get count(): number {
    return this.kind.length;
  }

  /** Adds a statement and returns its number. */
  add(
    kind: RecordKind,
    record: number,
    inferred: boolean,
    id: Term,
    names: readonly Term[],
    time: number,
  ): number {
    const statement = this.kind.length;
    this.kind.push(kind);
    this.record.push(record);
    this.inferred.push(inferred);
    this.id.push(id);
    for (let i = 0; i < argumentsWidth; i++) {
      this.arguments.push(names[i] ?? absent);
    }
    this.time.push(time);
    return statement;
  }

  /** Whether a term is the id or an argument of a statement. */
  mentions(statement: number, term: Term): boolean {
    const from = statement * argumentsWidth;
    const names = this.arguments.slice(from, from + argumentsWidth);
    return this.id[statement] === term || names.includes(term);
  }

  /** The term in a formal position, or {@link absent}. */
  argument(statement: number, position: number): Term {
    return this.arguments[statement * argumentsWidth + position] ?? absent;
  }
}
