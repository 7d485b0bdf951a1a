/** The typed arrays an index is made of. */
export type Cells =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

interface CellsConstructor<T extends Cells> {
  new (length: number): T;
}

/** A column that grows: a typed array with room at its end. */
export class Column<T extends Cells> {
  /** The values; what stands at `length` and beyond means nothing. */
  values: T;
  length: number = 0;
  readonly #make: CellsConstructor<T>;

  /** @param make - the kind of typed array. */
  constructor(make: CellsConstructor<T>) {
    this.#make = make;
    this.values = new make(64);
  }

  /** Adds a value at the end; returns its index. */
  push(value: number): number {
    if (this.length === this.values.length) this.#grow();
    this.values[this.length] = value;
    return this.length++;
  }

  /** The values without the spare room, and without a copy. */
  trimmed(): T {
    // subarray keeps the kind of array, which its type does not say.
    return this.values.subarray(0, this.length) as T;
  }

  #grow(): void {
    const larger = new this.#make(Math.ceil(this.values.length * 1.6));
    larger.set(this.values);
    this.values = larger;
  }
}
