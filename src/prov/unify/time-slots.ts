import { dateTimeKey } from "../date-time.js";
import type { DateTimeText } from "../values.js";
import { IntColumn } from "./int-column.js";

/** Two times that must be the same and are not. */
export interface TimeClash {
  readonly texts: readonly [DateTimeText, DateTimeText];
  /** The records that gave them. */
  readonly records: readonly [number, number];
}

/** Times known or unknown, and which of them were found to be the same. */
export class TimeSlots {
  readonly #parent = new IntColumn();
  readonly #text: (DateTimeText | undefined)[] = [];
  readonly #record = new IntColumn();

  /** A new slot. */
  add(text: DateTimeText | undefined, record: number): number {
    this.#text.push(text);
    this.#record.push(record);
    return this.#parent.push(this.#parent.length);
  }

  /** The time in a slot, if any of those that are the same has one. */
  textOf(slot: number): DateTimeText | undefined {
    return this.#text[this.#find(slot)];
  }

  /** The time that was put into a slot. */
  ownTextOf(slot: number): DateTimeText | undefined {
    return this.#text[slot];
  }

  /** Says that two slots hold the same time; tells if they cannot. */
  join(a: number, b: number): TimeClash | undefined {
    const rootA = this.#find(a);
    const rootB = this.#find(b);
    if (rootA === rootB) {
      return undefined;
    }
    const textA = this.#text[rootA];
    const textB = this.#text[rootB];
    if (textA !== undefined && textB !== undefined && !isSameTime(textA, textB)) {
      const records = this.#record.cells;
      const pair = [records[rootA] ?? -1, records[rootB] ?? -1] as const;
      return { texts: [textA, textB], records: pair };
    }
    if (textA === undefined) {
      this.#parent.cells[rootA] = rootB;
    } else {
      this.#parent.cells[rootB] = rootA;
    }
    return undefined;
  }

  #find(slot: number): number {
    const parents = this.#parent.cells;
    let current = slot;
    for (;;) {
      const parent = parents[current] ?? current;
      if (parent === current) {
        return current;
      }
      const next = parents[parent] ?? parent;
      parents[current] = next;
      current = next;
    }
  }
}

function isSameTime(a: DateTimeText, b: DateTimeText): boolean {
  return a === b || dateTimeKey(a) === dateTimeKey(b);
}
