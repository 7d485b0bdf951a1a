import { IntColumn } from "../../prov/unify/int-column.js";
import type { Place } from "../finding.js";
import { utf8Length } from "../text-places.js";

/** So many characters lie between two places whose bytes are known. */
const stride = 1024;

/**
 * Turns lines and columns, as the RDF parser counts them, into places in a text, in any order.
 *
 * The first question costs a pass over the text; every other one is answered from tables, however
 * long the lines are.
 */
export class LinePlaces {
  readonly #source: () => string;
  #known: string | undefined;
  #starts: IntColumn | undefined;
  /** How many bytes more than characters there are before every {@link stride}. */
  #surplus: IntColumn | undefined;

  /** @param text - what was parsed; asked for with the first place, because few texts need one. */
  constructor(text: () => string) {
    this.#source = text;
  }

  /** The place of a column (counted from 0) in a line (counted from 1). */
  at(line: number, column: number): Place {
    const start = this.lineStart(line);
    const index = Math.min(start + column, this.#text.length);
    return { line, column: index - start + 1, offset: this.#offsetOf(index) };
  }

  /** Where a line begins; the end of the text for a line behind it. */
  lineStart(line: number): number {
    this.#starts ??= lineStarts(this.#text);
    return line <= this.#starts.length ? (this.#starts.cells[line - 1] ?? 0) : this.#text.length;
  }

  get #text(): string {
    this.#known ??= this.#source();
    return this.#known;
  }

  #offsetOf(index: number): number {
    const text = this.#text;
    this.#surplus ??= surplusBytes(text);
    const step = Math.floor(index / stride);
    const surplus = this.#surplus.cells[step] ?? 0;
    return step * stride + surplus + utf8Length(text, step * stride, index);
  }
}

// Lines end as in the parser: at LF, CR LF or CR.
function lineStarts(text: string): IntColumn {
  const starts = new IntColumn();
  starts.push(0);
  const ends = /\r\n|\n|\r/g;
  while (ends.test(text)) {
    starts.push(ends.lastIndex);
  }
  return starts;
}

function surplusBytes(text: string): IntColumn {
  const surplus = new IntColumn();
  let bytes = 0;
  for (let from = 0; from <= text.length; from += stride) {
    surplus.push(bytes);
    const to = Math.min(from + stride, text.length);
    bytes += utf8Length(text, from, to) - (to - from);
  }
  return surplus;
}
