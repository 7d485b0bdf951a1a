import { compareDateTimes } from "./compare-date-times.js";
import { formalNames, formalTimes } from "./formal-values.js";
import { isElementKind } from "./formals.js";
import { nameText, type QualifiedName, uriOf } from "./names.js";
import type { ProvDocument, ProvRecord, RecordKind } from "./records.js";
import { type DateTimeText, isQualifiedName } from "./values.js";
import { provAttributes } from "./well-known.js";

/** What a document holds, in numbers. */
export interface DocumentStats {
  /** Records, bundles included. */
  readonly records: number;
  /** Records of each kind; kinds without any are absent. */
  readonly kinds: Readonly<Partial<Record<RecordKind, number>>>;
  /** Records of each bundle, by its id as it is spelt. */
  readonly bundles: Readonly<Record<string, number>>;
  /** Different things that are described or referred to. */
  readonly things: number;
  /** Things that relations refer to and no record describes. */
  readonly undescribed: number;
  /** `prov:type` values of elements and relations and how often they occur, most frequent first. */
  readonly types: Readonly<Record<string, number>>;
  /** Attribute names and how often they occur, most frequent first. */
  readonly attributes: Readonly<Record<string, number>>;
  /** The earliest and the latest time of an event; absent when there is none. */
  readonly firstTime?: DateTimeText;
  readonly lastTime?: DateTimeText;
}

/**
 * Counts what is in a document.
 *
 * @example
 * ```ts
 * const { records, kinds, firstTime } = stats(await readDocument("run.json"));
 * ```
 */
export function stats(document: ProvDocument): DocumentStats {
  const counter = new Counter();
  const bundles = new Map<string, number>();
  counter.take(document.records, "");
  for (const { id, records } of document.bundles) {
    counter.take(records, uriOf(id));
    increase(bundles, nameText(id), records.length);
  }
  return { ...counter.result(), bundles: Object.fromEntries(bundles) };
}

const typeUri = uriOf(provAttributes.type);

class Counter {
  readonly #kinds = new Map<RecordKind, number>();
  readonly #types = new Map<string, number>();
  readonly #attributes = new Map<string, number>();
  /** Whether a thing is described, by bundle and URI. */
  readonly #things = new Map<string, boolean>();
  #records: number = 0;
  #first: DateTimeText | undefined;
  #last: DateTimeText | undefined;

  take(records: readonly ProvRecord[], bundle: string): void {
    this.#records += records.length;
    for (const record of records) {
      increase(this.#kinds, record.kind, 1);
      this.#takeThings(record, bundle);
      this.#takeAttributes(record);
      for (const time of formalTimes(record)) {
        this.#takeTime(time);
      }
    }
  }

  result(): Omit<DocumentStats, "bundles"> {
    const described = [...this.#things.values()].filter((isDescribed) => isDescribed).length;
    return {
      records: this.#records,
      kinds: Object.fromEntries(this.#kinds),
      things: this.#things.size,
      undescribed: this.#things.size - described,
      types: byFrequency(this.#types),
      attributes: byFrequency(this.#attributes),
      ...(this.#first !== undefined && { firstTime: this.#first }),
      ...(this.#last !== undefined && { lastTime: this.#last }),
    };
  }

  #takeThings(record: ProvRecord, bundle: string): void {
    const key = (name: QualifiedName): string => `${bundle} ${uriOf(name)}`;
    if (isElementKind(record.kind)) {
      if (record.id !== undefined) {
        this.#things.set(key(record.id), true);
      }
      return;
    }
    const names = formalNames(record);
    const elements = record.kind === "wasDerivedFrom" ? names.slice(0, 3) : names;
    for (const name of elements) {
      if (name !== undefined && !this.#things.has(key(name))) {
        this.#things.set(key(name), false);
      }
    }
  }

  #takeAttributes({ attributes }: ProvRecord): void {
    for (const [name, value] of attributes) {
      increase(this.#attributes, nameText(name), 1);
      if (typeof value === "object" && isQualifiedName(value) && uriOf(name) === typeUri) {
        increase(this.#types, nameText(value), 1);
      }
    }
  }

  #takeTime(time: DateTimeText | undefined): void {
    if (time === undefined) {
      return;
    }
    if (this.#first === undefined || compareDateTimes(time, this.#first) < 0) {
      this.#first = time;
    }
    if (this.#last === undefined || compareDateTimes(time, this.#last) > 0) {
      this.#last = time;
    }
  }
}

function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function byFrequency(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}
