/**
 * The keys of one JSON object, remembered by a 64-bit hash (16 bytes a key instead of about 100),
 * so that repeated keys are noticed in documents of any size. Two different keys are mistaken for
 * the same with a probability of about 3 in a million among ten million keys.
 */
export class KeySet {
  #slots: Int32Array = new Int32Array(64);
  #size: number = 0;

  /** Adds the characters of a text from `start` to `end`; false when they were there before. */
  add(text: string, start: number, end: number): boolean {
    let low = 0x2545f491;
    let high = 0x4f6cdd1d;
    for (let i = start; i < end; i++) {
      const code = text.charCodeAt(i);
      low = Math.imul(low ^ code, 0x9e3779b1);
      high = Math.imul(high ^ code, 0x5f356495);
      low ^= low >>> 15;
      high ^= high >>> 13;
    }
    low = Math.imul(low ^ (high >>> 16), 0x85ebca6b);
    high = Math.imul(high ^ (low >>> 13), 0xc2b2ae35);
    // Two zeros mark an empty slot.
    return this.#insert(low | 0, high === 0 ? 1 : high | 0);
  }

  #insert(low: number, high: number): boolean {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let slot = low & mask;
    for (;;) {
      const otherLow = slots[slot * 2] ?? 0;
      const otherHigh = slots[slot * 2 + 1] ?? 0;
      if (otherLow === 0 && otherHigh === 0) {
        break;
      }
      if (otherLow === low && otherHigh === high) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot * 2] = low;
    slots[slot * 2 + 1] = high;
    this.#size += 1;
    if (this.#size * 3 > mask * 2) {
      this.#grow();
    }
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#size = 0;
    for (let i = 0; i < old.length; i += 2) {
      const low = old[i] ?? 0;
      const high = old[i + 1] ?? 0;
      if (low !== 0 || high !== 0) {
        this.#insert(low, high);
      }
    }
  }
}
