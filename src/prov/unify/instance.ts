import { createRecord } from "../create-record.js";
import { isElementKind, recordFormals, recordKinds } from "../formals.js";
import { blankNamespace, type QualifiedName, qualifiedName } from "../names.js";
import { newParts, type RecordParts, takeApart } from "../record-parts.js";
import type { ProvRecord, RecordKind } from "../records.js";
import { absent, argumentsWidth, Statements } from "./statements.js";
import { nothing, type Term, Terms } from "./terms.js";
import { TimeSlots } from "./time-slots.js";

/** A mention of a relation by its anonymous id, which only its own text can explain. */
interface BlankReference {
  readonly kind: RecordKind;
  readonly local: string;
}

/**
 * One instance of PROV-CONSTRAINTS (the top level of a document, or a bundle) taken apart:
 * missing ids, arguments and times are expanded into variables (definitions 1 to 4).
 */
export class Instance {
  readonly terms: Terms = new Terms();
  readonly times: TimeSlots = new TimeSlots();
  readonly statements: Statements = new Statements();
  /** By place among the arguments. */
  readonly #blankReferences = new Map<number, BlankReference>();
  /** The local parts of the anonymous ids of relations. */
  readonly #blankIds: (string | undefined)[] = [];
  /** The ids of relations that should have none. */
  readonly #idleIds = new Map<number, QualifiedName>();
  /** What holds the terms of one statement, so that not every statement makes an array. */
  readonly #scratch: Term[] = new Array<Term>(argumentsWidth).fill(absent);
  /** Those of a record that comes whole. */
  readonly #parts: RecordParts = newParts();

  /** How many records were added. Inferred statements come after those of the records. */
  get recordCount(): number {
    return this.#blankIds.length;
  }

  /**
   * Adds a record and returns its number, which is also that of its statement. The record itself
   * is not kept; all but its attributes can be asked for.
   */
  add(record: ProvRecord): number {
    takeApart(record, this.#parts);
    return this.addParts(this.#parts);
  }

  /** Adds a record that was taken apart. */
  addParts(parts: RecordParts): number {
    const number = this.recordCount;
    const { kind, kindNumber, id } = parts;
    this.#collectTerms(parts, number);
    this.statements.add(kind, number, this.#scratch);
    this.statements.time[number] = this.#timesOf(parts, number);
    const isAnonymous = id !== undefined && kindNumber >= elementCount && isBlank(id);
    this.statements.id[number] = this.#idOf(parts, isAnonymous, number);
    this.#blankIds.push(isAnonymous ? id.local : undefined);
    return number;
  }

  /** The id of a record, as it was first met. */
  idOf(number: number): QualifiedName | undefined {
    const local = this.#blankIds[number];
    return local === undefined
      ? (this.#idleIds.get(number) ?? this.terms.ownNameOf(this.statements.id[number] ?? absent))
      : qualifiedName(blankNamespace, local);
  }

  /** The local part of the anonymous id of a relation. */
  blankIdOf(number: number): string | undefined {
    return this.#blankIds[number];
  }

  /** Whether anything refers to a relation by an anonymous id. */
  get refersToAnonymous(): boolean {
    return this.#blankReferences.size > 0;
  }

  /** The name that a record has in a formal position, as it was first met. */
  nameAt(number: number, position: number): QualifiedName | undefined {
    const own = this.terms.ownNameOf(this.statements.argument(number, position));
    return own ?? this.#blankNameAt(number, position);
  }

  /** A record without its attributes. */
  record(number: number): ProvRecord | undefined {
    const kind = this.statements.kind[number];
    if (kind === undefined || number >= this.recordCount) {
      return undefined;
    }
    const names: (QualifiedName | undefined)[] = [];
    const times: (string | undefined)[] = [];
    const firstTime = this.statements.time[number] ?? absent;
    for (const { type } of recordFormals[kind]) {
      if (type === "time") {
        times.push(this.times.ownTextOf(firstTime + times.length));
      } else {
        names.push(this.nameAt(number, names.length));
      }
    }
    return createRecord(kind, this.idOf(number), names, times, []);
  }

  /**
   * Adds the statements that follow from the records and could make others the same
   * (inferences 9 to 11, and 15 where two kinds share an id). To be called once, after all records.
   *
   * The other inferences only invent things that nothing else can refer to, or types and orders
   * that are read off the statements themselves.
   */
  infer(): void {
    this.#resolveBlankReferences();
    const { statements } = this;
    const stated = statements.count;
    for (let s = 0; s < stated; s++) {
      switch (statements.kind[s]) {
        case "wasStartedBy":
        case "wasEndedBy":
          this.#infer("wasGeneratedBy", s, this.terms.unknown(), 1, 2);
          break;
        case "wasDerivedFrom":
          if (statements.argument(s, 2) !== nothing) {
            this.#infer("used", s, statements.argument(s, 4), 2, 1);
            this.#infer("wasGeneratedBy", s, statements.argument(s, 3), 0, 2);
          }
          break;
        default:
          break;
      }
    }
    this.#inferInfluences();
  }

  #blankNameAt(number: number, position: number): QualifiedName | undefined {
    const reference = this.#blankReferences.get(number * argumentsWidth + position);
    return reference && qualifiedName(blankNamespace, reference.local);
  }

  #collectTerms(parts: RecordParts, number: number): void {
    const { kindNumber, names } = parts;
    const terms = this.#scratch;
    const count = nameCounts[kindNumber] ?? 0;
    for (let position = 0; position < argumentsWidth; position++) {
      const name = names[position];
      if (position >= count) {
        terms[position] = absent;
      } else if (name === undefined) {
        terms[position] = this.#whenMissing(parts, position);
      } else if (position >= 3 && isBlank(name)) {
        terms[position] = this.#ofBlankReference(name, number, position);
      } else {
        terms[position] = this.terms.ofName(name);
      }
    }
  }

  // Only derivations have so many arguments: a generation and a usage.
  #ofBlankReference({ local }: QualifiedName, number: number, position: number): Term {
    const kind = position === 3 ? "wasGeneratedBy" : "used";
    this.#blankReferences.set(number * argumentsWidth + position, { kind, local });
    return this.terms.unknown();
  }

  // Table 3 of PROV-CONSTRAINTS: what is not expandable is not unknown, there is none.
  #whenMissing({ kind, names }: RecordParts, position: number): Term {
    switch (kind) {
      case "wasAssociatedWith":
        return position === 2 ? nothing : this.terms.unknown();
      case "wasDerivedFrom":
        return position >= 3 && names[2] !== undefined ? this.terms.unknown() : nothing;
      default:
        return this.terms.unknown();
    }
  }

  #timesOf({ kindNumber, times }: RecordParts, number: number): number {
    const count = timeCounts[kindNumber] ?? 0;
    const first = count === 0 ? absent : this.times.add(times[0], number);
    if (count === 2) {
      this.times.add(times[1], number);
    }
    return first;
  }

  #idOf({ id, kindNumber }: RecordParts, isAnonymous: boolean, number: number): Term {
    const treatment = idTreatments[kindNumber];
    const name = isAnonymous ? undefined : id;
    if (treatment === "none") {
      if (name !== undefined) {
        this.#idleIds.set(number, name);
      }
      return absent;
    }
    if (name !== undefined) {
      return this.terms.ofName(name);
    }
    return treatment === "unique" ? this.terms.unknown() : absent;
  }

  #infer(kind: RecordKind, from: number, id: Term, first: number, second: number): void {
    const { statements, times } = this;
    const record = statements.record[from] ?? -1;
    const names = this.#scratch;
    names.fill(absent);
    names[0] = statements.argument(from, first);
    names[1] = statements.argument(from, second);
    const statement = statements.add(kind, record, names);
    statements.id[statement] = id;
    if (kind !== "wasInfluencedBy") {
      statements.time[statement] = times.add(undefined, record);
    }
  }

  #resolveBlankReferences(): void {
    if (this.#blankReferences.size === 0) {
      return;
    }
    const { statements } = this;
    const byLocal = this.#blankRelations();
    for (const [at, { kind, local }] of this.#blankReferences) {
      const target = byLocal.get(`${kind} ${local}`);
      if (target === undefined) {
        continue;
      }
      const id = statements.id[target] ?? absent;
      if (id === absent) {
        statements.id[target] = statements.arguments[at] ?? absent;
      } else {
        statements.arguments[at] = id;
      }
    }
  }

  // The generations and usages with an anonymous id that only one of them has.
  #blankRelations(): Map<string, number> {
    const found = new Map<string, number>();
    const repeated: string[] = [];
    for (const [number, local] of this.#blankIds.entries()) {
      const kind = this.statements.kind[number];
      if (local !== undefined && (kind === "wasGeneratedBy" || kind === "used")) {
        const key = `${kind} ${local}`;
        if (found.has(key)) {
          repeated.push(key);
        }
        found.set(key, number);
      }
    }
    for (const key of repeated) {
      found.delete(key);
    }
    return found;
  }

  // Inference 15 gives every relation an influence of the same id, so two kinds of relation under
  // one id must agree on who influenced whom. Only wasInfluencedBy and wasDerivedFrom may share an
  // id at all (constraint 53), so nothing is inferred for the others.
  #inferInfluences(): void {
    const { statements } = this;
    const shared = this.#idsSharedWithInfluences();
    const count = shared.size === 0 ? 0 : statements.count;
    for (let s = 0; s < count; s++) {
      const id = statements.id[s] ?? absent;
      const kind = statements.kind[s];
      if (shared.has(id) && kind !== undefined && influences.has(kind)) {
        this.#infer("wasInfluencedBy", s, id, 0, 1);
      }
    }
  }

  #idsSharedWithInfluences(): ReadonlySet<Term> {
    const { statements } = this;
    const kinds = new Map<Term, RecordKind>();
    const shared = new Set<Term>();
    for (const wanted of [true, false]) {
      for (let s = 0; s < statements.count; s++) {
        const id = statements.id[s] ?? absent;
        const kind = statements.kind[s];
        if (kind === undefined || id === absent || !this.terms.isConstant(id)) {
          continue;
        }
        const before = kinds.get(id);
        if (sharingKinds.has(kind) && before === undefined && wanted) {
          kinds.set(id, kind);
        } else if (before !== undefined && before !== kind && !isElementKind(kind)) {
          shared.add(id);
        }
      }
    }
    return shared;
  }
}

/** The kinds that may have the id of another relation. */
const sharingKinds: ReadonlySet<RecordKind> = new Set<RecordKind>([
  "wasInfluencedBy",
  "wasDerivedFrom",
]);

/** Kinds that PROV-DM gives no id; one that a document gives them means nothing. */
const withoutId: ReadonlySet<RecordKind> = new Set<RecordKind>([
  "specializationOf",
  "alternateOf",
  "hadMember",
  "mentionOf",
]);

/** Kinds whose id follows from their arguments (constraints 24 to 27). */
const uniqueKinds: ReadonlySet<RecordKind> = new Set<RecordKind>([
  "wasGeneratedBy",
  "wasInvalidatedBy",
  "wasStartedBy",
  "wasEndedBy",
]);

/** By the number of the kind, what its records without an id have for one. */
const idTreatments = recordKinds.map((kind) =>
  withoutId.has(kind) ? "none" : uniqueKinds.has(kind) ? "unique" : "idle",
);
const elementCount = recordKinds.filter(isElementKind).length;
const timeCounts = recordKinds.map(
  (kind) => recordFormals[kind].filter(({ type }) => type === "time").length,
);
const nameCounts = recordKinds.map((kind, i) => recordFormals[kind].length - (timeCounts[i] ?? 0));

/** The relations of inference 15; influencee and influencer are their first two arguments. */
const influences: ReadonlySet<RecordKind> = new Set<RecordKind>([
  "wasGeneratedBy",
  "used",
  "wasInformedBy",
  "wasStartedBy",
  "wasEndedBy",
  "wasInvalidatedBy",
  "wasDerivedFrom",
  "wasAttributedTo",
  "wasAssociatedWith",
  "actedOnBehalfOf",
]);

function isBlank(name: QualifiedName): boolean {
  return name.namespace.uri === blankNamespace.uri;
}
