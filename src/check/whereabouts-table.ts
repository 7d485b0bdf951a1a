import type { Place, RecordWhereabouts } from "../formats/index.js";
import { ownText } from "../formats/own-text.js";
import { pointerTo } from "../formats/prov-json/json-pointer.js";
import { nameText, type QualifiedName } from "../prov/index.js";

/** Where the records of the top level or of a bundle stand, in numbers as far as possible. */
export class WhereaboutsTable {
  /** Line, column and offset of every record; nothing is known of those at line 0. */
  #places: Float64Array = new Float64Array(48);
  #count: number = 0;
  /** From which record on which section; where records have no sections, none. */
  readonly #sections: { readonly from: number; readonly path: string }[] = [];
  /** The keys of records that are spelt otherwise than their ids. */
  readonly #keys = new Map<number, string>();
  /** The paths of records that stand in no section. */
  readonly #paths = new Map<number, string>();

  /**
   * Adds the next record.
   *
   * @param id - as {@link of} will be told it.
   */
  add(id: QualifiedName | undefined, at: RecordWhereabouts): void {
    const number = this.#count;
    this.#count += 1;
    this.#addPlace(number, at.place());
    const section = at.section?.();
    const key = at.key?.();
    if (section === undefined || key === undefined) {
      const path = at.path();
      if (path !== undefined) {
        this.#paths.set(number, path);
      }
      return;
    }
    if (this.#sections.at(-1)?.path !== section) {
      this.#sections.push({ from: number, path: section });
    }
    if (id === undefined || !isSpelt(key, id)) {
      this.#keys.set(number, ownText(key, 0, key.length));
    }
  }

  /** Where a record stands. */
  of(number: number, id: QualifiedName | undefined): { path?: string; place?: Place } {
    const [line = 0, column = 0, offset = 0] = this.#places.subarray(number * 3, number * 3 + 3);
    const path = this.#paths.get(number) ?? this.#memberPath(number, id);
    const place = line === 0 ? undefined : { line, column, offset };
    return { ...(path !== undefined && { path }), ...(place !== undefined && { place }) };
  }

  #memberPath(number: number, id: QualifiedName | undefined): string | undefined {
    const section = this.#sections.findLast(({ from }) => from <= number);
    const key = this.#keys.get(number) ?? (id === undefined ? undefined : nameText(id));
    return section === undefined || key === undefined ? undefined : pointerTo(section.path, key);
  }

  #addPlace(number: number, place: Place | undefined): void {
    const at = number * 3;
    if (at === this.#places.length) {
      const places = new Float64Array(at * 2);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[at] = place?.line ?? 0;
    this.#places[at + 1] = place?.column ?? 0;
    this.#places[at + 2] = place?.offset ?? 0;
  }
}

// Whether a text is `prefix:local`, without putting that together.
function isSpelt(text: string, { namespace: { prefix }, local }: QualifiedName): boolean {
  const from = prefix === "" ? 0 : prefix.length + 1;
  return (
    text.length === from + local.length &&
    text.endsWith(local) &&
    (from === 0 || (text.startsWith(prefix) && text[prefix.length] === ":"))
  );
}
