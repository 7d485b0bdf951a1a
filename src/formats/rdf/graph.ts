import { IntColumn } from "../../prov/unify/int-column.js";
import { classRules, type PredicateRole, predicateRules } from "./predicate-rules.js";
import { TermColumn } from "./term-column.js";

/** An IRI or a blank node. */
export interface RdfResource {
  readonly termType: "NamedNode" | "BlankNode";
  readonly value: string;
  /** The IRI, or the label after `_:`; for a node without a label something no label can be. */
  readonly id: string;
}

/** A literal; `language` is empty when there is none. */
export interface RdfLiteral {
  readonly termType: "Literal";
  readonly value: string;
  readonly language: string;
  /** IRI. */
  readonly datatype: string;
  /** What parser messages show. */
  readonly id: string;
}

/** What a statement can say about its subject. */
export type RdfTerm = RdfResource | RdfLiteral;

/** Where a text states something. */
export interface TextSpot {
  /** Counted from 1; 0 when there is no text. */
  readonly line: number;
  /** UTF-16 code units before it in its line. */
  readonly column: number;
}

/** A predicate and an object, and where the text states them. */
export interface GraphStatement extends TextSpot {
  /** IRI. */
  readonly predicate: string;
  readonly object: RdfTerm;
}

/** What can be asked of a subject without a look at its statements. */
export type Trait = PredicateRole | "element-class" | "influence-class";

/** A subject with all that is stated about it. Made when asked for: it is not to be kept. */
export interface GraphSubject {
  readonly id: string;
  /** In the order of the text. */
  readonly statements: readonly GraphStatement[];
  /** The statements whose predicate has a role. */
  stating(role: PredicateRole): readonly GraphStatement[];
  /**
   * Whether it has a statement whose predicate has this role, or a class of PROV-O that makes it an
   * element or a qualification.
   */
  has(trait: Trait): boolean;
}

const traitBits: Readonly<Record<Trait, number>> = {
  type: 1,
  relation: 2,
  qualified: 4,
  mention: 8,
  "mention-bundle": 16,
  dictionary: 32,
  "event-time": 64,
  "activity-time": 128,
  "element-class": 256,
  "influence-class": 512,
};
const anyRole = -1;

/**
 * The subjects of one graph in the order of their first statement.
 *
 * Statements are rows in columns of numbers, those of a subject a chain: as objects they would take
 * several times the memory, and all of it would be work for the garbage collector.
 */
export class Graph {
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  /** By subject: its first and last statement, and the bits of its traits. */
  readonly #first = new IntColumn();
  readonly #last = new IntColumn();
  readonly #traits = new IntColumn();
  /** By statement: the predicate, the place, and the next one of the subject or -1. */
  readonly #predicates = new IntColumn();
  readonly #lines = new IntColumn();
  readonly #columns = new IntColumn();
  readonly #next = new IntColumn();
  readonly #objects = new TermColumn();
  /** The bits of the traits of all subjects. */
  #allTraits: number = 0;
  readonly #predicateNumbers = new Map<string, number>();
  readonly #predicateIris: string[] = [];
  readonly #predicateRoles = new IntColumn();
  readonly #referenced = new Set<string>();

  /** Every subject. */
  get subjects(): Iterable<GraphSubject> {
    return this.#eachSubject(undefined);
  }

  /** The subjects that have at least one of some traits. */
  subjectsWith(...traits: readonly Trait[]): Iterable<GraphSubject> {
    return this.#eachSubject(traits.reduce((bits, trait) => bits | traitBits[trait], 0));
  }

  /** The subject of an id; `undefined` when nothing is stated about it. */
  subject(id: string): GraphSubject | undefined {
    const number = this.#numbers.get(id);
    return number === undefined ? undefined : this.#subjectAt(number);
  }

  /** Whether any subject has a trait. */
  has(trait: Trait): boolean {
    return (this.#allTraits & traitBits[trait]) !== 0;
  }

  /** Whether a statement other than a link to a qualification has this blank node as its object. */
  refersTo(id: string): boolean {
    return this.#referenced.has(id);
  }

  /** Marks a blank node as referred to. */
  addReference(id: string): void {
    this.#referenced.add(id);
  }

  /** Adds a statement. */
  add(subject: string, { predicate, object, line, column }: GraphStatement): void {
    const row = this.#objects.push(object);
    const number = this.#predicateNumber(predicate);
    this.#predicates.push(number);
    this.#lines.push(line);
    this.#columns.push(column);
    this.#next.push(-1);
    const role = this.#predicateRoles.cells[number] ?? 0;
    this.#link(subject, row, role === traitBits.type ? role | classTrait(object) : role);
  }

  #link(subject: string, row: number, traits: number): void {
    this.#allTraits |= traits;
    const number = this.#numbers.get(subject);
    if (number === undefined) {
      this.#numbers.set(subject, this.#ids.push(subject) - 1);
      this.#first.push(row);
      this.#last.push(row);
      this.#traits.push(traits);
      return;
    }
    this.#next.cells[this.#last.cells[number] ?? 0] = row;
    this.#last.cells[number] = row;
    this.#traits.cells[number] = (this.#traits.cells[number] ?? 0) | traits;
  }

  #predicateNumber(iri: string): number {
    const known = this.#predicateNumbers.get(iri);
    if (known !== undefined) {
      return known;
    }
    const role = predicateRules.get(iri)?.role;
    this.#predicateRoles.push(role === undefined ? 0 : traitBits[role]);
    const number = this.#predicateIris.push(iri) - 1;
    this.#predicateNumbers.set(iri, number);
    return number;
  }

  *#eachSubject(traits: number | undefined): Generator<GraphSubject, void, undefined> {
    for (let number = 0; number < this.#ids.length; number++) {
      if (traits === undefined || ((this.#traits.cells[number] ?? 0) & traits) !== 0) {
        yield this.#subjectAt(number);
      }
    }
  }

  #subjectAt(number: number): GraphSubject {
    const traits = this.#traits.cells[number] ?? 0;
    const read = (roles: number): GraphStatement[] => this.#statementsOf(number, roles);
    return new ChainedSubject(this.#ids[number] ?? "", traits, read);
  }

  #statementsOf(subject: number, roles: number): GraphStatement[] {
    const statements: GraphStatement[] = [];
    const next = this.#next.cells;
    for (let row = this.#first.cells[subject] ?? -1; row !== -1; row = next[row] ?? -1) {
      const number = this.#predicates.cells[row] ?? 0;
      if (roles === anyRole || ((this.#predicateRoles.cells[number] ?? 0) & roles) !== 0) {
        statements.push(this.#statementAt(row, this.#predicateIris[number] ?? ""));
      }
    }
    return statements;
  }

  #statementAt(row: number, predicate: string): GraphStatement {
    const object = this.#objects.at(row) ?? noObject;
    const line = this.#lines.cells[row] ?? 0;
    return { predicate, object, line, column: this.#columns.cells[row] ?? 0 };
  }
}

class ChainedSubject implements GraphSubject {
  readonly id: string;
  readonly #traits: number;
  readonly #read: (roles: number) => readonly GraphStatement[];
  #statements: readonly GraphStatement[] | undefined;

  constructor(id: string, traits: number, read: (roles: number) => readonly GraphStatement[]) {
    this.id = id;
    this.#traits = traits;
    this.#read = read;
  }

  get statements(): readonly GraphStatement[] {
    this.#statements ??= this.#read(anyRole);
    return this.#statements;
  }

  stating(role: PredicateRole): readonly GraphStatement[] {
    return this.has(role) ? this.#read(traitBits[role]) : [];
  }

  has(trait: Trait): boolean {
    return (this.#traits & traitBits[trait]) !== 0;
  }
}

const noObject: RdfResource = { termType: "BlankNode", value: "", id: "_:" };

function classTrait(object: RdfTerm): number {
  const is = object.termType === "NamedNode" ? classRules.get(object.id)?.is : undefined;
  return is === undefined ? 0 : traitBits[`${is}-class`];
}

/** The node with an IRI, or with a label after `_:`. */
export function resourceOf(id: string): RdfResource {
  return id.startsWith("_:")
    ? { termType: "BlankNode", value: id.slice(2), id }
    : { termType: "NamedNode", value: id, id };
}
