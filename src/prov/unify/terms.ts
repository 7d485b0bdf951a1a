import { blankNamespace, type QualifiedName, uriOf } from "../names.js";
import { IntColumn } from "./int-column.js";

/**
 * A number for everything that stands in a statement: a name, an unknown thing, or nothing.
 *
 * PROV-CONSTRAINTS 6.1 calls names and the placeholder constants, unknown things existential
 * variables. Two constants are never the same; a variable may turn out to be any term.
 */
export type Term = number;

/** The placeholder `-` where it says "there is none" instead of "not known". */
export const nothing: Term = 0;

/** So many namespaces are compared with each other; of more, all names are known by their URIs. */
const maxCompared = 64;

/**
 * The terms of one instance, and which of them were found to be the same.
 *
 * Union by size without path compression: a chain is at most logarithmic, and it still tells which
 * record gave a variable its value.
 */
export class Terms {
  // By namespace and local part, so that a full URI is put together only where it is needed: where
  // two namespaces begin alike, so that names of both may be the same.
  readonly #byNamespace = new Map<string, Map<string, Term>>();
  #byUri: Map<string, Term> | undefined;
  #lastNamespace: string | undefined;
  #lastLocals: Map<string, Term> = new Map();
  readonly #names: (QualifiedName | undefined)[] = [];
  /** The names that variables without one got from others. */
  readonly #found = new Map<Term, QualifiedName>();
  readonly #parent = new IntColumn();
  /** How many terms a class has; negative for that of a constant. */
  readonly #size = new IntColumn();
  /** For a variable with a value, the record it came from. */
  readonly #source = new IntColumn();

  constructor() {
    this.#add(undefined, true);
  }

  /** How many terms there are; terms are the numbers below it. */
  get count(): number {
    return this.#names.length;
  }

  /** The term of a name. A name in the blank namespace is a variable that has a name. */
  ofName(name: QualifiedName): Term {
    const { namespace, local } = name;
    if (namespace.uri !== this.#lastNamespace) {
      this.#lastNamespace = namespace.uri;
      let locals = this.#byNamespace.get(namespace.uri);
      if (locals === undefined) {
        locals = new Map();
        this.#addNamespace(namespace.uri, locals);
      }
      this.#lastLocals = locals;
    }
    let term = this.#lastLocals.get(local);
    if (term === undefined) {
      const uri = this.#byUri === undefined ? "" : uriOf(name);
      term = this.#byUri?.get(uri);
      if (term === undefined) {
        term = this.#add(name, namespace.uri !== blankNamespace.uri);
        this.#byUri?.set(uri, term);
      }
      this.#lastLocals.set(local, term);
    }
    return term;
  }

  /** The term of a name that is already known. */
  lookUp(name: QualifiedName): Term | undefined {
    const known = this.#byNamespace.get(name.namespace.uri)?.get(name.local);
    if (known !== undefined) {
      return known;
    }
    this.#byUri ??= this.#urisOfTerms();
    return this.#byUri.get(uriOf(name));
  }

  /** A new variable. */
  unknown(): Term {
    return this.#add(undefined, false);
  }

  /** The name of a term as it was first met; `undefined` for variables without one. */
  nameOf(term: Term): QualifiedName | undefined {
    return this.#names[term] ?? this.#found.get(term);
  }

  /** The name that a term came with, whatever it was found to be the same as. */
  ownNameOf(term: Term): QualifiedName | undefined {
    return this.#names[term];
  }

  isConstant(term: Term): boolean {
    return (this.#size.cells[term] ?? 0) < 0;
  }

  /** The one term that stands for all that were found to be the same. */
  find(term: Term): Term {
    const parents = this.#parent.cells;
    let current = term;
    for (;;) {
      const next = parents[current] ?? current;
      if (next === current) {
        return current;
      }
      current = next;
    }
  }

  /**
   * The record that gave a term its value.
   *
   * @param own - the record in which the term stands.
   */
  sourceOf(term: Term, own: number): number {
    let source = own;
    let current = term;
    while (!this.isConstant(current)) {
      const next = this.#parent.cells[current] ?? current;
      if (next === current) {
        break;
      }
      if (this.isConstant(next)) {
        source = this.#source.cells[current] ?? own;
      }
      current = next;
    }
    return source;
  }

  /**
   * Joins two classes, given by the terms that stand for them.
   *
   * @param source - the record from which a value comes, if one of them is a constant.
   * @returns the class that was taken up, or `undefined` when both are constants.
   */
  join(a: Term, b: Term, source: number): { winner: Term; loser: Term } | undefined {
    if (this.isConstant(a) && this.isConstant(b)) {
      return undefined;
    }
    const sizes = this.#size.cells;
    const sizeA = sizes[a] ?? 1;
    const sizeB = sizes[b] ?? 1;
    const firstWins = this.isConstant(a) || (!this.isConstant(b) && sizeA >= sizeB);
    const winner = firstWins ? a : b;
    const loser = firstWins ? b : a;
    const isConstant = this.isConstant(winner);
    this.#parent.cells[loser] = winner;
    sizes[winner] = (isConstant ? -1 : 1) * (Math.abs(sizeA) + Math.abs(sizeB));
    this.#source.cells[loser] = source;
    const name = isConstant || this.nameOf(winner) !== undefined ? undefined : this.nameOf(loser);
    if (name !== undefined) {
      this.#found.set(winner, name);
    }
    return { winner, loser };
  }

  #addNamespace(uri: string, locals: Map<string, Term>): void {
    const others = this.#byNamespace;
    const mayOverlap =
      others.size >= maxCompared ||
      [...others.keys()].some((other) => other.startsWith(uri) || uri.startsWith(other));
    this.#byUri ??= mayOverlap ? this.#urisOfTerms() : undefined;
    others.set(uri, locals);
  }

  #urisOfTerms(): Map<string, Term> {
    const uris = new Map<string, Term>();
    for (const [uri, locals] of this.#byNamespace) {
      for (const [local, term] of locals) {
        uris.set(uri + local, term);
      }
    }
    return uris;
  }

  #add(name: QualifiedName | undefined, constant: boolean): Term {
    const term = this.#names.length;
    this.#names.push(name);
    this.#parent.push(term);
    this.#size.push(constant ? -1 : 1);
    this.#source.push(-1);
    return term;
  }
}
