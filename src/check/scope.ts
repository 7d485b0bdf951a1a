import type { Place, RecordWhereabouts } from "../formats/index.js";
import { nameText, type ProvRecord, type QualifiedName } from "../prov/index.js";
import { Instance } from "../prov/unify/instance.js";
import type { CheckFinding, FindingRecord } from "./check-finding.js";
import { recordText } from "./record-text.js";
import { constraintName } from "./rules.js";

/** The records of the top level or of one bundle, with where they stand. */
export class Scope {
  readonly instance: Instance = new Instance();
  /** The bundle's id; `undefined` for the top level. */
  readonly bundle: QualifiedName | undefined;
  readonly #places: (Place | undefined)[] = [];
  readonly #paths: (string | undefined)[] = [];

  constructor(bundle?: QualifiedName) {
    this.bundle = bundle;
  }

  add(record: ProvRecord, at: RecordWhereabouts): void {
    this.instance.add(record);
    this.#places.push(at.place());
    this.#paths.push(at.path());
  }

  record(number: number): ProvRecord | undefined {
    return this.instance.records[number];
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
    const place = this.#places[number];
    return { ...(path !== undefined && { path }), ...(place !== undefined && { place }) };
  }
}
