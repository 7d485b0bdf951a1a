/** A list of whole numbers of 32 bits that grows: 4 bytes each, and none of them an object. */
export class IntColumn {
  #cells: Int32Array = new Int32Array(16);
  #length: number = 0;

  get length(): number {
    return this.#length;
  }

  /** The numbers; of what stands behind {@link length} nothing is known. Good until the next push. */
  get cells(): Int32Array {
    return this.#cells;
  }

  /** Adds a number and returns its index. */
  push(value: number): number {
    const at = this.#length;
    if (at === this.#cells.length) {
      this.#grow();
    }
    this.#cells[at] = value;
    this.#length = at + 1;
    return at;
  }

  #grow(): void {
    const cells = new Int32Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
  }
}
