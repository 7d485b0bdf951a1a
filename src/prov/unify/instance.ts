import { createRecord } from "../create-record.js";
import { formalNames, formalTimes } from "../formal-values.js";
import { isElementKind, recordFormals } from "../formals.js";
import { blankNamespace, type QualifiedName, qualifiedName } from "../names.js";
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
  readonly #scratch: Term[] = [];

  /** How many records were added. Inferred statements come after those of the records. */
  get recordCount(): number {
    return this.#blankIds.length;
  }

  /**
   * Adds a record and returns its number, which is also that of its statement. The record itself
   * is not kept; all but its attributes can be asked for.
   */
  add(record: ProvRecord): number {
    const number = this.recordCount;
    this.#collectTerms(record, number);
    this.statements.add(record.kind, number, this.#scratch);
    this.statements.time[number] = this.#times(record, number);
    this.statements.id[number] = this.#idOf(record, number);
    const { id } = record;
    const isAnonymous = id !== undefined && !isElementKind(record.kind) && isBlank(id);
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

  #collectTerms(record: ProvRecord, number: number): void {
    const given = formalNames(record);
    const terms = this.#scratch;
    terms.length = given.length;
    for (let position = 0; position < given.length; position++) {
      const name = given[position];
      terms[position] =
        name === undefined
          ? this.#whenMissing(record, position)
          : this.#ofName(record.kind, name, number, position);
    }
  }

  #ofName(kind: RecordKind, name: QualifiedName, number: number, position: number): Term {
    if (kind === "wasDerivedFrom" && position >= 3 && isBlank(name)) {
      const referred = position === 3 ? "wasGeneratedBy" : "used";
      const { local } = name;
      this.#blankReferences.set(number * argumentsWidth + position, { kind: referred, local });
      return this.terms.unknown();
    }
    return this.terms.ofName(name);
  }

  // Table 3 of PROV-CONSTRAINTS: what is not expandable is not unknown, there is none.
  #whenMissing(record: ProvRecord, position: number): Term {
    switch (record.kind) {
      case "wasAssociatedWith":
        return position === 2 ? nothing : this.terms.unknown();
      case "wasDerivedFrom":
        return position >= 3 && record.activity !== undefined ? this.terms.unknown() : nothing;
      default:
        return this.terms.unknown();
    }
  }

  #times(record: ProvRecord, number: number): number {
    let first = absent;
    for (const text of formalTimes(record)) {
      const slot = this.times.add(text, number);
      first = first === absent ? slot : first;
    }
    return first;
  }

  #idOf({ id, kind }: ProvRecord, number: number): Term {
    const isNamed = id !== undefined && (isElementKind(kind) || !isBlank(id));
    if (withoutId.has(kind)) {
      if (isNamed) {
        this.#idleIds.set(number, id);
      }
      return absent;
    }
    if (isNamed) {
      return this.terms.ofName(id);
    }
    return uniqueKinds.has(kind) ? this.terms.unknown() : absent;
  }

  #infer(kind: RecordKind, from: number, id: Term, first: number, second: number): void {
    const { statements, times } = this;
    const record = statements.record[from] ?? -1;
    const names = this.#scratch;
    names.length = 2;
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
