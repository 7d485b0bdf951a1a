import { formalNames, formalTimes } from "../formal-values.js";
import { isElementKind } from "../formals.js";
import { blankNamespace, type QualifiedName } from "../names.js";
import type { ProvRecord, RecordKind } from "../records.js";
import { absent, argumentsWidth, Statements } from "./statements.js";
import { nothing, type Term, Terms } from "./terms.js";
import { TimeSlots } from "./time-slots.js";

/** A mention of a relation by its anonymous id, which only its own text can explain. */
interface BlankReference {
  readonly statement: number;
  readonly position: number;
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
  readonly records: ProvRecord[] = [];
  readonly #blankReferences: BlankReference[] = [];

  /** Adds a record and returns its number, which is also that of its statement. */
  add(record: ProvRecord): number {
    const number = this.records.length;
    this.records.push(record);
    const names = this.#terms(record, number);
    const time = this.#times(record, number);
    this.statements.add(record.kind, number, false, this.#idOf(record), names, time);
    return number;
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
          this.#infer("wasGeneratedBy", s, this.terms.unknown(), [1, 2]);
          break;
        case "wasDerivedFrom":
          if (statements.argument(s, 2) !== nothing) {
            this.#infer("used", s, statements.argument(s, 4), [2, 1]);
            this.#infer("wasGeneratedBy", s, statements.argument(s, 3), [0, 2]);
          }
          break;
        default:
          break;
      }
    }
    this.#inferInfluences();
  }

  #terms(record: ProvRecord, number: number): Term[] {
    const given = formalNames(record);
    const terms: Term[] = [];
    for (let position = 0; position < given.length; position++) {
      const name = given[position];
      terms.push(
        name === undefined
          ? this.#whenMissing(record, position)
          : this.#ofName(record.kind, name, number, position),
      );
    }
    return terms;
  }

  #ofName(kind: RecordKind, name: QualifiedName, number: number, position: number): Term {
    if (kind === "wasDerivedFrom" && position >= 3 && isBlank(name)) {
      const referred = position === 3 ? "wasGeneratedBy" : "used";
      this.#blankReferences.push({
        statement: number,
        position,
        kind: referred,
        local: name.local,
      });
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

  #idOf({ id, kind }: ProvRecord): Term {
    if (withoutId.has(kind)) {
      return absent;
    }
    if (id !== undefined && (isElementKind(kind) || !isBlank(id))) {
      return this.terms.ofName(id);
    }
    return uniqueKinds.has(kind) ? this.terms.unknown() : absent;
  }

  #infer(kind: RecordKind, from: number, id: Term, positions: readonly number[]): void {
    const { statements, times } = this;
    const record = statements.record[from] ?? -1;
    const names = positions.map((position) => statements.argument(from, position));
    const time = kind === "wasInfluencedBy" ? absent : times.add(undefined, record);
    statements.add(kind, record, true, id, names, time);
  }

  #resolveBlankReferences(): void {
    if (this.#blankReferences.length === 0) {
      return;
    }
    const { statements } = this;
    const byLocal = this.#blankRelations();
    for (const { statement, position, kind, local } of this.#blankReferences) {
      const target = byLocal.get(`${kind} ${local}`);
      if (target === undefined) {
        continue;
      }
      const id = statements.id[target] ?? absent;
      const at = statement * argumentsWidth + position;
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
    for (const [number, { id, kind }] of this.records.entries()) {
      if (id !== undefined && isBlank(id) && (kind === "wasGeneratedBy" || kind === "used")) {
        const key = `${kind} ${id.local}`;
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
        this.#infer("wasInfluencedBy", s, id, [0, 1]);
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
