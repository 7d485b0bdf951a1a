import type { RdfTerm } from "./graph.js";

const pieceLength = 4096;

/** A list of terms that grows in pieces: nothing is copied, and no large array becomes garbage. */
export class TermColumn {
  readonly #pieces: RdfTerm[][] = [];
  #last: RdfTerm[] = [];
  #length: number = 0;

  /** Adds a term and returns its index. */
  push(term: RdfTerm): number {
    if (this.#length % pieceLength === 0) {
      this.#last = [];
      this.#pieces.push(this.#last);
    }
    this.#last.push(term);
    this.#length += 1;
    return this.#length - 1;
  }

  /** The term at an index. */
  at(index: number): RdfTerm | undefined {
    return this.#pieces[Math.floor(index / pieceLength)]?.[index % pieceLength];
  }
}
