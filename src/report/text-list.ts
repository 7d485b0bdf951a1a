import { TextColumn } from "./pack-columns.js";

/** Texts that are kept once and named by their number plus 1; 0 is none. */
export class TextList {
  readonly #numbers = new Map<string, number>();
  /** Characters kept so far. */
  chars: number = 0;

  /** The number of a text. */
  add(text: string | undefined): number {
    if (text === undefined || text === "") return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(text, number);
    this.chars += text.length;
    return number;
  }

  /** Lengths in bytes, and the bytes. */
  columns(): { readonly lengths: Uint8Array; readonly bytes: Uint8Array } {
    const column = new TextColumn();
    for (const text of this.#numbers.keys()) column.push(text);
    return column.columns();
  }
}
