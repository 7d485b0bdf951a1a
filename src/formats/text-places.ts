import type { Place } from "./finding.js";

/**
 * Turns indexes into a piece of text into places in the whole.
 *
 * Counts on from the last answer, so asking in rising order costs one pass over the text.
 */
export class TextPlaces {
  readonly #text: string;
  readonly #ascii: boolean;
  /** Where counting begins again after a step back. */
  #back: { index: number; place: Place };
  #index: number = 0;
  #place: Place;
  /** The first newline at or after `#index`; kept, because looking for it may cross the text. */
  #newline: number;

  /**
   * @param text - the piece.
   * @param start - where it begins in the whole.
   * @param ascii - whether the piece is known to hold ASCII only.
   */
  constructor(text: string, start: Place, ascii: boolean = false) {
    this.#ascii = ascii;
    this.#text = text;
    this.#back = { index: 0, place: start };
    this.#place = start;
    this.#newline = newlineAfter(text, 0);
  }

  /** The place of the character at an index, which may be the end of the piece. */
  at(index: number): Place {
    if (index < this.#index) {
      const { index: backIndex, place } = this.#back;
      this.#index = backIndex;
      this.#place = place;
      this.#newline = newlineAfter(this.#text, backIndex);
    }
    let { line } = this.#place;
    let lineStart = this.#index - (this.#place.column - 1);
    while (this.#newline < index) {
      line += 1;
      lineStart = this.#newline + 1;
      this.#newline = newlineAfter(this.#text, lineStart);
    }
    const bytes = this.#ascii ? index - this.#index : utf8Length(this.#text, this.#index, index);
    const offset = this.#place.offset + bytes;
    this.#index = index;
    this.#place = { line, column: index - lineStart + 1, offset };
    return this.#place;
  }

  /** Like {@link at}, and promises that no earlier place will be asked for. */
  settle(index: number): Place {
    const place = this.at(index);
    this.#back = { index, place };
    return place;
  }
}

function newlineAfter(text: string, from: number): number {
  const index = text.indexOf("\n", from);
  return index === -1 ? Number.POSITIVE_INFINITY : index;
}

/** The number of bytes that the characters from `from` to `to` take in UTF-8. */
export function utf8Length(text: string, from: number, to: number): number {
  let bytes = to - from;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) {
      // The two halves of a pair take two bytes each, anything else above U+07FF takes three.
      const paired =
        (code & 0xfc00) === 0xd800
          ? (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
          : (code & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
      bytes += code < 0x800 || paired ? 1 : 2;
    }
  }
  return bytes;
}
