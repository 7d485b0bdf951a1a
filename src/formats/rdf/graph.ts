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

/** A predicate and an object, and where the text states them. */
export interface GraphStatement {
  /** IRI. */
  readonly predicate: string;
  readonly object: RdfTerm;
  /** Counted from 1; 0 when there is no text. */
  readonly line: number;
  /** UTF-16 code units before it in its line. */
  readonly column: number;
}

/** A subject with all that is stated about it. */
export interface GraphSubject {
  readonly id: string;
  readonly statements: readonly GraphStatement[];
}

interface GrowingSubject extends GraphSubject {
  statements: GraphStatement[];
}

/** The subjects of one graph in the order of their first statement. */
export class Graph {
  readonly #subjects = new Map<string, GrowingSubject>();
  readonly #referenced = new Set<string>();

  /** Every subject. */
  get subjects(): Iterable<GraphSubject> {
    return this.#subjects.values();
  }

  /** The subject of an id; `undefined` when nothing is stated about it. */
  subject(id: string): GraphSubject | undefined {
    return this.#subjects.get(id);
  }

  /** Whether a statement other than a link to a qualification has this blank node as its object. */
  refersTo(id: string): boolean {
    return this.#referenced.has(id);
  }

  /** Marks a blank node as referred to. */
  addReference(id: string): void {
    this.#referenced.add(id);
  }

  /** Gives back what the lists of statements have set aside for more; they still can grow. */
  trim(): void {
    for (const subject of this.#subjects.values()) {
      subject.statements = subject.statements.slice();
    }
  }

  /** Adds a statement. */
  add(subject: string, statement: GraphStatement): void {
    const known = this.#subjects.get(subject);
    if (known === undefined) {
      this.#subjects.set(subject, { id: subject, statements: [statement] });
    } else {
      known.statements.push(statement);
    }
  }
}

/** The node with an IRI, or with a label after `_:`. */
export function resourceOf(id: string): RdfResource {
  return id.startsWith("_:")
    ? { termType: "BlankNode", value: id.slice(2), id }
    : { termType: "NamedNode", value: id, id };
}
