const width = 4;

/** A hash table from three numbers to a number, with open addressing in one typed array. */
export class TripleTable {
  #cells: Int32Array = emptyCells(64);
  #count: number = 0;

  /**
   * Stores a value unless there is one.
   *
   * @param value - not negative.
   * @returns the value that was there before, or -1.
   */
  claim(a: number, b: number, c: number, value: number): number {
    if (this.#count * 2 * width >= this.#cells.length) {
      this.#grow();
    }
    const cells = this.#cells;
    const at = slotOf(cells, a, b, c);
    const before = cells[at + 3] ?? -1;
    if (before === -1) {
      cells[at] = a;
      cells[at + 1] = b;
      cells[at + 2] = c;
      cells[at + 3] = value;
      this.#count += 1;
    }
    return before;
  }

  /** Whether a value is stored. */
  has(a: number, b: number, c: number): boolean {
    return this.#cells[slotOf(this.#cells, a, b, c) + 3] !== -1;
  }

  #grow(): void {
    const old = this.#cells;
    const cells = emptyCells((old.length / width) * 2);
    for (let at = 0; at < old.length; at += width) {
      if (old[at + 3] !== -1) {
        const to = slotOf(cells, old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0);
        cells.set(old.subarray(at, at + width), to);
      }
    }
    this.#cells = cells;
  }
}

function emptyCells(slots: number): Int32Array {
  return new Int32Array(slots * width).fill(-1);
}

// Where a key stands, or the free place where it belongs.
function slotOf(cells: Int32Array, a: number, b: number, c: number): number {
  const mask = cells.length / width - 1;
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  let slot = (hash ^ (hash >>> 13)) & mask;
  for (;;) {
    const at = slot * width;
    if (cells[at + 3] === -1 || (cells[at] === a && cells[at + 1] === b && cells[at + 2] === c)) {
      return at;
    }
    slot = (slot + 1) & mask;
  }
}
