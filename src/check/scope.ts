import type { Place, RecordWhereabouts } from "../formats/index.js";
import {
  isQualifiedName,
  nameText,
  type ProvRecord,
  provAttributes,
  provTypes,
  type QualifiedName,
  uriOf,
} from "../prov/index.js";
import { Instance } from "../prov/unify/instance.js";
import type { CheckFinding, FindingRecord } from "./check-finding.js";
import { recordText } from "./record-text.js";
import { constraintName } from "./rules.js";

/** The records of the top level or of one bundle, with where they stand. */
export class Scope {
  readonly instance: Instance = new Instance();
  /** The bundle's id; `undefined` for the top level. */
  readonly bundle: QualifiedName | undefined;
  /** Line, column and offset of every record; nothing is known of those at line 0. */
  readonly #places: number[] = [];
  readonly #paths: (string | undefined)[] = [];
  readonly #emptyCollections = new Set<number>();

  constructor(bundle?: QualifiedName) {
    this.bundle = bundle;
  }

  add(record: ProvRecord, at: RecordWhereabouts): void {
    // Attributes are most of a document, and have been looked at: nothing below needs them.
    const kept = record.attributes.length === 0 ? record : { ...record, attributes: [] };
    const number = this.instance.add(kept);
    if (record.kind === "entity" && isEmptyCollection(record)) {
      this.#emptyCollections.add(number);
    }
    const place = at.place();
    this.#places.push(place?.line ?? 0, place?.column ?? 0, place?.offset ?? 0);
    this.#paths.push(at.path());
  }

  /** A record without its attributes. */
  record(number: number): ProvRecord | undefined {
    return this.instance.records[number];
  }

  /** Whether a record describes a `prov:EmptyCollection`. */
  isEmptyCollection(number: number): boolean {
    return this.#emptyCollections.has(number);
  }

  /** A finding that stands at the last of its records. */
  finding(
    severity: CheckFinding["severity"],
    rule: string,
    message: string,
    records: readonly number[],
  ): CheckFinding {
    const main = Math.max(...records.slice(0, 1000));
    return {
      severity,
      rule,
      message,
      ...this.#whereabouts(main),
      ...(records.length > 0 && { records: records.map((number) => this.#findingRecord(number)) }),
      ...(this.bundle !== undefined && { bundle: nameText(this.bundle) }),
    };
  }

  /** An error against a numbered constraint. */
  violation(
    constraint: number,
    message: string,
    records: readonly number[],
    involves: readonly number[] = [],
  ): CheckFinding {
    const found = this.finding("error", constraintName(constraint), message, records);
    return { ...found, constraint, ...(involves.length > 0 && { involves }) };
  }

  #findingRecord(number: number): FindingRecord {
    const record = this.record(number);
    return { text: record === undefined ? "" : recordText(record), ...this.#whereabouts(number) };
  }

  #whereabouts(number: number): { path?: string; place?: Place } {
    const path = this.#paths[number];
    const [line = 0, column = 0, offset = 0] = this.#places.slice(number * 3, number * 3 + 3);
    const place = line === 0 ? undefined : { line, column, offset };
    return { ...(path !== undefined && { path }), ...(place !== undefined && { place }) };
  }
}

const typeUri = uriOf(provAttributes.type);
const emptyCollectionUri = uriOf(provTypes.EmptyCollection);

function isEmptyCollection({ attributes }: ProvRecord): boolean {
  return attributes.some(
    ([name, value]) =>
      typeof value === "object" &&
      isQualifiedName(value) &&
      uriOf(name) === typeUri &&
      uriOf(value) === emptyCollectionUri,
  );
}
