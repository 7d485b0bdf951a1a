import type { Place, RecordWhereabouts } from "../formats/index.js";
import {
  type Attribute,
  isQualifiedName,
  nameText,
  type ProvRecord,
  provAttributes,
  provTypes,
  type QualifiedName,
  type RecordParts,
  uriOf,
} from "../prov/index.js";
import { Instance } from "../prov/unify/instance.js";
import type { CheckFinding, FindingRecord } from "./check-finding.js";
import { recordText } from "./record-text.js";
import { constraintName } from "./rules.js";
import { WhereaboutsTable } from "./whereabouts-table.js";

/** The records of the top level or of one bundle, with where they stand. */
export class Scope {
  readonly instance: Instance = new Instance();
  /** The bundle's id; `undefined` for the top level. */
  readonly bundle: QualifiedName | undefined;
  readonly #whereabouts = new WhereaboutsTable();
  readonly #emptyCollections = new Set<number>();

  constructor(bundle?: QualifiedName) {
    this.bundle = bundle;
  }

  add(record: RecordParts, at: RecordWhereabouts): void {
    const number = this.instance.addParts(record);
    if (record.kind === "entity" && isEmptyCollection(record)) {
      this.#emptyCollections.add(number);
    }
    this.#whereabouts.add(this.instance.idOf(number), at);
  }

  /** A record without its attributes. */
  record(number: number): ProvRecord | undefined {
    return this.instance.record(number);
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
      ...this.#whereaboutsOf(main),
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
    const text = record === undefined ? "" : recordText(record);
    return { text, ...this.#whereaboutsOf(number) };
  }

  #whereaboutsOf(number: number): { path?: string; place?: Place } {
    return this.#whereabouts.of(number, this.instance.idOf(number));
  }
}

const typeUri = uriOf(provAttributes.type);
const emptyCollectionUri = uriOf(provTypes.EmptyCollection);

function isEmptyCollection({ attributes }: RecordParts): boolean {
  for (let i = 0; i < attributes.length; i++) {
    const attribute = attributes[i];
    if (attribute !== undefined && saysEmptyCollection(attribute)) {
      return true;
    }
  }
  return false;
}

function saysEmptyCollection(attribute: Attribute): boolean {
  const value = attribute[1];
  return (
    typeof value === "object" &&
    isQualifiedName(value) &&
    emptyCollectionUri.endsWith(value.local) &&
    uriOf(attribute[0]) === typeUri &&
    uriOf(value) === emptyCollectionUri
  );
}
